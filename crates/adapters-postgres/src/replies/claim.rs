use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use domain::ports::{Claim, ClaimDecision, ClaimRequest, Ring};
use domain::reply::RestartReason;
use domain::ticket::Ticket;

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
    // The question is looked for once the ticket is locked, as the server works in order.
    let (ticket, question) = both(
        tickets::lock(connection, request.ticket_id),
        newest_question(connection, request.ticket_id),
    )
    .await?;
    let Some(ticket) = ticket else {
        return Ok(Claim::NothingToAnswer);
    };
    let locked = both(
        ReplyRow::lock_by_question(connection, question.id),
        database_now(connection),
    );
    let answered = is_answered_by_agent(connection, ticket.id, question);
    let ((row, now), is_answered) = both(locked, answered).await?;
    let holder = Holder {
        owner: request.owner,
        lease_until: lease_end(now, request.lease),
    };
    let existing = row.as_ref().map(ReplyRow::tried).transpose()?;
    match (request.decide(&ticket, is_answered, existing), row) {
        (ClaimDecision::NothingToAnswer, _) => Ok(Claim::NothingToAnswer),
        (ClaimDecision::AssistantOff, _) => Ok(Claim::AssistantOff),
        (ClaimDecision::Begin, None) => {
            begin(connection, request, &ticket, question, (holder, now)).await
        }
        (ClaimDecision::Retry, Some(row)) => {
            let claim = retry(connection, request, ticket, row, (holder, now)).await?;
            if let Claim::Granted(_, reply) = &claim {
                let (reply_id, last_sequence) = (reply.id, reply.last_sequence);
                rings.elsewhere(Ring {
                    reply_id,
                    last_sequence,
                });
            }
            Ok(claim)
        }
        (_, Some(row)) => Ok(Claim::Existing(Box::new(row.into_reply(now)?))),
        (_, None) => Ok(Claim::NothingToAnswer),
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
    both(
        row.insert(connection),
        limits::record(connection, &row, request.at),
    )
    .await?;
    granted(row, now)
}

/// Another attempt at a reply that ended without an answer.
async fn retry(
    connection: &AsyncPgConnection,
    request: &ClaimRequest,
    mut ticket: Ticket,
    mut row: ReplyRow,
    (holder, now): (Holder, DateTime<Utc>),
) -> Result<Claim, StoreError> {
    if let Some(retry_after) = limits::wait(connection, request, row.user_id()).await? {
        return Ok(Claim::OverLimit { retry_after });
    }
    if ticket.take_back_for_retry(request.at) {
        tickets::save(connection, &ticket).await?;
    }
    row.model.clone_from(&request.model);
    row.restart(connection, RestartReason::Retry, holder, request.at)
        .await?;
    limits::record(connection, &row, request.at).await?;
    granted(row, now)
}

fn granted(row: ReplyRow, now: DateTime<Utc>) -> Result<Claim, StoreError> {
    let lease = row.lease();
    Ok(Claim::Granted(lease, Box::new(row.into_reply(now)?)))
}
