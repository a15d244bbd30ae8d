mod row;

use async_trait::async_trait;
use diesel::dsl::max;
use diesel::prelude::*;
use domain::ids::{QuestionId, TicketId};
use domain::message::{Audience, Message, NewMessage, Visibility};
use domain::page::{Page, PageLimit};
use domain::ports::{AppendMessageError, MessageRepository, RepositoryError};

use crate::columns::id;
use crate::database::SqliteDatabase;
use crate::error::StoreError;
use crate::messages::row::MessageRow;
use crate::schema::messages;
use crate::{replies, tickets};

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
            .write_and_ring(move |connection, rings| {
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
                    is_complete: true,
                    created_at,
                };
                insert(connection, &message)?;
                tickets::save(connection, &ticket)?;
                rings.extend(replies::carry_out(
                    connection, ticket_id, effect, created_at,
                )?);
                Ok(Ok(message))
            })
            .await?
    }

    async fn list(
        &self,
        ticket_id: TicketId,
        audience: Audience,
        after: Option<i64>,
        limit: PageLimit,
    ) -> Result<Page<Message, i64>, RepositoryError> {
        let messages = self
            .database
            .read(move |connection| {
                let mut query = messages::table
                    .filter(messages::ticket_id.eq(ticket_id.to_string()))
                    .filter(messages::position.gt(after.unwrap_or(0)))
                    .select(MessageRow::as_select())
                    .into_boxed();
                if audience == Audience::Customer {
                    query = query.filter(messages::visibility.eq(Visibility::Public.as_str()));
                }
                let rows = query
                    .order(messages::position)
                    .limit(rows(limit).saturating_add(1))
                    .load(connection)?;
                parse(rows)
            })
            .await?;
        Ok(Page::from_surplus(messages, limit, |message| {
            message.position
        }))
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
                    .filter(messages::ticket_id.eq(ticket_id.to_string()))
                    .filter(messages::visibility.eq(Visibility::Public.as_str()))
                    .order(messages::position.desc())
                    .limit(rows(limit))
                    .select(MessageRow::as_select())
                    .load(connection)?;
                parse(rows)
            })
            .await?;
        messages.reverse();
        Ok(messages)
    }
}

/// What a ticket asks the assistant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question {
    pub(crate) id: QuestionId,
    /// Where it stands among the messages; 0 for the description, which stands before them all.
    position: i64,
}

/// The newest public customer message, or the description when there is none.
pub(crate) fn newest_question(
    connection: &mut SqliteConnection,
    ticket_id: TicketId,
) -> Result<Question, StoreError> {
    let newest: Option<(String, i64)> = messages::table
        .filter(messages::ticket_id.eq(ticket_id.to_string()))
        .filter(messages::visibility.eq(Visibility::Public.as_str()))
        .filter(messages::author.eq("customer"))
        .order(messages::position.desc())
        .select((messages::id, messages::position))
        .first(connection)
        .optional()?;
    Ok(match newest {
        Some((message, position)) => Question {
            id: QuestionId::from_uuid(id("messages.id", &message)?),
            position,
        },
        None => Question {
            id: QuestionId::description(ticket_id),
            position: 0,
        },
    })
}

/// Whether an agent answered the question in public.
pub(crate) fn is_answered_by_agent(
    connection: &mut SqliteConnection,
    ticket_id: TicketId,
    question: Question,
) -> QueryResult<bool> {
    let answers = messages::table
        .filter(messages::ticket_id.eq(ticket_id.to_string()))
        .filter(messages::position.gt(question.position))
        .filter(messages::visibility.eq(Visibility::Public.as_str()))
        .filter(messages::author.eq("agent"));
    diesel::select(diesel::dsl::exists(answers)).get_result(connection)
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

fn parse(rows: Vec<MessageRow>) -> Result<Vec<Message>, StoreError> {
    rows.into_iter()
        .map(|row| Message::try_from(row).map_err(StoreError::from))
        .collect()
}
