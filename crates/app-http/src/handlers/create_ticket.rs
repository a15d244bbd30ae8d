use actix_web::{HttpResponse, web};
use domain::ticket::{Category, Description, NewTicket, Priority, Title};
use serde::Deserialize;

use super::created;
use super::ticket_response::{TicketResponse, etag};
use crate::error::ApiError;
use crate::extract::{KeyedBody, SignedIn};
use crate::use_cases::UseCases;
use crate::validation::Validation;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateTicketRequest {
    title: String,
    description: String,
    category: Option<String>,
    priority: Option<Priority>,
}

impl CreateTicketRequest {
    fn into_new_ticket(self) -> Result<NewTicket, ApiError> {
        let mut validation = Validation::default();
        let title = validation.check("title", Title::parse(self.title));
        let description = validation.check("description", Description::parse(self.description));
        let category = self.category.map(Category::parse).transpose();
        let category = validation.check("category", category);
        match (title, description, category) {
            (Some(title), Some(description), Some(category)) => Ok(NewTicket {
                title,
                description,
                category,
                priority: self.priority.unwrap_or_default(),
            }),
            _ => Err(validation.into_error()),
        }
    }
}

/// `POST /tickets`: opens a ticket; with an idempotency key, once.
pub(crate) async fn create_ticket(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, KeyedBody(body, key)): SignedIn<KeyedBody<CreateTicketRequest>>,
) -> Result<HttpResponse, ApiError> {
    let made = use_cases
        .create_ticket
        .execute(actor, body.into_new_ticket()?, key)
        .await?;
    let (mut response, ticket) = created(made);
    Ok(response
        .insert_header(("location", format!("/tickets/{}", ticket.id)))
        .insert_header(etag(ticket.version))
        .json(TicketResponse::from(ticket)))
}
