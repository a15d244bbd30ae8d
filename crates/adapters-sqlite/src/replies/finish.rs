use diesel::prelude::*;
use domain::message::Message;
use domain::ports::Finished;
use domain::reply::{Answer, CancelReason, CancelledBy, Conclusion, Lease, Reply, Verdict};

use super::row::{ReplyRow, is_streaming};
use crate::columns::{database_now, micros, parsed};
use crate::error::StoreError;
use crate::{messages, tickets};

pub(super) fn finish(
    connection: &mut SqliteConnection,
    lease: Lease,
    conclusion: &Conclusion,
) -> Result<Finished, StoreError> {
    let Some(mut row) = ReplyRow::find(connection, lease.reply_id)? else {
        return Ok(Finished::Fenced);
    };
    if row.lease()? != lease || row.is_taken_from_holder() {
        return Ok(Finished::Fenced);
    }
    let now = database_now(connection)?;
    // The same holder has ended it before: this is that call again.
    if !is_streaming(&row.status) {
        return Ok(Finished::Done(Box::new(row.into_reply(now)?)));
    }
    let Some(mut ticket) = tickets::find(connection, row.ticket_id()?)? else {
        return Ok(Finished::Fenced);
    };
    // A closed ticket has no running reply, since closing it cancels that.
    let Ok(received) = ticket.receive_answer(conclusion, row.attempts_used()) else {
        return Ok(Finished::Fenced);
    };
    match conclusion.verdict {
        Verdict::Completed { .. } => "completed".clone_into(&mut row.status),
        Verdict::Incomplete { .. } => "incomplete".clone_into(&mut row.status),
        Verdict::OverQuota => row.stop(CancelReason::Quota, CancelledBy::System),
        Verdict::Failed { code } => row.fail(code),
    }
    row.hand_off(received.handoff);
    if let Some(answer) = received.answer {
        row.message_id = Some(conclusion.message_id.to_string());
        row.finish_reason = Some(answer.finish_reason.as_str().to_owned());
    }
    record(&mut row, conclusion)?;
    row.end(connection, conclusion.ended_at)?;
    let reply = row.into_reply(now)?;
    if let Some(answer) = received.answer {
        insert_message(connection, &reply, conclusion, answer)?;
    }
    if received.changes_ticket() {
        tickets::save(connection, &ticket)?;
    }
    Ok(Finished::Done(Box::new(reply)))
}

/// What is kept with the reply of how it was made.
fn record(row: &mut ReplyRow, conclusion: &Conclusion) -> Result<(), StoreError> {
    let template = conclusion.template.as_ref();
    row.model_served.clone_from(&conclusion.model_served);
    row.template_name = template.map(|template| template.name.clone());
    row.template_version = template.map(|template| template.version);
    row.prompt_sha256 = conclusion
        .prompt_digest
        .map(|digest| digest.as_bytes().to_vec());
    row.sources = parsed(
        "replies.sources",
        serde_json::to_string(&conclusion.sources),
    )?;
    row.input_tokens = conclusion.usage.map(|usage| usage.input_tokens);
    row.output_tokens = conclusion.usage.map(|usage| usage.output_tokens);
    row.first_token_at = conclusion.first_token_at.map(micros);
    Ok(())
}

fn insert_message(
    connection: &mut SqliteConnection,
    reply: &Reply,
    conclusion: &Conclusion,
    answer: Answer,
) -> Result<(), StoreError> {
    let position = messages::next_position(connection, reply.ticket_id)?;
    let message = Message::of_answer(reply, conclusion, answer, position);
    messages::insert(connection, &message)?;
    Ok(())
}
