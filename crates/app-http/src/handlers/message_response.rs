use chrono::{DateTime, Utc};
use domain::ids::{MessageId, ReplyId, UserId};
use domain::message::{Author, Feedback, Message, Rating, Visibility};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::openapi::names;

/// A message as it is shown.
#[derive(Serialize, ToSchema)]
#[schema(as = Message)]
pub(super) struct MessageResponse {
    id: Uuid,
    ticket_id: Uuid,
    #[schema(value_type = names::Author)]
    author: &'static str,
    /// Null for the assistant.
    #[schema(required = true)]
    author_id: Option<Uuid>,
    #[schema(example = "It will be there tomorrow.")]
    content: String,
    #[schema(value_type = names::Visibility)]
    visibility: Visibility,
    /// The message that an answer answers, null for an answer to the description.
    #[schema(required = true)]
    in_reply_to: Option<Uuid>,
    is_ai: bool,
    /// False for an answer that was cut off.
    is_complete: bool,
    created_at: DateTime<Utc>,
    /// The reply that became this message, whose receipt staff may read.
    #[schema(required = true)]
    reply_id: Option<Uuid>,
    #[schema(required = true)]
    feedback: Option<FeedbackResponse>,
}

/// A customer's judgement of an answer as it is shown.
#[derive(Serialize, ToSchema)]
#[schema(as = Feedback)]
pub(super) struct FeedbackResponse {
    #[schema(value_type = names::Rating)]
    rating: Rating,
    #[schema(required = true)]
    comment: Option<String>,
    updated_at: DateTime<Utc>,
}

impl From<Message> for MessageResponse {
    fn from(message: Message) -> Self {
        Self {
            id: message.id.as_uuid(),
            ticket_id: message.ticket_id.as_uuid(),
            author: message.author.as_str(),
            author_id: message.author.id().map(UserId::as_uuid),
            content: message.content,
            visibility: message.visibility,
            in_reply_to: message.in_reply_to.map(MessageId::as_uuid),
            is_ai: message.author == Author::Assistant,
            is_complete: message.is_complete,
            created_at: message.created_at,
            reply_id: message.reply_id.map(ReplyId::as_uuid),
            feedback: message.feedback.map(FeedbackResponse::from),
        }
    }
}

impl From<Feedback> for FeedbackResponse {
    fn from(feedback: Feedback) -> Self {
        let comment = feedback.comment;
        Self {
            rating: feedback.rating,
            comment: comment.map(|comment| comment.as_str().to_owned()),
            updated_at: feedback.updated_at,
        }
    }
}
