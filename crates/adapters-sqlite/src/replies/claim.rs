use diesel::prelude::*;
use domain::ports::{Claim, ClaimDecision, ClaimRequest};
use domain::reply::{Reply, RestartReason};
use domain::ticket::Ticket;

use super::limits;
use super::row::{Holder, ReplyRow};
use crate::columns::{database_now, lease_end};
use crate::error::StoreError;
use crate::messages::{Question, is_answered_by_agent, newest_question};
use crate::tickets;

pub(super) fn claim(
    connection: &mut SqliteConnection,
    request: &ClaimRequest,
) -> Result<Claim, StoreError> {
    let Some(ticket) = tickets::find(connection, request.ticket_id)? else {
        return Ok(Claim::NothingToAnswer);
    };
    let question = newest_question(connection, ticket.id)?;
    let now = database_now(connection)?;
    let holder = Holder {
        owner: request.owner,
        lease_until: lease_end(now, request.lease),
    };
    let is_answered = is_answered_by_agent(connection, ticket.id, question)?;
    let row = ReplyRow::find_by_question(connection, question.id)?;
    let existing = row.as_ref().map(ReplyRow::tried).transpose()?;
    match (request.decide(&ticket, is_answered, existing), row) {
        (ClaimDecision::AssistantOff, _) => Ok(Claim::AssistantOff),
        (ClaimDecision::NothingToAnswer, _) => Ok(Claim::NothingToAnswer),
        (ClaimDecision::Begin, None) => {
            begin(connection, request, &ticket, question, (holder, now))
        }
        (ClaimDecision::Retry, Some(row)) => retry(connection, request, ticket, row, (holder, now)),
        (_, Some(row)) => Ok(Claim::Existing(Box::new(row.into_reply(now)?))),
        (_, None) => Ok(Claim::NothingToAnswer),
    }
}

fn begin(
    connection: &mut SqliteConnection,
    request: &ClaimRequest,
    ticket: &Ticket,
    question: Question,
    (holder, now): (Holder, i64),
) -> Result<Claim, StoreError> {
    if let Some(retry_after) = limits::wait(connection, request, ticket.user_id)? {
        return Ok(Claim::OverLimit { retry_after });
    }
    let row = ReplyRow::first_attempt(request, ticket.user_id, question.id, holder);
    row.insert(connection)?;
    grant(connection, request, row, now)
}

/// Another attempt at a reply that ended without an answer.
fn retry(
    connection: &mut SqliteConnection,
    request: &ClaimRequest,
    mut ticket: Ticket,
    mut row: ReplyRow,
    (holder, now): (Holder, i64),
) -> Result<Claim, StoreError> {
    if let Some(retry_after) = limits::wait(connection, request, row.user_id()?)? {
        return Ok(Claim::OverLimit { retry_after });
    }
    if ticket.take_back_for_retry(request.at) {
        tickets::save(connection, &ticket)?;
    }
    row.model.clone_from(&request.model);
    row.restart(connection, RestartReason::Retry, holder, request.at)?;
    grant(connection, request, row, now)
}

fn grant(
    connection: &mut SqliteConnection,
    request: &ClaimRequest,
    row: ReplyRow,
    now: i64,
) -> Result<Claim, StoreError> {
    let lease = row.lease()?;
    let reply: Reply = row.into_reply(now)?;
    limits::record(connection, &reply, request.at)?;
    Ok(Claim::Granted(lease, Box::new(reply)))
}
