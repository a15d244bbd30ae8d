use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::message_response::MessageResponse;
use super::{ListResponse, limit_schema, next_link, read_limit};
use crate::cursor::{decode_position, encode_position};
use crate::error::ApiError;
use crate::extract::{QueryParameters, SignedIn, TicketPath};
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;
use crate::validation::Validation;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListMessagesQuery {
    /// How many; more than 100 are 100.
    #[param(schema_with = limit_schema)]
    limit: Option<String>,
    /// A `next_cursor` of the same list.
    cursor: Option<String>,
}

type Request = SignedIn<(TicketPath, QueryParameters<ListMessagesQuery>)>;

/// `GET /tickets/{id}/messages`: a ticket's messages, oldest first.
#[utoipa::path(
    get,
    path = "/tickets/{ticket_id}/messages",
    operation_id = "list_messages",
    tag = "Messages",
    summary = "List messages",
    description = "Oldest first. Customers are not shown internal notes.",
    params(
        ("ticket_id" = Uuid, Path, description = "The ticket; an id that is no UUID names none"),
        ListMessagesQuery,
    ),
    responses(
        (status = 200, description = "A page of messages", body = ListResponse<MessageResponse>,
            headers(("Link" = String, description = "With `rel=\"next\"`, where the next page is, if there is one")),
            links(
                ("rate_message" = (
                    operation_id = "rate_message",
                    parameters(("ticket_id" = "$request.path.ticket_id"), ("message_id" = "$response.body#/items/0/id"))
                )),
                ("get_reply" = (
                    operation_id = "get_reply",
                    parameters(("ticket_id" = "$request.path.ticket_id"), ("reply_id" = "$response.body#/items/0/reply_id"))
                )),
            )),
        Problems<(problems::SignedIn, problems::Parameters, problems::Thing)>,
    ),
)]
pub(crate) async fn list_messages(
    request: HttpRequest,
    use_cases: web::Data<UseCases>,
    SignedIn(actor, (TicketPath(id), QueryParameters(query))): Request,
) -> Result<HttpResponse, ApiError> {
    let mut validation = Validation::default();
    let limit = read_limit(&mut validation, query.limit.as_deref());
    let after = query
        .cursor
        .and_then(|cursor| validation.check("cursor", decode_position(id, &cursor)));
    validation.finish()?;

    let page = use_cases
        .list_messages
        .execute(actor, id, after, limit)
        .await?;
    let next_cursor = page.next.map(|position| encode_position(id, position));
    let mut response = HttpResponse::Ok();
    if let Some(cursor) = &next_cursor {
        let path = format!("/tickets/{id}/messages");
        response.insert_header(next_link(&path, request.query_string(), cursor));
    }
    Ok(response.json(ListResponse {
        items: page.items.into_iter().map(MessageResponse::from).collect(),
        next_cursor,
    }))
}
