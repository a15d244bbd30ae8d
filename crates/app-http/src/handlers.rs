//! One file per endpoint: a request in, a use case, a response out.
//!
//! A handler must not decide about the business, name an adapter, or choose the status of an error.

pub(crate) mod article_response;
pub(crate) mod cancel_ai_response;
pub(crate) mod change_password;
pub(crate) mod create_article;
pub(crate) mod create_stream_token;
pub(crate) mod create_ticket;
pub(crate) mod delete_article;
pub(crate) mod get_article;
pub(crate) mod get_docs;
pub(crate) mod get_health;
pub(crate) mod get_me;
pub(crate) mod get_openapi;
pub(crate) mod get_problem_type;
pub(crate) mod get_prompt_template;
pub(crate) mod get_reply;
pub(crate) mod get_statistics;
pub(crate) mod get_synonyms;
pub(crate) mod get_ticket;
pub(crate) mod hand_off_ticket;
pub(crate) mod list_articles;
pub(crate) mod list_messages;
pub(crate) mod list_prompt_template_versions;
pub(crate) mod list_prompt_templates;
pub(crate) mod list_prompt_variables;
pub(crate) mod list_tickets;
pub(crate) mod list_users;
pub(crate) mod log_in;
pub(crate) mod log_out;
pub(crate) mod message_response;
pub(crate) mod preview_prompt;
pub(crate) mod probe_stream;
pub(crate) mod prompt_template_response;
pub(crate) mod rate_message;
pub(crate) mod refresh_session;
mod reply_response;
pub(crate) mod retry_ai_response;
pub(crate) mod save_prompt_template;
pub(crate) mod search_articles;
pub(crate) mod send_message;
pub(crate) mod set_synonyms;
pub(crate) mod sign_up;
pub(crate) mod stream_ai_response;
pub(crate) mod stream_ai_response_by_token;
mod synonyms_response;
pub(crate) mod ticket_query;
pub(crate) mod ticket_response;
mod token_response;
pub(crate) mod update_article;
pub(crate) mod update_ticket;
pub(crate) mod update_user;
pub(crate) mod user_response;
pub(crate) mod withdraw_prompt_template;

use actix_web::{HttpResponse, HttpResponseBuilder};
use domain::idempotency::Made;
use domain::page::PageLimit;
use form_urlencoded::Serializer;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use crate::validation::Validation;

/// One page of a list.
#[derive(Serialize, ToSchema)]
#[schema(as = Page)]
struct ListResponse<T> {
    items: Vec<T>,
    /// For the next page, null on the last one.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// Where the next page is (RFC 8288): the same request with another cursor.
fn next_link(path: &str, query: &str, cursor: &str) -> (&'static str, String) {
    let kept = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "cursor");
    let query = Serializer::new(String::new())
        .extend_pairs(kept)
        .append_pair("cursor", cursor)
        .finish();
    ("link", format!("<{path}?{query}>; rel=\"next\""))
}

/// The answer to a request that made something, and says when it had been made before.
fn created<T>(made: Made<T>) -> (HttpResponseBuilder, T) {
    let mut response = HttpResponse::Created();
    match made {
        Made::Now(made) => (response, made),
        Made::Before(made) => {
            response.insert_header(("idempotency-replayed", "true"));
            (response, made)
        }
    }
}

/// The parameter that [`read_limit`] reads. Greater numbers are taken for 100, so it has no
/// greatest one.
fn limit_schema() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .default(Some(json!(PageLimit::default().get())))
        .build()
}

/// Reads a page's size: above the maximum is clamped, zero and nonsense are refused.
fn read_limit(validation: &mut Validation, raw: Option<&str>) -> PageLimit {
    let Some(raw) = raw else {
        return PageLimit::default();
    };
    let digits_only = !raw.is_empty() && raw.bytes().all(|b| b.is_ascii_digit());
    let wish = if digits_only {
        Some(raw.parse().unwrap_or(u64::MAX))
    } else {
        None
    };
    wish.and_then(PageLimit::clamped).unwrap_or_else(|| {
        validation.refuse("limit", "must be a whole number from 1 to 100");
        PageLimit::default()
    })
}
