use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use domain::ids::TicketId;
use uuid::Uuid;

use crate::error::ApiError;

/// The ticket that the path names. An id that is no UUID names nothing, like an unknown one.
pub(crate) struct TicketPath(pub(crate) TicketId);

impl FromRequest for TicketPath {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let id = request
            .match_info()
            .get("ticket_id")
            .and_then(|raw| Uuid::try_parse(raw).ok());
        ready(
            id.map(|id| Self(TicketId::from_uuid(id)))
                .ok_or(ApiError::NotFound),
        )
    }
}
