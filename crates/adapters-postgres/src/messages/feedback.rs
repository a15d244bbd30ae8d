use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ids::MessageId;
use domain::message::{Feedback, FeedbackComment, Message, Rating};
use uuid::Uuid;

use super::row::MessageRow;
use crate::columns::{known, parsed};
use crate::error::{CorruptColumn, StoreError};
use crate::schema::{feedback, messages};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = feedback, check_for_backend(Pg), treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct FeedbackRow {
    message_id: Uuid,
    rating: String,
    comment: Option<String>,
    updated_at: DateTime<Utc>,
}

/// Replaces earlier feedback. False when there is no such message.
pub(super) async fn put(
    mut connection: &AsyncPgConnection,
    id: MessageId,
    feedback: &Feedback,
) -> Result<bool, StoreError> {
    let known: Option<Uuid> = messages::table
        .find(id.as_uuid())
        .select(messages::id)
        .for_key_share()
        .first(&mut connection)
        .await
        .optional()?;
    let Some(message_id) = known else {
        return Ok(false);
    };
    let comment = feedback.comment.as_ref();
    let row = FeedbackRow {
        message_id,
        rating: feedback.rating.as_str().to_owned(),
        comment: comment.map(|comment| comment.as_str().to_owned()),
        updated_at: feedback.updated_at,
    };
    diesel::insert_into(feedback::table)
        .values(&row)
        .on_conflict(feedback::message_id)
        .do_update()
        .set(&row)
        .execute(&mut connection)
        .await?;
    Ok(true)
}

/// A message as it is shown.
pub(super) fn message(
    (row, feedback): (MessageRow, Option<FeedbackRow>),
) -> Result<Message, StoreError> {
    Ok(Message {
        feedback: feedback.map(Feedback::try_from).transpose()?,
        ..Message::try_from(row)?
    })
}

impl TryFrom<FeedbackRow> for Feedback {
    type Error = CorruptColumn;

    fn try_from(row: FeedbackRow) -> Result<Self, CorruptColumn> {
        let comment = row.comment.map(FeedbackComment::parse).transpose();
        Ok(Self {
            rating: known("feedback.rating", Rating::from_name(&row.rating))?,
            comment: parsed("feedback.comment", comment)?,
            updated_at: row.updated_at,
        })
    }
}
