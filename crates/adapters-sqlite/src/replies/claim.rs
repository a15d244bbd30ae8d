use diesel::prelude::*;
use domain::ports::{Claim, ClaimRequest};
use domain::reply::{Reply, RestartReason};
use domain::ticket::{Ticket, TicketStatus};

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
    let waits = ticket.status != TicketStatus::Closed
        && !is_answered_by_agent(connection, ticket.id, question)?;
    let now = database_now(connection)?;
    let holder = Holder {
        owner: request.owner,
        lease_until: lease_end(now, request.lease),
    };
    match ReplyRow::find_by_question(connection, question.id)? {
        Some(row) => {
            let may_retry = waits && ticket.assistant_enabled;
            retry(connection, request, row, may_retry, (holder, now))
        }
        None if !waits => Ok(Claim::NothingToAnswer),
        None if !ticket.assistant_enabled => Ok(Claim::AssistantOff),
        None => begin(connection, request, &ticket, question, (holder, now)),
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

/// The reply as it is, unless it failed and gets another attempt.
fn retry(
    connection: &mut SqliteConnection,
    request: &ClaimRequest,
    mut row: ReplyRow,
    may_retry: bool,
    (holder, now): (Holder, i64),
) -> Result<Claim, StoreError> {
    let wanted = may_retry
        && request.may_retry
        && row.attempt < ClaimRequest::MAX_ATTEMPTS
        && row.is_retryable()?;
    if !wanted {
        return Ok(Claim::Existing(Box::new(row.into_reply(now)?)));
    }
    if let Some(retry_after) = limits::wait(connection, request, row.user_id()?)? {
        return Ok(Claim::OverLimit { retry_after });
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
