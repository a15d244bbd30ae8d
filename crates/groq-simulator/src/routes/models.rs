use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};

use crate::{
    headers::{respond_with_error, respond_with_json},
    model::Model,
    state::State,
    wire,
};

pub(super) async fn list_models(state: Data<State>, request: HttpRequest) -> HttpResponse {
    let request_id = state.next_identity().request_id;
    match state.authorize(request.headers()) {
        Ok(()) => {
            respond_with_json(StatusCode::OK, &request_id).body(wire::json_line(&Model::list()))
        }
        Err(error) => respond_with_error(&error, &request_id),
    }
}
