mod change;
mod entity;

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel::sqlite::Sqlite;
use domain::ids::{OwnerId, QuestionId, ReplyId, TicketId, UserId};
use domain::ports::{ClaimRequest, Ring, Tried};
use domain::reply::Lease;

use crate::columns::{id, micros};
use crate::error::{CorruptColumn, StoreError};
use crate::schema::replies;

/// A reply's row. A change loads it, turns it and saves it whole: nobody else writes meanwhile.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = replies, check_for_backend(Sqlite), treat_none_as_null = true)]
pub(super) struct ReplyRow {
    pub(super) id: String,
    pub(super) ticket_id: String,
    pub(super) user_id: String,
    pub(super) question_id: String,
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
    pub(super) sources: String,
    pub(super) input_tokens: Option<i64>,
    pub(super) output_tokens: Option<i64>,
    pub(super) message_id: Option<String>,
    pub(super) finish_reason: Option<String>,
    pub(super) cancel_reason: Option<String>,
    pub(super) cancelled_by: Option<String>,
    pub(super) error_code: Option<String>,
    pub(super) created_at: i64,
    pub(super) attempt_started_at: i64,
    pub(super) first_token_at: Option<i64>,
    pub(super) ended_at: Option<i64>,
    pub(super) epoch: i32,
    pub(super) owner: String,
    pub(super) lease_until: i64,
    pub(super) handoff_reason: Option<String>,
    pub(super) handovers: i32,
    pub(super) trimmed: bool,
    pub(super) prompt_sha256: Option<Vec<u8>>,
}

/// Whether a reply of that status still runs.
pub(super) fn is_running(status: &str) -> bool {
    matches!(status, "queued" | "streaming")
}

/// Whether a reply of that status is being generated, and its lease good for writing.
pub(crate) fn is_streaming(status: &str) -> bool {
    status == "streaming"
}

/// [`is_running`] as a condition: word for word that of the partial indexes, which SQLite only then
/// uses, and not if the names were bound.
pub(super) fn running() -> SqlLiteral<Bool> {
    sql("status IN ('queued', 'streaming')")
}

/// Who generates from now on, and until when at least.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holder {
    pub(super) owner: OwnerId,
    pub(super) lease_until: i64,
}

impl ReplyRow {
    pub(super) fn find(
        connection: &mut SqliteConnection,
        id: ReplyId,
    ) -> QueryResult<Option<Self>> {
        replies::table
            .find(id.to_string())
            .select(Self::as_select())
            .first(connection)
            .optional()
    }

    pub(super) fn find_by_question(
        connection: &mut SqliteConnection,
        question: QuestionId,
    ) -> QueryResult<Option<Self>> {
        replies::table
            .filter(replies::question_id.eq(question.to_string()))
            .select(Self::as_select())
            .first(connection)
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
            id: request.reply_id.to_string(),
            ticket_id: request.ticket_id.to_string(),
            user_id: user_id.to_string(),
            question_id: question.to_string(),
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
            sources: "[]".to_owned(),
            input_tokens: None,
            output_tokens: None,
            message_id: None,
            finish_reason: None,
            cancel_reason: None,
            cancelled_by: None,
            error_code: None,
            created_at: micros(request.at),
            attempt_started_at: micros(request.at),
            first_token_at: None,
            ended_at: None,
            epoch: 1,
            owner: holder.owner.to_string(),
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

    pub(super) fn lease(&self) -> Result<Lease, CorruptColumn> {
        Ok(Lease {
            reply_id: self.reply_id()?,
            owner: OwnerId::from_uuid(id("replies.owner", &self.owner)?),
            epoch: self.epoch,
        })
    }

    pub(super) fn ring(&self) -> Result<Ring, CorruptColumn> {
        Ok(Ring {
            reply_id: self.reply_id()?,
            last_sequence: self.last_sequence,
        })
    }

    pub(super) fn ticket_id(&self) -> Result<TicketId, CorruptColumn> {
        id("replies.ticket_id", &self.ticket_id).map(TicketId::from_uuid)
    }

    pub(super) fn user_id(&self) -> Result<UserId, CorruptColumn> {
        id("replies.user_id", &self.user_id).map(UserId::from_uuid)
    }

    pub(super) fn reply_id(&self) -> Result<ReplyId, CorruptColumn> {
        id("replies.id", &self.id).map(ReplyId::from_uuid)
    }
}
