use actix_web::{HttpRequest, HttpResponse, web};
use domain::article::ArticleFilter;
use serde::Deserialize;
use utoipa::IntoParams;

use super::article_response::ArticleSummaryResponse;
use super::{ListResponse, limit_schema, next_link, read_limit};
use crate::cursor::{decode_article_cursor, encode_article_cursor};
use crate::error::ApiError;
use crate::extract::{QueryParameters, SignedIn};
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;
use crate::validation::Validation;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListArticlesQuery {
    /// How many; more than 100 are 100.
    #[param(schema_with = limit_schema)]
    limit: Option<String>,
    /// A `next_cursor` of the same list.
    cursor: Option<String>,
    /// Only published ones, or only drafts, of which customers have none.
    #[param(value_type = Option<bool>)]
    published: Option<String>,
}

/// `GET /articles`: help articles, newest first.
#[utoipa::path(
    get,
    path = "/articles",
    operation_id = "list_articles",
    tag = "Articles",
    summary = "List help articles",
    description = "Newest first, without their texts: published ones to customers, drafts to agents as well.",
    params(
        ListArticlesQuery,
    ),
    responses(
        (status = 200, description = "A page of articles", body = ListResponse<ArticleSummaryResponse>, headers(("Link" = String, description = "With `rel=\"next\"`, where the next page is, if there is one"))),
        Problems<(problems::SignedIn, problems::Parameters)>,
    ),
)]
pub(crate) async fn list_articles(
    request: HttpRequest,
    use_cases: web::Data<UseCases>,
    SignedIn(actor, QueryParameters(query)): SignedIn<QueryParameters<ListArticlesQuery>>,
) -> Result<HttpResponse, ApiError> {
    let mut validation = Validation::default();
    let limit = read_limit(&mut validation, query.limit.as_deref());
    let after = query
        .cursor
        .and_then(|cursor| validation.check("cursor", decode_article_cursor(&cursor)));
    let published = query.published.and_then(|word| {
        let parsed = word
            .parse::<bool>()
            .map_err(|_other| "must be true or false");
        validation.check("published", parsed)
    });
    validation.finish()?;

    let page = use_cases
        .list_articles
        .execute(actor, ArticleFilter { published }, after, limit)
        .await?;
    let next_cursor = page.next.map(encode_article_cursor);
    let mut response = HttpResponse::Ok();
    if let Some(cursor) = &next_cursor {
        response.insert_header(next_link("/articles", request.query_string(), cursor));
    }
    let items = page.items.into_iter();
    Ok(response.json(ListResponse {
        items: items.map(ArticleSummaryResponse::from).collect(),
        next_cursor,
    }))
}
