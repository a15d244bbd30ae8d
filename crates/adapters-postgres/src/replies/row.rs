mod change;
mod entity;

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ids::{OwnerId, QuestionId, ReplyId, TicketId, UserId};
use domain::ports::{ClaimRequest, Ring, Tried};
use domain::reply::{EventKind, Lease, LoggedEvent, Position};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::StoreError;
use crate::events;
use crate::pipeline::both;
use crate::schema::replies;

/// A reply's row. A change loads and locks it, turns it and saves it whole.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = replies, check_for_backend(Pg), treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct ReplyRow {
    pub(super) id: Uuid,
    pub(super) ticket_id: Uuid,
    pub(super) user_id: Uuid,
    pub(super) question_id: Uuid,
    pub(super) attempt: i32,
    pub(super) status: String,
    pub(super) last_sequence: i64,
    pub(super) restart_sequence: Option<i64>,
    pub(super) restart_reason: Option<String>,
    pub(super) text: String,
    pub(super) model: String,
    pub(super) model_served: Option<String>,
    pub(super) template_name: Option<String>,
    pub(super) template_version: Option<i32>,
    pub(super) sources: Value,
    pub(super) input_tokens: Option<i64>,
    pub(super) output_tokens: Option<i64>,
    pub(super) message_id: Option<Uuid>,
    pub(super) finish_reason: Option<String>,
    pub(super) cancel_reason: Option<String>,
    pub(super) cancelled_by: Option<String>,
    pub(super) error_code: Option<String>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) attempt_started_at: DateTime<Utc>,
    pub(super) first_token_at: Option<DateTime<Utc>>,
    pub(super) ended_at: Option<DateTime<Utc>>,
    pub(super) epoch: i32,
    pub(super) owner: Uuid,
    pub(super) lease_until: DateTime<Utc>,
    pub(super) handoff_reason: Option<String>,
    pub(super) handovers: i32,
    pub(super) trimmed: bool,
    pub(super) prompt_sha256: Option<Vec<u8>>,
}

/// Who generates from now on, and until when at least.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holder {
    pub(super) owner: OwnerId,
    pub(super) lease_until: DateTime<Utc>,
}

impl ReplyRow {
    /// Its ticket must be locked, so that nobody else ends or restarts it; its own lock keeps
    /// appends away.
    pub(super) async fn lock(
        mut connection: &AsyncPgConnection,
        id: ReplyId,
    ) -> QueryResult<Option<Self>> {
        replies::table
            .find(id.as_uuid())
            .select(Self::as_select())
            .for_update()
            .first(&mut connection)
            .await
            .optional()
    }

    pub(super) async fn lock_by_question(
        mut connection: &AsyncPgConnection,
        question: QuestionId,
    ) -> QueryResult<Option<Self>> {
        replies::table
            .filter(replies::question_id.eq(question.as_uuid()))
            .select(Self::as_select())
            .for_update()
            .first(&mut connection)
            .await
            .optional()
    }

    /// The first attempt at a question.
    pub(super) fn first_attempt(
        request: &ClaimRequest,
        user_id: UserId,
        question: QuestionId,
        holder: Holder,
    ) -> Self {
        Self {
            id: request.reply_id.as_uuid(),
            ticket_id: request.ticket_id.as_uuid(),
            user_id: user_id.as_uuid(),
            question_id: question.as_uuid(),
            attempt: 1,
            status: "streaming".to_owned(),
            last_sequence: 0,
            restart_sequence: None,
            restart_reason: None,
            text: String::new(),
            model: request.model.clone(),
            model_served: None,
            template_name: None,
            template_version: None,
            sources: json!([]),
            input_tokens: None,
            output_tokens: None,
            message_id: None,
            finish_reason: None,
            cancel_reason: None,
            cancelled_by: None,
            error_code: None,
            created_at: request.at,
            attempt_started_at: request.at,
            first_token_at: None,
            ended_at: None,
            epoch: 1,
            owner: holder.owner.as_uuid(),
            lease_until: holder.lease_until,
            handoff_reason: None,
            handovers: 0,
            trimmed: false,
            prompt_sha256: None,
        }
    }

    /// What a claim depends on.
    pub(super) fn tried(&self) -> Result<Tried, StoreError> {
        Ok(Tried::of(&self.state()?, self.attempts_used()))
    }

    /// How many attempts count: those that were handed over do not.
    pub(super) fn attempts_used(&self) -> i32 {
        self.attempt - self.handovers
    }

    pub(super) async fn insert(&self, connection: &AsyncPgConnection) -> Result<(), StoreError> {
        let created = self.event(EventKind::Created, 0);
        let row = async {
            let mut connection = connection;
            diesel::insert_into(replies::table)
                .values(self)
                .execute(&mut connection)
                .await
                .map_err(StoreError::from)
        };
        both(row, events::insert(connection, self.reply_id(), &created)).await?;
        Ok(())
    }

    /// Whether it has no end yet.
    pub(super) fn is_running(&self) -> bool {
        matches!(self.status.as_str(), "queued" | "streaming")
    }

    pub(super) fn lease(&self) -> Lease {
        Lease {
            reply_id: self.reply_id(),
            owner: OwnerId::from_uuid(self.owner),
            epoch: self.epoch,
        }
    }

    pub(super) fn ring(&self) -> Ring {
        Ring {
            reply_id: self.reply_id(),
            last_sequence: self.last_sequence,
        }
    }

    pub(super) fn ticket_id(&self) -> TicketId {
        TicketId::from_uuid(self.ticket_id)
    }

    pub(super) fn user_id(&self) -> UserId {
        UserId::from_uuid(self.user_id)
    }

    pub(super) fn reply_id(&self) -> ReplyId {
        ReplyId::from_uuid(self.id)
    }

    pub(super) fn event(&self, kind: EventKind, offset: usize) -> LoggedEvent {
        LoggedEvent {
            position: Position {
                attempt: self.attempt,
                sequence: self.last_sequence,
                offset,
            },
            kind,
        }
    }

    /// Saves the row and logs the event that made it so.
    async fn save(
        &self,
        connection: &AsyncPgConnection,
        kind: EventKind,
        offset: usize,
    ) -> Result<(), StoreError> {
        let event = self.event(kind, offset);
        let row = async {
            let mut connection = connection;
            diesel::update(replies::table.find(self.id))
                .set(self)
                .execute(&mut connection)
                .await
                .map_err(StoreError::from)
        };
        both(row, events::insert(connection, self.reply_id(), &event)).await?;
        Ok(())
    }
}
