mod feedback;
mod question;
mod row;

use async_trait::async_trait;
use diesel::dsl::{AsSelect, IntoBoxed, LeftJoin, max};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ids::{MessageId, TicketId};
use domain::message::{Audience, Feedback, Message, NewMessage, Visibility};
use domain::page::{Page, PageLimit};
use domain::ports::{AppendMessageError, MessageRepository, OpenedTicket, RepositoryError};
use futures_util::FutureExt as _;

pub(crate) use self::question::{
    Question, is_answered_by_agent, newest_customer_message, newest_question,
};
use crate::bell::Rings;
use crate::database::PgDatabase;
use crate::error::StoreError;
use crate::messages::feedback::FeedbackRow;
use crate::messages::row::MessageRow;
use crate::pipeline::both;
use crate::schema::messages;
use crate::{replies, schema, tickets};

/// Messages in a [`PgDatabase`].
#[derive(Clone, Debug)]
pub struct PgMessageRepository {
    database: PgDatabase,
}

impl PgMessageRepository {
    /// Keeps messages in this database.
    pub fn new(database: PgDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl MessageRepository for PgMessageRepository {
    async fn append(&self, message: NewMessage) -> Result<Message, AppendMessageError> {
        self.database
            .write(message, |connection, message, rings| {
                append(connection, message, rings).boxed()
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
        self.database
            .read(
                (ticket_id, audience, after, limit),
                |connection, &(ticket_id, audience, after, limit)| {
                    load(connection, ticket_id, audience, after, limit).boxed()
                },
            )
            .await
    }

    /// With two statements: what is in the messages and not in the ticket yet came between them.
    async fn open(
        &self,
        ticket_id: TicketId,
        audience: Audience,
        limit: PageLimit,
    ) -> Result<Option<OpenedTicket>, RepositoryError> {
        self.database
            .read(
                (ticket_id, audience, limit),
                |connection, &(ticket_id, audience, limit)| {
                    async move {
                        let (ticket, messages) = both(
                            tickets::find(connection, ticket_id),
                            load(connection, ticket_id, audience, None, limit),
                        )
                        .await?;
                        Ok(ticket.map(|ticket| OpenedTicket { ticket, messages }))
                    }
                    .boxed()
                },
            )
            .await
    }

    async fn newest_public(
        &self,
        ticket_id: TicketId,
        limit: PageLimit,
    ) -> Result<Vec<Message>, RepositoryError> {
        let mut messages = self
            .database
            .read((ticket_id, limit), |mut connection, &(ticket_id, limit)| {
                async move {
                    let rows = messages::table
                        .left_join(schema::feedback::table)
                        .filter(messages::ticket_id.eq(ticket_id.as_uuid()))
                        .filter(messages::visibility.eq(Visibility::Public.as_str()))
                        .order(messages::position.desc())
                        .limit(rows(limit))
                        .select(shown())
                        .load(&mut connection)
                        .await?;
                    parse(rows)
                }
                .boxed()
            })
            .await?;
        messages.reverse();
        Ok(messages)
    }

    async fn find(&self, id: MessageId) -> Result<Option<Message>, RepositoryError> {
        self.database
            .read(id, |mut connection, id| {
                async move {
                    let row = messages::table
                        .find(id.as_uuid())
                        .left_join(schema::feedback::table)
                        .select(shown())
                        .first(&mut connection)
                        .await
                        .optional()?;
                    row.map(feedback::message).transpose()
                }
                .boxed()
            })
            .await
    }

    async fn rate(&self, id: MessageId, feedback: &Feedback) -> Result<bool, RepositoryError> {
        self.database
            .write((id, feedback.clone()), |connection, (id, feedback), _| {
                feedback::put(connection, *id, feedback).boxed()
            })
            .await
    }
}

type Shown = (AsSelect<MessageRow, Pg>, AsSelect<Option<FeedbackRow>, Pg>);

/// What a message is made of: a row, and perhaps one of feedback joined to it.
fn shown() -> Shown {
    (MessageRow::as_select(), Option::<FeedbackRow>::as_select())
}

pub(crate) async fn append(
    connection: &AsyncPgConnection,
    message: &NewMessage,
    rings: &mut Rings,
) -> Result<Result<Message, AppendMessageError>, StoreError> {
    let NewMessage {
        ticket_id,
        author,
        visibility,
        created_at,
        ..
    } = *message;
    let Some(mut ticket) = tickets::lock(connection, ticket_id).await? else {
        return Ok(Err(AppendMessageError::NotFound));
    };
    let effect = match ticket.receive(author, visibility, created_at) {
        Ok(effect) => effect,
        Err(refusal) => return Ok(Err(refusal.into())),
    };
    let message = Message {
        id: message.id,
        ticket_id,
        position: next_position(connection, ticket_id).await?,
        author,
        content: message.text.as_str().to_owned(),
        visibility,
        in_reply_to: None,
        reply_id: None,
        sources: Vec::new(),
        is_complete: true,
        created_at,
        feedback: None,
    };
    let stored = both(
        insert(connection, &message),
        tickets::save(connection, &ticket),
    );
    both(
        stored,
        replies::carry_out(connection, ticket_id, effect, created_at, rings),
    )
    .await?;
    Ok(Ok(message))
}

async fn load(
    mut connection: &AsyncPgConnection,
    ticket_id: TicketId,
    audience: Audience,
    after: Option<i64>,
    limit: PageLimit,
) -> Result<Page<Message, i64>, StoreError> {
    let rows = page(ticket_id, audience, after, limit)
        .select(shown())
        .load(&mut connection)
        .await?;
    Ok(Page::from_surplus(parse(rows)?, limit, |last| {
        last.position
    }))
}

/// One row more than the limit, to tell whether more follow.
pub(crate) fn page(
    ticket_id: TicketId,
    audience: Audience,
    after: Option<i64>,
    limit: PageLimit,
) -> IntoBoxed<'static, LeftJoin<messages::table, schema::feedback::table>, Pg> {
    let mut query = messages::table
        .left_join(schema::feedback::table)
        .into_boxed()
        .filter(messages::ticket_id.eq(ticket_id.as_uuid()))
        .filter(messages::position.gt(after.unwrap_or(0)));
    if audience == Audience::Customer {
        query = query.filter(messages::visibility.eq(Visibility::Public.as_str()));
    }
    query
        .order(messages::position)
        .limit(rows(limit).saturating_add(1))
}

/// Positions have no gaps, since whoever asks for one holds the ticket's lock and stores a message
/// there.
pub(crate) async fn next_position(
    mut connection: &AsyncPgConnection,
    ticket_id: TicketId,
) -> QueryResult<i64> {
    let last: Option<i64> = messages::table
        .filter(messages::ticket_id.eq(ticket_id.as_uuid()))
        .select(max(messages::position))
        .first(&mut connection)
        .await?;
    Ok(last.unwrap_or(0) + 1)
}

pub(crate) async fn insert(
    mut connection: &AsyncPgConnection,
    message: &Message,
) -> Result<(), StoreError> {
    diesel::insert_into(messages::table)
        .values(MessageRow::from(message))
        .execute(&mut connection)
        .await?;
    Ok(())
}

fn rows(limit: PageLimit) -> i64 {
    i64::try_from(limit.get()).unwrap_or(i64::MAX)
}

fn parse(rows: Vec<(MessageRow, Option<FeedbackRow>)>) -> Result<Vec<Message>, StoreError> {
    rows.into_iter().map(feedback::message).collect()
}
