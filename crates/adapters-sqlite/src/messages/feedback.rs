use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use domain::ids::MessageId;
use domain::message::{Feedback, FeedbackComment, Message, Rating};

use super::row::MessageRow;
use crate::columns::{known, micros, parsed, time};
use crate::error::{CorruptColumn, StoreError};
use crate::schema::{feedback, messages};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = feedback, check_for_backend(Sqlite))]
pub(super) struct FeedbackRow {
    message_id: String,
    rating: String,
    comment: Option<String>,
    updated_at: i64,
}

/// Replaces earlier feedback. False when there is no such message.
pub(super) fn put(
    connection: &mut SqliteConnection,
    id: MessageId,
    feedback: &Feedback,
) -> QueryResult<bool> {
    let known = messages::table.find(id.to_string());
    if !diesel::select(diesel::dsl::exists(known)).get_result(connection)? {
        return Ok(false);
    }
    diesel::replace_into(feedback::table)
        .values(FeedbackRow {
            message_id: id.to_string(),
            rating: feedback.rating.as_str().to_owned(),
            comment: comment_column(feedback),
            updated_at: micros(feedback.updated_at),
        })
        .execute(connection)?;
    Ok(true)
}

fn comment_column(feedback: &Feedback) -> Option<String> {
    let comment = feedback.comment.as_ref();
    comment.map(|comment| comment.as_str().to_owned())
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
            updated_at: time("feedback.updated_at", row.updated_at)?,
        })
    }
}
