use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::message_response::MessageResponse;
use super::{ListResponse, read_limit};
use crate::cursor::{decode_position, encode_position};
use crate::error::ApiError;
use crate::extract::{QueryParameters, SignedIn, TicketPath};
use crate::use_cases::UseCases;
use crate::validation::Validation;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListMessagesQuery {
    limit: Option<String>,
    cursor: Option<String>,
}

type Request = SignedIn<(TicketPath, QueryParameters<ListMessagesQuery>)>;

/// `GET /tickets/{id}/messages`: a ticket's messages, oldest first.
pub(crate) async fn list_messages(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, (TicketPath(id), QueryParameters(query))): Request,
) -> Result<HttpResponse, ApiError> {
    let mut validation = Validation::default();
    let limit = read_limit(&mut validation, query.limit.as_deref());
    let after = query
        .cursor
        .and_then(|cursor| validation.check("cursor", decode_position(&cursor)));
    validation.finish()?;

    let page = use_cases
        .list_messages
        .execute(actor, id, after, limit)
        .await?;
    Ok(HttpResponse::Ok().json(ListResponse {
        items: page.items.into_iter().map(MessageResponse::from).collect(),
        next_cursor: page.next.map(encode_position),
    }))
}
