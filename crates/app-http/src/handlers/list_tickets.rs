use actix_web::{HttpResponse, web};
use domain::ids::UserId;
use domain::ticket::{TicketFilter, TicketStatus};
use serde::Deserialize;
use uuid::Uuid;

use super::ticket_response::TicketResponse;
use super::{ListResponse, read_limit};
use crate::cursor::{decode_ticket_cursor, encode_ticket_cursor};
use crate::error::ApiError;
use crate::extract::{QueryParameters, SignedIn};
use crate::use_cases::UseCases;
use crate::validation::Validation;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListTicketsQuery {
    limit: Option<String>,
    cursor: Option<String>,
    status: Option<String>,
    user_id: Option<String>,
}

/// `GET /tickets`: the own tickets, or everybody's for staff; newest first.
pub(crate) async fn list_tickets(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, QueryParameters(query)): SignedIn<QueryParameters<ListTicketsQuery>>,
) -> Result<HttpResponse, ApiError> {
    let mut validation = Validation::default();
    let limit = read_limit(&mut validation, query.limit.as_deref());
    let after = query
        .cursor
        .and_then(|cursor| validation.check("cursor", decode_ticket_cursor(&cursor)));
    let status = query.status.and_then(|name| {
        let known = TicketStatus::from_name(&name);
        validation.check(
            "status",
            known.ok_or("must be open, pending, resolved or closed"),
        )
    });
    let user_id = query.user_id.and_then(|id| {
        let parsed = Uuid::try_parse(&id).map_err(|_no_uuid| "must be a UUID");
        validation.check("user_id", parsed).map(UserId::from_uuid)
    });
    validation.finish()?;

    let filter = TicketFilter { user_id, status };
    let page = use_cases
        .list_tickets
        .execute(actor, filter, after, limit)
        .await?;
    Ok(HttpResponse::Ok().json(ListResponse {
        items: page.items.into_iter().map(TicketResponse::from).collect(),
        next_cursor: page.next.map(encode_ticket_cursor),
    }))
}
