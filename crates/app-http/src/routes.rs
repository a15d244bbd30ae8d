//! Every path and method, in one table.

use std::future::{Ready, ready};

use actix_web::http::Method;
use actix_web::{Resource, Route, guard, web};

use crate::error::ApiError;
use crate::handlers::cancel_ai_response::cancel_ai_response;
use crate::handlers::change_password::change_password;
use crate::handlers::create_article::create_article;
use crate::handlers::create_stream_token::create_stream_token;
use crate::handlers::create_ticket::create_ticket;
use crate::handlers::delete_article::delete_article;
use crate::handlers::get_article::get_article;
use crate::handlers::get_docs::{get_docs, get_docs_file};
use crate::handlers::get_health::{get_liveness, get_readiness};
use crate::handlers::get_me::get_me;
use crate::handlers::get_openapi::get_openapi;
use crate::handlers::get_problem_type::get_problem_type;
use crate::handlers::get_prompt_template::get_prompt_template;
use crate::handlers::get_reply::get_reply;
use crate::handlers::get_statistics::get_statistics;
use crate::handlers::get_synonyms::get_synonyms;
use crate::handlers::get_ticket::get_ticket;
use crate::handlers::hand_off_ticket::hand_off_ticket;
use crate::handlers::list_articles::list_articles;
use crate::handlers::list_messages::list_messages;
use crate::handlers::list_prompt_template_versions::list_prompt_template_versions;
use crate::handlers::list_prompt_templates::list_prompt_templates;
use crate::handlers::list_prompt_variables::list_prompt_variables;
use crate::handlers::list_tickets::list_tickets;
use crate::handlers::list_users::list_users;
use crate::handlers::log_in::log_in;
use crate::handlers::log_out::log_out;
use crate::handlers::preview_prompt::preview_prompt;
use crate::handlers::probe_stream::probe_stream;
use crate::handlers::rate_message::rate_message;
use crate::handlers::refresh_session::refresh_session;
use crate::handlers::retry_ai_response::retry_ai_response;
use crate::handlers::save_prompt_template::save_prompt_template;
use crate::handlers::search_articles::search_articles;
use crate::handlers::send_message::send_message;
use crate::handlers::set_synonyms::{reset_synonyms, set_synonyms};
use crate::handlers::sign_up::sign_up;
use crate::handlers::stream_ai_response::{peek_ai_response, stream_ai_response};
use crate::handlers::stream_ai_response_by_token::{
    brings_stream_token, stream_ai_response_by_token,
};
use crate::handlers::update_article::update_article;
use crate::handlers::update_ticket::update_ticket;
use crate::handlers::update_user::update_user;
use crate::handlers::withdraw_prompt_template::withdraw_prompt_template;

/// Registers the whole API.
pub(crate) fn configure(app: &mut web::ServiceConfig) {
    app.service(resource("/auth/signup", "POST").route(web::post().to(sign_up)))
        .service(resource("/auth/login", "POST").route(web::post().to(log_in)))
        .service(resource("/auth/refresh", "POST").route(web::post().to(refresh_session)))
        .service(resource("/auth/logout", "POST").route(web::post().to(log_out)))
        .service(resource("/auth/password", "POST").route(web::post().to(change_password)))
        .service(resource("/auth/me", "GET, HEAD").route(get().to(get_me)))
        .service(resource("/users", "GET, HEAD").route(get().to(list_users)))
        .service(resource("/users/{user_id}", "PATCH").route(web::patch().to(update_user)))
        .service(
            resource("/tickets", "GET, HEAD, POST")
                .route(get().to(list_tickets))
                .route(web::post().to(create_ticket)),
        )
        .service(
            resource("/tickets/{ticket_id}", "GET, HEAD, PATCH")
                .route(get().to(get_ticket))
                .route(web::patch().to(update_ticket)),
        )
        .service(
            resource("/tickets/{ticket_id}/messages", "GET, HEAD, POST")
                .route(get().to(list_messages))
                .route(web::post().to(send_message)),
        )
        .service(
            resource("/tickets/{ticket_id}/messages/{message_id}/feedback", "PUT")
                .route(web::put().to(rate_message)),
        )
        .service(
            resource("/tickets/{ticket_id}/replies/{reply_id}", "GET, HEAD")
                .route(get().to(get_reply)),
        )
        .service(
            resource("/tickets/{ticket_id}/ai-response", "GET, HEAD")
                .route(web::head().to(peek_ai_response))
                .route(
                    web::get()
                        .guard(guard::fn_guard(brings_stream_token))
                        .to(stream_ai_response_by_token),
                )
                .route(web::get().to(stream_ai_response)),
        )
        .service(
            resource("/tickets/{ticket_id}/ai-response/cancel", "POST")
                .route(web::post().to(cancel_ai_response)),
        )
        .service(
            resource("/tickets/{ticket_id}/ai-response/retry", "POST")
                .route(web::post().to(retry_ai_response)),
        )
        .service(
            resource("/tickets/{ticket_id}/stream-token", "POST")
                .route(web::post().to(create_stream_token)),
        )
        .service(
            resource("/tickets/{ticket_id}/handoff", "POST").route(web::post().to(hand_off_ticket)),
        )
        .service(resource("/prompt-templates", "GET, HEAD").route(get().to(list_prompt_templates)))
        .service(
            resource("/prompt-templates/variables", "GET, HEAD")
                .route(get().to(list_prompt_variables)),
        )
        .service(
            resource("/prompt-templates/{name}", "GET, HEAD, PUT, DELETE")
                .route(get().to(get_prompt_template))
                .route(web::put().to(save_prompt_template))
                .route(web::delete().to(withdraw_prompt_template)),
        )
        .service(
            resource("/prompt-templates/{name}/versions", "GET, HEAD")
                .route(get().to(list_prompt_template_versions)),
        )
        .service(
            resource("/prompt-templates/{name}/preview", "POST")
                .route(web::post().to(preview_prompt)),
        )
        .service(
            resource("/articles", "GET, HEAD, POST")
                .route(get().to(list_articles))
                .route(web::post().to(create_article)),
        )
        .service(resource("/articles/search", "GET, HEAD").route(get().to(search_articles)))
        .service(
            resource("/articles/synonyms", "GET, HEAD, PUT, DELETE")
                .route(get().to(get_synonyms))
                .route(web::put().to(set_synonyms))
                .route(web::delete().to(reset_synonyms)),
        )
        .service(
            resource("/articles/{article_id}", "GET, HEAD, PATCH, DELETE")
                .route(get().to(get_article))
                .route(web::patch().to(update_article))
                .route(web::delete().to(delete_article)),
        )
        .service(resource("/admin/stats", "GET, HEAD").route(get().to(get_statistics)))
        .configure(about_the_service)
        .default_service(web::to(unknown_path));
}

/// What anybody may ask, about the API and the process behind it.
fn about_the_service(app: &mut web::ServiceConfig) {
    app.service(resource("/problems/{code}", "GET, HEAD").route(get().to(get_problem_type)))
        .service(resource("/openapi.json", "GET, HEAD").route(get().to(get_openapi)))
        .service(resource("/docs", "GET, HEAD").route(get().to(get_docs)))
        .service(resource("/docs/{file:.*}", "GET, HEAD").route(get().to(get_docs_file)))
        .service(resource("/health/live", "GET, HEAD").route(get().to(get_liveness)))
        .service(resource("/health/stream", "GET").route(web::get().to(probe_stream)))
        .service(resource("/health/ready", "GET, HEAD").route(get().to(get_readiness)));
}

/// A resource that tells which methods it has when another one is tried (RFC 9110, section
/// 15.5.6).
fn resource(path: &str, allow: &'static str) -> Resource {
    web::resource(path).default_service(web::to(move || method_not_allowed(allow)))
}

/// GET, and HEAD with the same headers.
fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::fn_guard(|context| {
        context.head().method == Method::HEAD
    })))
}

fn method_not_allowed(allow: &'static str) -> Ready<Result<&'static str, ApiError>> {
    ready(Err(ApiError::MethodNotAllowed { allow }))
}

async fn unknown_path() -> Result<&'static str, ApiError> {
    Err(ApiError::UnknownPath)
}
