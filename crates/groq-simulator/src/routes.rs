mod chat;
mod control;
mod models;

use actix_web::{
    HttpRequest, HttpResponse,
    middleware::from_fn,
    web::{self, Data, ServiceConfig},
};

use crate::{compression::gzip_json, error::ApiError, headers::respond_with_error, state::State};

pub(crate) fn configure(config: &mut ServiceConfig) {
    config
        .service(
            web::scope("/openai/v1")
                .wrap(from_fn(gzip_json))
                .route(
                    "/chat/completions",
                    web::post().to(chat::create_chat_completion),
                )
                .route("/models", web::get().to(models::list_models)),
        )
        .route("/control/replies", web::post().to(control::enqueue_replies))
        .route("/control/rate-limits", web::put().to(control::limit_rates))
        .route("/control/requests", web::get().to(control::list_requests))
        .route("/control", web::delete().to(control::reset))
        .default_service(web::to(refuse_unknown_url));
}

async fn refuse_unknown_url(state: Data<State>, request: HttpRequest) -> HttpResponse {
    let error = ApiError::unknown_url(request.method().as_str(), request.path());
    respond_with_error(&error, &state.next_identity().request_id)
}
