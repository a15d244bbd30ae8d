use std::convert::Infallible;

use actix_web::{HttpResponse, web};
use domain::ids::UserId;
use domain::ticket::{Category, Priority, Tags, TicketStatus, TicketUpdate, Title};
use serde::Deserialize;
use uuid::Uuid;

use super::ticket_response::{TicketResponse, etag};
use crate::error::ApiError;
use crate::extract::{IfMatch, JsonBody, SignedIn, TicketPath};
use crate::nullable::{Nullable, not_null};
use crate::use_cases::UseCases;
use crate::validation::Validation;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateTicketRequest {
    #[serde(default, deserialize_with = "not_null")]
    status: Option<TicketStatus>,
    #[serde(default, deserialize_with = "not_null")]
    title: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    priority: Option<Priority>,
    #[serde(default)]
    category: Nullable<String>,
    #[serde(default, deserialize_with = "not_null")]
    tags: Option<Vec<String>>,
    #[serde(default)]
    assignee_id: Nullable<Uuid>,
    #[serde(default, deserialize_with = "not_null")]
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
