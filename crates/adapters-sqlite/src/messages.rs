mod feedback;
mod question;
mod row;

use async_trait::async_trait;
use diesel::dsl::{AsSelect, max};
use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use domain::ids::{MessageId, TicketId};
use domain::message::{Audience, Feedback, Message, NewMessage, Visibility};
use domain::page::{Page, PageLimit};
use domain::ports::{AppendMessageError, MessageRepository, OpenedTicket, RepositoryError, Ring};

pub(crate) use self::question::{Question, is_answered_by_agent, newest_question};
use crate::database::SqliteDatabase;
use crate::error::StoreError;
use crate::messages::feedback::FeedbackRow;
use crate::messages::row::MessageRow;
use crate::schema::messages;
use crate::{replies, schema, tickets};

/// Messages in a [`SqliteDatabase`].
#[derive(Clone, Debug)]
pub struct SqliteMessageRepository {
    database: SqliteDatabase,
}

impl SqliteMessageRepository {
    /// Keeps messages in this database.
    pub fn new(database: SqliteDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl MessageRepository for SqliteMessageRepository {
    async fn append(&self, message: NewMessage) -> Result<Message, AppendMessageError> {
        self.database
            .write_and_ring(move |connection, rings| append(connection, message, rings))
            .await?
    }

    async fn list(
        &self,
        ticket_id: TicketId,
        audience: Audience,
        after: Option<i64>,
        limit: PageLimit,
    ) -> Result<Page<Message, i64>, RepositoryError> {
        self.database
            .read(move |connection| page(connection, ticket_id, audience, after, limit))
            .await
    }

    async fn open(
        &self,
        ticket_id: TicketId,
        audience: Audience,
        limit: PageLimit,
    ) -> Result<Option<OpenedTicket>, RepositoryError> {
        self.database
            .read(move |connection| {
                let Some(ticket) = tickets::find(connection, ticket_id)? else {
                    return Ok(None);
                };
                let messages = page(connection, ticket_id, audience, None, limit)?;
                Ok(Some(OpenedTicket { ticket, messages }))
            })
            .await
    }

    async fn newest_public(
        &self,
        ticket_id: TicketId,
        limit: PageLimit,
    ) -> Result<Vec<Message>, RepositoryError> {
        let mut messages = self
            .database
            .read(move |connection| {
                let rows = messages::table
                    .left_join(schema::feedback::table)
                    .filter(messages::ticket_id.eq(ticket_id.to_string()))
                    .filter(messages::visibility.eq(Visibility::Public.as_str()))
                    .order(messages::position.desc())
                    .limit(rows(limit))
                    .select(shown())
                    .load(connection)?;
                parse(rows)
            })
            .await?;
        messages.reverse();
        Ok(messages)
    }

    async fn find(&self, id: MessageId) -> Result<Option<Message>, RepositoryError> {
        self.database
            .read(move |connection| {
                let row = messages::table
                    .find(id.to_string())
                    .left_join(schema::feedback::table)
                    .select(shown())
                    .first(connection)
                    .optional()?;
                row.map(feedback::message).transpose()
            })
            .await
    }

    async fn rate(&self, id: MessageId, feedback: &Feedback) -> Result<bool, RepositoryError> {
        let feedback = feedback.clone();
        self.database
            .write(move |connection| Ok(feedback::put(connection, id, &feedback)?))
            .await
    }
}

pub(crate) fn append(
    connection: &mut SqliteConnection,
    message: NewMessage,
    rings: &mut Vec<Ring>,
) -> Result<Result<Message, AppendMessageError>, StoreError> {
    let NewMessage {
        ticket_id,
        author,
        visibility,
        created_at,
        ..
    } = message;
    let Some(mut ticket) = tickets::find(connection, ticket_id)? else {
        return Ok(Err(AppendMessageError::NotFound));
    };
    let effect = match ticket.receive(author, visibility, created_at) {
        Ok(effect) => effect,
        Err(refusal) => return Ok(Err(refusal.into())),
    };
    let message = Message {
        id: message.id,
        ticket_id,
        position: next_position(connection, ticket_id)?,
        author,
        content: message.text.into(),
        visibility,
        in_reply_to: None,
        reply_id: None,
        sources: Vec::new(),
        is_complete: true,
        created_at,
        feedback: None,
    };
    insert(connection, &message)?;
    tickets::save(connection, &ticket)?;
    rings.extend(replies::carry_out(
        connection, ticket_id, effect, created_at,
    )?);
    Ok(Ok(message))
}

fn page(
    connection: &mut SqliteConnection,
    ticket_id: TicketId,
    audience: Audience,
    after: Option<i64>,
    limit: PageLimit,
) -> Result<Page<Message, i64>, StoreError> {
    let mut query = messages::table
        .left_join(schema::feedback::table)
        .filter(messages::ticket_id.eq(ticket_id.to_string()))
        .filter(messages::position.gt(after.unwrap_or(0)))
        .select(shown())
        .into_boxed();
    if audience == Audience::Customer {
        query = query.filter(messages::visibility.eq(Visibility::Public.as_str()));
    }
    let rows = query
        .order(messages::position)
        .limit(rows(limit).saturating_add(1))
        .load(connection)?;
    Ok(Page::from_surplus(parse(rows)?, limit, |last| {
        last.position
    }))
}

type Shown = (
    AsSelect<MessageRow, Sqlite>,
    AsSelect<Option<FeedbackRow>, Sqlite>,
);

/// What a message is made of: a row, and perhaps one of feedback joined to it.
fn shown() -> Shown {
    (MessageRow::as_select(), Option::<FeedbackRow>::as_select())
}

/// Positions have no gaps, since whoever asks for one is the only writer and stores a message
/// there.
pub(crate) fn next_position(
    connection: &mut SqliteConnection,
    ticket_id: TicketId,
) -> QueryResult<i64> {
    let last: Option<i64> = messages::table
        .filter(messages::ticket_id.eq(ticket_id.to_string()))
        .select(max(messages::position))
        .first(connection)?;
    Ok(last.unwrap_or(0) + 1)
}

pub(crate) fn insert(connection: &mut SqliteConnection, message: &Message) -> QueryResult<()> {
    diesel::insert_into(messages::table)
        .values(MessageRow::from(message))
        .execute(connection)?;
    Ok(())
}

fn rows(limit: PageLimit) -> i64 {
    i64::try_from(limit.get()).unwrap_or(i64::MAX)
}

fn parse(rows: Vec<(MessageRow, Option<FeedbackRow>)>) -> Result<Vec<Message>, StoreError> {
    rows.into_iter().map(feedback::message).collect()
}
