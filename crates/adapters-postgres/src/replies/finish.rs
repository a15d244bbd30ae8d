use diesel_async::AsyncPgConnection;
use domain::message::Message;
use domain::ports::Finished;
use domain::reply::{Answer, CancelReason, CancelledBy, Conclusion, Lease, Reply, Verdict};

use super::row::ReplyRow;
use crate::bell::Rings;
use crate::columns::{database_now, parsed};
use crate::error::StoreError;
use crate::pipeline::both;
use crate::{messages, tickets};

pub(super) async fn finish(
    connection: &AsyncPgConnection,
    lease: Lease,
    conclusion: &Conclusion,
    rings: &mut Rings,
) -> Result<Finished, StoreError> {
    let Some(mut ticket) = tickets::lock_of_reply(connection, lease.reply_id).await? else {
        return Ok(Finished::Fenced);
    };
    let locked = ReplyRow::lock(connection, lease.reply_id);
    let (row, now) = both(locked, database_now(connection)).await?;
    let Some(mut row) = row else {
        return Ok(Finished::Fenced);
    };
    if row.lease() != lease || row.is_taken_from_holder() {
        return Ok(Finished::Fenced);
    }
    // The same holder has ended it before: this is that call again.
    if !row.is_running() {
        return Ok(Finished::Done(Box::new(row.into_reply(now)?)));
    }
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
        row.message_id = Some(conclusion.message_id.as_uuid());
        row.finish_reason = Some(answer.finish_reason.as_str().to_owned());
    }
    record(&mut row, conclusion)?;
    row.end(connection, conclusion.ended_at).await?;
    rings.elsewhere(row.ring());
    let reply = row.into_reply(now)?;
    let insert = async {
        match received.answer {
            Some(answer) => insert_message(connection, &reply, conclusion, answer).await,
            None => Ok(()),
        }
    };
    let save = async {
        if received.changes_ticket() {
            tickets::save(connection, &ticket).await?;
        }
        Ok::<_, StoreError>(())
    };
    both(insert, save).await?;
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
    row.sources = parsed("replies.sources", serde_json::to_value(&conclusion.sources))?;
    row.input_tokens = conclusion.usage.map(|usage| usage.input_tokens);
    row.output_tokens = conclusion.usage.map(|usage| usage.output_tokens);
    row.first_token_at = conclusion.first_token_at;
    Ok(())
}

async fn insert_message(
    connection: &AsyncPgConnection,
    reply: &Reply,
    conclusion: &Conclusion,
    answer: Answer,
) -> Result<(), StoreError> {
    let position = messages::next_position(connection, reply.ticket_id).await?;
    let message = Message::of_answer(reply, conclusion, answer, position);
    messages::insert(connection, &message).await
}
