use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use domain::ports::{Claim, ClaimRequest};
use domain::reply::RestartReason;
use domain::ticket::{Ticket, TicketStatus};

use super::limits;
use super::row::{Holder, ReplyRow};
use crate::bell::Rings;
use crate::columns::{database_now, lease_end};
use crate::error::StoreError;
use crate::messages::{Question, is_answered_by_agent, newest_question};
use crate::pipeline::both;
use crate::tickets;

pub(super) async fn claim(
    connection: &AsyncPgConnection,
    request: &ClaimRequest,
    rings: &mut Rings,
) -> Result<Claim, StoreError> {
    let Some(ticket) = tickets::lock(connection, request.ticket_id).await? else {
        return Ok(Claim::NothingToAnswer);
    };
    let question = newest_question(connection, ticket.id).await?;
    let locked = both(
        ReplyRow::lock_by_question(connection, question.id),
        database_now(connection),
    );
    let answered = is_answered_by_agent(connection, ticket.id, question);
    let ((row, now), is_answered) = both(locked, answered).await?;
    let waits = ticket.status != TicketStatus::Closed && !is_answered;
    let holder = Holder {
        owner: request.owner,
        lease_until: lease_end(now, request.lease),
    };
    match row {
        Some(row) => {
            let may_retry = waits && ticket.assistant_enabled;
            let claim = retry(connection, request, row, may_retry, (holder, now)).await?;
            if let Claim::Granted(_, reply) = &claim {
                rings.elsewhere(domain::ports::Ring {
                    reply_id: reply.id,
                    last_sequence: reply.last_sequence,
                });
            }
            Ok(claim)
        }
        None if !waits => Ok(Claim::NothingToAnswer),
        None if !ticket.assistant_enabled => Ok(Claim::AssistantOff),
        None => begin(connection, request, &ticket, question, (holder, now)).await,
    }
}

async fn begin(
    connection: &AsyncPgConnection,
    request: &ClaimRequest,
    ticket: &Ticket,
    question: Question,
    (holder, now): (Holder, DateTime<Utc>),
) -> Result<Claim, StoreError> {
    if let Some(retry_after) = limits::wait(connection, request, ticket.user_id).await? {
        return Ok(Claim::OverLimit { retry_after });
    }
    let row = ReplyRow::first_attempt(request, ticket.user_id, question.id, holder);
    row.insert(connection).await?;
    grant(connection, request, row, now).await
}

/// The reply as it is, unless it failed and gets another attempt.
async fn retry(
    connection: &AsyncPgConnection,
    request: &ClaimRequest,
    mut row: ReplyRow,
    may_retry: bool,
    (holder, now): (Holder, DateTime<Utc>),
) -> Result<Claim, StoreError> {
    let wanted = may_retry
        && request.may_retry
        && row.attempt < ClaimRequest::MAX_ATTEMPTS
        && row.is_retryable()?;
    if !wanted {
        return Ok(Claim::Existing(Box::new(row.into_reply(now)?)));
    }
    if let Some(retry_after) = limits::wait(connection, request, row.user_id()).await? {
        return Ok(Claim::OverLimit { retry_after });
    }
    row.model.clone_from(&request.model);
    row.restart(connection, RestartReason::Retry, holder, request.at)
        .await?;
    grant(connection, request, row, now).await
}

async fn grant(
    connection: &AsyncPgConnection,
    request: &ClaimRequest,
    row: ReplyRow,
    now: DateTime<Utc>,
) -> Result<Claim, StoreError> {
    let lease = row.lease();
    let reply = row.into_reply(now)?;
    limits::record(connection, &reply, request.at).await?;
    Ok(Claim::Granted(lease, Box::new(reply)))
}
