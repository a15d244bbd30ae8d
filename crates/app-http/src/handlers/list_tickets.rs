use actix_web::{HttpRequest, HttpResponse, web};

use super::ticket_query::{TicketQuery, WantedTickets};
use super::ticket_response::TicketResponse;
use super::{ListResponse, next_link};
use crate::error::ApiError;
use crate::extract::{QueryParameters, SignedIn};
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;

/// `GET /tickets`: the own tickets, or everybody's for staff; newest first unless said otherwise.
#[utoipa::path(
    get,
    path = "/tickets",
    operation_id = "list_tickets",
    tag = "Tickets",
    summary = "List tickets",
    description = "The own tickets, or everybody's for staff, that fit all of the parameters; newest first unless `sort` or `q` say otherwise.",
    params(
        TicketQuery,
    ),
    responses(
        (status = 200, description = "A page of tickets", body = ListResponse<TicketResponse>, headers(("Link" = String, description = "With `rel=\"next\"`, where the next page is, if there is one"))),
        Problems<(problems::SignedIn, problems::Parameters, problems::ForRoles)>,
    ),
)]
pub(crate) async fn list_tickets(
    request: HttpRequest,
    use_cases: web::Data<UseCases>,
    SignedIn(actor, QueryParameters(query)): SignedIn<QueryParameters<TicketQuery>>,
) -> Result<HttpResponse, ApiError> {
    let WantedTickets {
        filter,
        order,
        limit,
        cursors,
    } = query.read()?;
    let page = use_cases
        .list_tickets
        .execute(actor, filter, order, limit)
        .await?;
    let next_cursor = page.next.map(|place| cursors.encode(place));
    let mut response = HttpResponse::Ok();
    if let Some(cursor) = &next_cursor {
        response.insert_header(next_link("/tickets", request.query_string(), cursor));
    }
    Ok(response.json(ListResponse {
        items: page.items.into_iter().map(TicketResponse::from).collect(),
        next_cursor,
    }))
}
