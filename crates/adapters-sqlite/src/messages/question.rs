use diesel::prelude::*;
use domain::ids::{QuestionId, TicketId};
use domain::message::Visibility;

use crate::columns::id;
use crate::error::StoreError;
use crate::schema::messages;

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
