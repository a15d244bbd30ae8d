//! How a reply goes from one state to the next.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use domain::handoff::HandoffReason;
use domain::ids::OwnerId;
use domain::reply::{CancelReason, CancelledBy, EventKind, FailureCode, RestartReason};
use serde_json::json;

use super::{Holder, ReplyRow};
use crate::bell::Rings;
use crate::error::StoreError;
use crate::events;
use crate::pipeline::both;
use crate::replies::spendings;

impl ReplyRow {
    /// The next attempt: what is known of the one before is given up.
    pub(in crate::replies) async fn restart(
        &mut self,
        connection: &AsyncPgConnection,
        reason: RestartReason,
        holder: Holder,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.attempt += 1;
        self.epoch += 1;
        self.owner = holder.owner.as_uuid();
        self.lease_until = holder.lease_until;
        "streaming".clone_into(&mut self.status);
        self.text.clear();
        self.model_served = None;
        self.template_name = None;
        self.template_version = None;
        self.prompt_sha256 = None;
        self.sources = json!([]);
        self.input_tokens = None;
        self.output_tokens = None;
        self.cancel_reason = None;
        self.cancelled_by = None;
        self.error_code = None;
        self.handoff_reason = None;
        self.attempt_started_at = at;
        self.first_token_at = None;
        self.ended_at = None;
        self.trimmed = false;
        self.last_sequence += 1;
        self.restart_sequence = Some(self.last_sequence);
        self.restart_reason = Some(reason.as_str().to_owned());
        self.save(connection, EventKind::Restarted(reason), 0).await
    }

    /// The end of a running reply, whose status and its reason the caller has set. The text is
    /// what the present attempt logged.
    pub(in crate::replies) async fn end(
        &mut self,
        connection: &AsyncPgConnection,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.text = events::text_of_attempt(connection, self.reply_id(), self.attempt).await?;
        self.ended_at = Some(at);
        if let Some(reason) = self.handoff()? {
            self.last_sequence += 1;
            let handed_off = self.event(EventKind::HandedOff(reason), self.text.len());
            events::insert(connection, self.reply_id(), &handed_off).await?;
        }
        self.last_sequence += 1;
        let save = self.save(connection, EventKind::Ended, self.text.len());
        both(spendings::settle(connection, self), save).await?;
        Ok(())
    }

    /// The end of a running reply by somebody's will, of which its holder does not know yet.
    pub(in crate::replies) async fn cancel(
        &mut self,
        connection: &AsyncPgConnection,
        (reason, by): (CancelReason, CancelledBy),
        at: DateTime<Utc>,
        rings: &mut Rings,
    ) -> Result<(), StoreError> {
        self.stop(reason, by);
        self.hand_off(HandoffReason::of_cancellation(reason, by));
        self.end(connection, at).await?;
        rings.everywhere(self.ring());
        Ok(())
    }

    /// Whether it was given back, or cancelled by somebody else: then it is nobody's to end by the
    /// lease it had. That a quota is used up its holder finds out itself.
    pub(in crate::replies) fn is_taken_from_holder(&self) -> bool {
        let is_over_quota = self.cancel_reason.as_deref() == Some(CancelReason::Quota.as_str());
        self.status == "queued" || (self.status == "cancelled" && !is_over_quota)
    }

    pub(in crate::replies) fn stop(&mut self, reason: CancelReason, by: CancelledBy) {
        "cancelled".clone_into(&mut self.status);
        self.cancel_reason = Some(reason.as_str().to_owned());
        self.cancelled_by = Some(by.as_str().to_owned());
    }

    /// People take over with its end, which is to follow.
    pub(in crate::replies) fn hand_off(&mut self, reason: Option<HandoffReason>) {
        self.handoff_reason = reason.map(|reason| reason.as_str().to_owned());
    }

    pub(in crate::replies) fn fail(&mut self, code: FailureCode) {
        "failed".clone_into(&mut self.status);
        self.error_code = Some(code.as_str().to_owned());
    }

    /// Voids the lease that was given: its holder hears of it, whatever it does next.
    pub(in crate::replies) fn fence(&mut self, owner: OwnerId) {
        self.epoch += 1;
        self.owner = owner.as_uuid();
    }
}
