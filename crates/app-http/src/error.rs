//! Everything that can go wrong for a client, and the one place that decides its status.
//!
//! No other module must map an error to a status, and no cause must get into a body.

#![deny(clippy::wildcard_enum_match_arm)]

mod accounts;
mod articles;
mod desk;
mod prompts;

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use domain::ports::{BoxError, RepositoryError};
use domain::throttle::Level;
use domain::ticket::TicketRefusal;
use domain::use_cases::{
    AccessError, AuthenticateError, CreateTicketError, HandOffError, IssueStreamTokenError,
    ListTicketsError, SendMessageError, ShowStatisticsError,
};
use reply_engine::{RetryError, RetryReplyError, StreamByTokenError, StreamReplyError};
use thiserror::Error;

use crate::problem::types::{self, ProblemType};
use crate::problem::{self, Problem};
use crate::rate_limit;
use crate::validation::FieldError;

/// What a client is told instead of a result.
#[derive(Debug, Error)]
pub(crate) enum ApiError {
    #[error("the body is not JSON")]
    MalformedJson,
    #[error("a field is invalid")]
    Validation(Vec<FieldError>),
    #[error("the body has the wrong media type")]
    UnsupportedMediaType { supported: &'static str },
    #[error("the address is too long")]
    UriTooLong { limit: usize },
    #[error("the headers are too large")]
    HeadersTooLarge { limit: usize },
    #[error("the protocol cannot be changed here")]
    UpgradeRefused,
    #[error("the body is too large")]
    BodyTooLarge { limit: usize },
    #[error("the body did not arrive in time")]
    BodyTimeout,
    #[error("the body could not be read")]
    BodyUnreadable,
    #[error("no access token was sent")]
    Unauthenticated,
    #[error("the access token is invalid or has expired")]
    InvalidToken,
    #[error("wrong e-mail address or password")]
    WrongCredentials,
    #[error("the refresh token is invalid, was used before or has expired")]
    InvalidRefreshToken,
    #[error("the current password is wrong")]
    WrongPassword,
    #[error("{0}")]
    Forbidden(&'static str),
    #[error("there is no such thing")]
    NotFound,
    #[error("there is nothing at this path")]
    UnknownPath,
    #[error("the method is not allowed here")]
    MethodNotAllowed { allow: &'static str },
    #[error("that e-mail address has an account already")]
    EmailTaken,
    #[error("the last admin must stay one")]
    LastAdmin,
    #[error("another article has that slug")]
    SlugTaken,
    #[error("the idempotency key was used for another request")]
    IdempotencyKeyReused,
    #[error("the ticket is closed")]
    TicketClosed,
    #[error("{0}")]
    InvalidTransition(String),
    #[error("it has changed meanwhile")]
    VersionMismatch,
    #[error("the assistant is off for this ticket")]
    AssistantOff,
    #[error("{reason}")]
    NotRetryable {
        kind: ProblemType,
        reason: &'static str,
    },
    #[error("too many attempts")]
    TooManyAttempts(Vec<Level>),
    #[error("only answers of the assistant are rated")]
    NotRateable,
    #[error("too many replies")]
    TooManyReplies { retry_after: Duration },
    #[error("too busy")]
    Busy,
    #[error("starting: the database is not ready yet")]
    Starting,
    #[error("shutting down")]
    ShuttingDown,
    #[error("a service this depends on is unavailable")]
    Unavailable(#[source] BoxError),
    #[error("an internal error")]
    Internal(#[source] BoxError),
    /// A refusal of the HTTP framework itself, known by its status only.
    #[error("the request was refused")]
    Framework(StatusCode),
}

impl ApiError {
    /// How long a client should wait when the server cannot serve, in seconds.
    const RETRY_AFTER: u64 = 2;

    /// The problem as it is shown; the one place where a status is decided.
    pub(crate) fn problem(&self) -> Problem {
        let retry = ("retry-after", Self::RETRY_AFTER.to_string());
        match self {
            Self::MalformedJson => Problem::new(types::MALFORMED_JSON, self),
            Self::Validation(errors) => {
                Problem::new(types::VALIDATION_FAILED, self).with_errors(errors.clone())
            }
            Self::UnsupportedMediaType { supported } => {
                Problem::new(types::UNSUPPORTED_MEDIA_TYPE, self)
                    .with_detail(format!("The body must be {supported}."))
            }
            Self::UriTooLong { limit } => Problem::new(types::URI_TOO_LONG, self)
                .with_detail(format!("The address may have at most {limit} bytes.")),
            Self::HeadersTooLarge { limit } => Problem::new(types::HEADERS_TOO_LARGE, self)
                .with_detail(format!("The headers may have at most {limit} bytes.")),
            Self::UpgradeRefused => Problem::new(types::UPGRADE_REFUSED, self),
            Self::BodyTooLarge { limit } => Problem::new(types::BODY_TOO_LARGE, self)
                .with_detail(format!("The body may have at most {limit} bytes.")),
            Self::BodyTimeout => Problem::new(types::BODY_TIMEOUT, self),
            Self::BodyUnreadable => Problem::new(types::BODY_UNREADABLE, self),
            // RFC 6750, section 3: no error code when no credentials were sent.
            Self::Unauthenticated => {
                Problem::new(types::UNAUTHENTICATED, self).with_header("www-authenticate", "Bearer")
            }
            Self::InvalidToken => Problem::new(types::INVALID_TOKEN, self)
                .with_header("www-authenticate", "Bearer error=\"invalid_token\""),
            Self::WrongCredentials => Problem::new(types::WRONG_CREDENTIALS, self)
                .with_header("www-authenticate", "Bearer"),
            Self::InvalidRefreshToken => Problem::new(types::INVALID_REFRESH_TOKEN, self)
                .with_header("www-authenticate", "Bearer"),
            // Not 401, which would say that the access token is no good.
            Self::WrongPassword => Problem::new(types::WRONG_PASSWORD, self),
            Self::Forbidden(_) => Problem::new(types::FORBIDDEN, self),
            Self::NotFound => Problem::new(types::NOT_FOUND, self),
            Self::UnknownPath => Problem::new(types::UNKNOWN_PATH, self),
            Self::MethodNotAllowed { allow } => {
                Problem::new(types::METHOD_NOT_ALLOWED, self).with_header("allow", *allow)
            }
            Self::EmailTaken => Problem::new(types::EMAIL_TAKEN, self),
            Self::LastAdmin => Problem::new(types::LAST_ADMIN, self),
            Self::SlugTaken => Problem::new(types::SLUG_TAKEN, self),
            Self::IdempotencyKeyReused => Problem::new(types::IDEMPOTENCY_KEY_REUSED, self),
            Self::TicketClosed => Problem::new(types::TICKET_CLOSED, self),
            Self::InvalidTransition(_) => Problem::new(types::INVALID_TRANSITION, self),
            Self::VersionMismatch => Problem::new(types::VERSION_MISMATCH, self),
            Self::AssistantOff => Problem::new(types::ASSISTANT_OFF, self),
            Self::NotRetryable { kind, .. } => Problem::new(*kind, self),
            Self::TooManyAttempts(levels) => {
                let problem = Problem::new(types::TOO_MANY_ATTEMPTS, self);
                rate_limit::tell(problem, levels)
            }
            Self::NotRateable => Problem::new(types::NOT_RATEABLE, self),
            Self::TooManyReplies { retry_after } => {
                let problem = Problem::new(types::TOO_MANY_REPLIES, self);
                rate_limit::tell_of_replies(problem, *retry_after)
            }
            Self::Busy => Problem::new(types::BUSY, self).with_header(retry.0, retry.1),
            Self::Starting => Problem::new(types::STARTING, self).with_header(retry.0, retry.1),
            Self::ShuttingDown => {
                Problem::new(types::SHUTTING_DOWN, self).with_header(retry.0, retry.1)
            }
            Self::Unavailable(_) => {
                Problem::new(types::UNAVAILABLE, self).with_header(retry.0, retry.1)
            }
            Self::Internal(_) => Problem::new(types::INTERNAL, self),
            Self::Framework(status) => Problem::new(types::REFUSED, self).with_status(*status),
        }
    }

    /// The one field that is invalid.
    pub(crate) fn field(field: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self::Validation(vec![FieldError::new(field, code, message)])
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.problem().status
    }

    fn error_response(&self) -> HttpResponse {
        problem::respond(&self.problem(), None)
    }
}

impl From<RepositoryError> for ApiError {
    fn from(error: RepositoryError) -> Self {
        match error {
            RepositoryError::Unavailable(cause) => Self::Unavailable(cause),
            error @ (RepositoryError::Conflict | RepositoryError::Corrupt(_)) => {
                Self::Internal(error.into())
            }
        }
    }
}

impl From<TicketRefusal> for ApiError {
    fn from(refusal: TicketRefusal) -> Self {
        match refusal {
            TicketRefusal::Closed => Self::TicketClosed,
            TicketRefusal::InvalidTransition(refusal) => {
                Self::InvalidTransition(refusal.to_string())
            }
            refusal
            @ (TicketRefusal::OnlyAnswersMakePending | TicketRefusal::MoveIsForStaff(_)) => {
                Self::InvalidTransition(refusal.to_string())
            }
            TicketRefusal::VersionMismatch => Self::VersionMismatch,
        }
    }
}

impl From<AccessError> for ApiError {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::NotFound => Self::NotFound,
            AccessError::Repository(error) => error.into(),
        }
    }
}

impl From<AuthenticateError> for ApiError {
    fn from(error: AuthenticateError) -> Self {
        match error {
            AuthenticateError::Invalid => Self::InvalidToken,
            AuthenticateError::Repository(error) => error.into(),
        }
    }
}

impl From<ListTicketsError> for ApiError {
    fn from(error: ListTicketsError) -> Self {
        match error {
            ListTicketsError::Forbidden => {
                Self::Forbidden("only staff list other people's tickets")
            }
            ListTicketsError::AssigneeIsForStaff => {
                Self::Forbidden("only staff list tickets by assignee_id")
            }
            ListTicketsError::Repository(error) => error.into(),
        }
    }
}

impl From<CreateTicketError> for ApiError {
    fn from(error: CreateTicketError) -> Self {
        match error {
            CreateTicketError::KeyReused(_) => Self::IdempotencyKeyReused,
            CreateTicketError::Repository(error) => error.into(),
        }
    }
}

impl From<SendMessageError> for ApiError {
    fn from(error: SendMessageError) -> Self {
        match error {
            SendMessageError::NotFound => Self::NotFound,
            SendMessageError::InternalNotesAreForStaff => Self::Forbidden(
                "internal notes are written by staff, on tickets that are not their own",
            ),
            SendMessageError::KeyReused(_) => Self::IdempotencyKeyReused,
            SendMessageError::Refused(refusal) => refusal.into(),
            SendMessageError::Repository(error) => error.into(),
        }
    }
}

impl From<HandOffError> for ApiError {
    fn from(error: HandOffError) -> Self {
        match error {
            HandOffError::NotFound => Self::NotFound,
            HandOffError::Refused(refusal) => refusal.into(),
            HandOffError::Repository(error) => error.into(),
        }
    }
}

impl From<ShowStatisticsError> for ApiError {
    fn from(error: ShowStatisticsError) -> Self {
        match error {
            ShowStatisticsError::Forbidden => Self::Forbidden("only admins see statistics"),
            ShowStatisticsError::Period(error) => {
                Self::field("to", "invalid_parameter", error.to_string())
            }
            ShowStatisticsError::Repository(error) => error.into(),
        }
    }
}

impl From<StreamReplyError> for ApiError {
    fn from(error: StreamReplyError) -> Self {
        match error {
            StreamReplyError::NotFound => Self::NotFound,
            StreamReplyError::AssistantOff => Self::AssistantOff,
            StreamReplyError::OverLimit { retry_after } => Self::TooManyReplies { retry_after },
            StreamReplyError::Repository(error) => error.into(),
        }
    }
}

impl From<StreamByTokenError> for ApiError {
    fn from(error: StreamByTokenError) -> Self {
        match error {
            StreamByTokenError::Invalid => Self::InvalidToken,
            StreamByTokenError::Stream(error) => error.into(),
        }
    }
}

impl From<IssueStreamTokenError> for ApiError {
    fn from(error: IssueStreamTokenError) -> Self {
        match error {
            IssueStreamTokenError::NotFound => Self::NotFound,
            IssueStreamTokenError::SessionOver => Self::InvalidToken,
            IssueStreamTokenError::NoToken(cause) => Self::Internal(cause),
            IssueStreamTokenError::Repository(error) => error.into(),
        }
    }
}

impl From<RetryReplyError> for ApiError {
    fn from(error: RetryReplyError) -> Self {
        let not_retryable = |kind, reason| Self::NotRetryable { kind, reason };
        match error {
            RetryReplyError::Access(error) => error.into(),
            RetryReplyError::Refused(refusal) => match refusal {
                RetryError::NothingToRetry => {
                    not_retryable(types::NOTHING_TO_RETRY, "there is no reply to retry")
                }
                RetryError::Running => {
                    not_retryable(types::REPLY_RUNNING, "the reply is being generated")
                }
                RetryError::Answered => {
                    not_retryable(types::REPLY_COMPLETED, "the question is answered")
                }
                RetryError::AssistantOff => Self::AssistantOff,
                RetryError::OverLimit { retry_after } => Self::TooManyReplies { retry_after },
                RetryError::ShuttingDown => Self::ShuttingDown,
                RetryError::Repository(error) => error.into(),
            },
        }
    }
}
