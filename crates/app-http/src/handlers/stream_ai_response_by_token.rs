use actix_web::guard::GuardContext;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::stream_ai_response::{StreamQuery, cursor, opening_response, wants_state};
use crate::error::ApiError;
use crate::extract::{QueryParameters, TicketPath};
use crate::use_cases::UseCases;

#[derive(Deserialize)]
pub(crate) struct TokenQuery {
    stream_token: String,
    #[serde(flatten)]
    stream: StreamQuery,
}

/// Whether a request shows a stream token, and nothing better.
pub(crate) fn brings_stream_token(context: &GuardContext<'_>) -> bool {
    let head = context.head();
    !head.headers().contains_key(AUTHORIZATION)
        && head.uri.query().is_some_and(|query| {
            query
                .split('&')
                .any(|part| part.starts_with("stream_token="))
        })
}

/// `GET /tickets/{id}/ai-response?stream_token=…`: the stream for clients that send no headers,
/// such as the browsers' `EventSource`. The token opens nothing but the stream.
pub(crate) async fn stream_ai_response_by_token(
    use_cases: web::Data<UseCases>,
    request: HttpRequest,
    TicketPath(id): TicketPath,
    QueryParameters(query): QueryParameters<TokenQuery>,
) -> Result<HttpResponse, ApiError> {
    if wants_state(&request, &query.stream) {
        return Err(ApiError::Unauthenticated);
    }
    let cursor = cursor(&request, query.stream);
    let (reader, opening) = use_cases
        .stream_by_token
        .execute(&query.stream_token, id, cursor)
        .await?;
    Ok(opening_response(opening, use_cases.access.lost(reader)))
}
