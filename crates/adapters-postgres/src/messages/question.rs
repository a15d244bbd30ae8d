use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ids::{QuestionId, TicketId};
use domain::message::Visibility;
use uuid::Uuid;

use crate::schema::messages;

/// What a ticket asks the assistant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question {
    pub(crate) id: QuestionId,
    /// Where it stands among the messages; 0 for the description, which stands before them all.
    position: i64,
}

/// The newest public message of the ticket's customer, if there is one.
pub(crate) fn newest_customer_message(ticket_id: TicketId) -> messages::BoxedQuery<'static, Pg> {
    messages::table
        .filter(messages::ticket_id.eq(ticket_id.as_uuid()))
        .filter(messages::visibility.eq(Visibility::Public.as_str()))
        .filter(messages::author.eq("customer"))
        .order(messages::position.desc())
        .limit(1)
        .into_boxed()
}

/// The newest public customer message, or the description when there is none.
pub(crate) async fn newest_question(
    mut connection: &AsyncPgConnection,
    ticket_id: TicketId,
) -> QueryResult<Question> {
    let newest: Option<(Uuid, i64)> = newest_customer_message(ticket_id)
        .select((messages::id, messages::position))
        .first(&mut connection)
        .await
        .optional()?;
    Ok(match newest {
        Some((message, position)) => Question {
            id: QuestionId::from_uuid(message),
            position,
        },
        None => Question {
            id: QuestionId::description(ticket_id),
            position: 0,
        },
    })
}

/// Whether an agent answered the question in public.
pub(crate) async fn is_answered_by_agent(
    mut connection: &AsyncPgConnection,
    ticket_id: TicketId,
    question: Question,
) -> QueryResult<bool> {
    let answers = messages::table
        .filter(messages::ticket_id.eq(ticket_id.as_uuid()))
        .filter(messages::position.gt(question.position))
        .filter(messages::visibility.eq(Visibility::Public.as_str()))
        .filter(messages::author.eq("agent"));
    diesel::select(diesel::dsl::exists(answers))
        .get_result(&mut connection)
        .await
}
