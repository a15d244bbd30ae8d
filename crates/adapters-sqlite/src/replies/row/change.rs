use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::ids::OwnerId;
use domain::reply::{
    CancelReason, CancelledBy, EventKind, FailureCode, LoggedEvent, Position, RestartReason,
};

use super::{Holder, ReplyRow};
use crate::columns::micros;
use crate::error::StoreError;
use crate::events;
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
        "cancelled".clone_into(&mut self.status);
        self.cancel_reason = Some(reason.as_str().to_owned());
        self.cancelled_by = Some(by.as_str().to_owned());
        self.end(connection, at)
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
