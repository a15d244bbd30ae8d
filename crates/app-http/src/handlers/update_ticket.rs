use std::convert::Infallible;

use actix_web::{HttpResponse, web};
use domain::ids::UserId;
use domain::ticket::{Category, Priority, Tags, TicketStatus, TicketUpdate, Title};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ticket_response::{TicketResponse, etag};
use crate::error::ApiError;
use crate::extract::{IfMatch, JsonBody, SignedIn, TicketPath};
use crate::nullable::{Nullable, not_null};
use crate::openapi::names;
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;
use crate::validation::Validation;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateTicketRequest {
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = names::TicketStatus)]
    status: Option<TicketStatus>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, min_length = 1, max_length = 200, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$", example = "My parcel is late")]
    title: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = names::Priority)]
    priority: Option<Priority>,
    #[serde(default)]
    /// Null clears it.
    #[schema(
        value_type = Option<String>, max_length = 64,
        pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", example = "shipping"
    )]
    category: Nullable<String>,
    #[serde(default, deserialize_with = "not_null")]
    /// All of its tags from now on.
    #[schema(value_type = Vec<String>, max_items = 20, example = json!(["vip"]))]
    tags: Option<Vec<String>>,
    #[serde(default)]
    /// An agent; null clears it.
    #[schema(value_type = Option<Uuid>)]
    assignee_id: Nullable<Uuid>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = bool)]
    assistant_enabled: Option<bool>,
}

impl UpdateTicketRequest {
    fn into_update(self) -> Result<TicketUpdate, ApiError> {
        let mut validation = Validation::default();
        let title = validation.check("title", self.title.map(Title::parse).transpose());
        let category = self.category.try_into_setting(Category::parse);
        let category = validation.check("category", category);
        let tags = validation.check("tags", self.tags.map(Tags::parse).transpose());
        let Ok(assignee_id) = self
            .assignee_id
            .try_into_setting(|id| Ok::<_, Infallible>(UserId::from_uuid(id)));
        match (title, category, tags) {
            (Some(title), Some(category), Some(tags)) => Ok(TicketUpdate {
                status: self.status,
                title,
                priority: self.priority,
                category,
                tags,
                assignee_id,
                assistant_enabled: self.assistant_enabled,
            }),
            _ => Err(validation.into_error()),
        }
    }
}

type Request = SignedIn<(TicketPath, (IfMatch, JsonBody<UpdateTicketRequest>))>;

/// `PATCH /tickets/{id}`: changes fields of a ticket, all or none.
#[utoipa::path(
    patch,
    path = "/tickets/{ticket_id}",
    operation_id = "update_ticket",
    tag = "Tickets",
    summary = "Change a ticket",
    description = "Changes all of the fields given, or none. Customers change `title`, `priority` and `category`, and `status` to `resolved`; all else is for staff.",
    params(
        ("ticket_id" = Uuid, Path, description = "The ticket; an id that is no UUID names none"),
        ("If-Match" = Option<String>, Header, example = "\"3\"",
            description = "`ETag`s of the versions that may be changed, or `*`"),
    ),
    request_body(content = UpdateTicketRequest),
    responses(
        (status = 200, description = "The ticket as it is now", body = TicketResponse, headers(("ETag" = String, description = "The ticket's version in quotes, for `If-Match`"))),
        Problems<(problems::SignedIn, problems::Body, problems::Thing, problems::ForRoles, problems::TicketChange)>,
    ),
)]
pub(crate) async fn update_ticket(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, (TicketPath(id), (IfMatch(expected), JsonBody(body)))): Request,
) -> Result<HttpResponse, ApiError> {
    let ticket = use_cases
        .update_ticket
        .execute(actor, id, body.into_update()?, expected)
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header(etag(ticket.version))
        .json(TicketResponse::from(ticket)))
}
