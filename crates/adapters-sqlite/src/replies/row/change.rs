use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::handoff::HandoffReason;
use domain::ids::OwnerId;
use domain::reply::{
    CancelReason, CancelledBy, EventKind, FailureCode, LoggedEvent, Position, RestartReason,
};

use super::{Holder, ReplyRow};
use crate::columns::micros;
use crate::error::StoreError;
use crate::events;
use crate::replies::spendings;
use crate::schema::replies;

impl ReplyRow {
    pub(in crate::replies) fn insert(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<(), StoreError> {
        diesel::insert_into(replies::table)
            .values(self)
            .execute(connection)?;
        let created = self.event(EventKind::Created, 0);
        events::insert(connection, self.reply_id()?, &[created])
    }

    /// The next attempt: what is known of the one before is given up.
    pub(in crate::replies) fn restart(
        &mut self,
        connection: &mut SqliteConnection,
        reason: RestartReason,
        holder: Holder,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.attempt += 1;
        self.epoch += 1;
        self.owner = holder.owner.to_string();
        self.lease_until = holder.lease_until;
        "streaming".clone_into(&mut self.status);
        self.text.clear();
        self.model_served = None;
        self.template_name = None;
        self.template_version = None;
        self.prompt_sha256 = None;
        "[]".clone_into(&mut self.sources);
        self.input_tokens = None;
        self.output_tokens = None;
        self.cancel_reason = None;
        self.cancelled_by = None;
        self.error_code = None;
        self.handoff_reason = None;
        self.attempt_started_at = micros(at);
        self.first_token_at = None;
        self.ended_at = None;
        self.trimmed = false;
        self.log(connection, EventKind::Restarted(reason), 0)?;
        self.restart_sequence = Some(self.last_sequence);
        self.restart_reason = Some(reason.as_str().to_owned());
        self.save(connection)
    }

    /// Given back by its owner: void at once, and no attempt that counts.
    pub(in crate::replies) fn queue(
        &mut self,
        connection: &mut SqliteConnection,
    ) -> Result<(), StoreError> {
        "queued".clone_into(&mut self.status);
        self.lease_until = 0;
        self.handovers += 1;
        self.save(connection)
    }

    /// The end of a running reply, whose status and its reason the caller has set. The text is
    /// what the present attempt logged.
    pub(in crate::replies) fn end(
        &mut self,
        connection: &mut SqliteConnection,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.text = events::text_of_attempt(connection, self.reply_id()?, self.attempt)?;
        self.ended_at = Some(micros(at));
        spendings::settle(connection, self)?;
        if let Some(reason) = self.handoff()? {
            self.log(connection, EventKind::HandedOff(reason), self.text.len())?;
        }
        self.log(connection, EventKind::Ended, self.text.len())?;
        self.save(connection)
    }

    /// Ends it without an answer by somebody's will.
    pub(in crate::replies) fn cancel(
        &mut self,
        connection: &mut SqliteConnection,
        (reason, by): (CancelReason, CancelledBy),
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.stop(reason, by);
        self.hand_off(HandoffReason::of_cancellation(reason, by));
        self.end(connection, at)
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
        self.owner = owner.to_string();
    }

    fn log(
        &mut self,
        connection: &mut SqliteConnection,
        kind: EventKind,
        offset: usize,
    ) -> Result<(), StoreError> {
        self.last_sequence += 1;
        let event = self.event(kind, offset);
        events::insert(connection, self.reply_id()?, &[event])
    }

    fn event(&self, kind: EventKind, offset: usize) -> LoggedEvent {
        LoggedEvent {
            position: Position {
                attempt: self.attempt,
                sequence: self.last_sequence,
                offset,
            },
            kind,
        }
    }

    fn save(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        diesel::update(replies::table.find(&self.id))
            .set(self)
            .execute(connection)?;
        Ok(())
    }
}
