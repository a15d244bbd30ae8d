use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use domain::ids::{ArticleId, MessageId, ReplyId, TicketId, UserId};
use domain::prompt::TemplateName;
use uuid::Uuid;

use crate::error::ApiError;

/// The ticket that the path names. An id that is no UUID names nothing, like an unknown one.
pub(crate) struct TicketPath(pub(crate) TicketId);

/// The message of a ticket that the path names.
pub(crate) struct MessagePath(pub(crate) TicketId, pub(crate) MessageId);

/// The reply to a ticket that the path names.
pub(crate) struct ReplyPath(pub(crate) TicketId, pub(crate) ReplyId);

/// The account that the path names.
pub(crate) struct UserPath(pub(crate) UserId);

/// The help article that the path names.
pub(crate) struct ArticlePath(pub(crate) ArticleId);

impl FromRequest for ArticlePath {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(id(request, "article_id").map(|article| Self(ArticleId::from_uuid(article))))
    }
}

/// The prompt template that the path names. A name that none may have names nothing.
pub(crate) struct TemplatePath(pub(crate) TemplateName);

impl FromRequest for TicketPath {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(id(request, "ticket_id").map(|ticket| Self(TicketId::from_uuid(ticket))))
    }
}

impl FromRequest for MessagePath {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(
            both(request, "message_id").map(|(ticket, id)| Self(ticket, MessageId::from_uuid(id))),
        )
    }
}

impl FromRequest for ReplyPath {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(both(request, "reply_id").map(|(ticket, id)| Self(ticket, ReplyId::from_uuid(id))))
    }
}

impl FromRequest for UserPath {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(id(request, "user_id").map(|id| Self(UserId::from_uuid(id))))
    }
}

impl FromRequest for TemplatePath {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let name = request.match_info().get("name").unwrap_or_default();
        let name = TemplateName::parse(name).map_err(|_no_name| ApiError::NotFound);
        ready(name.map(Self))
    }
}

fn both(request: &HttpRequest, name: &str) -> Result<(TicketId, Uuid), ApiError> {
    let ticket = id(request, "ticket_id").map(TicketId::from_uuid)?;
    Ok((ticket, id(request, name)?))
}

fn id(request: &HttpRequest, name: &str) -> Result<Uuid, ApiError> {
    request
        .match_info()
        .get(name)
        .and_then(|raw| Uuid::try_parse(raw).ok())
        .ok_or(ApiError::NotFound)
}
