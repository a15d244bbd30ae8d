use actix_web::{HttpResponse, web};

use super::article_response::ArticleResponse;
use super::ticket_response::etag;
use crate::error::ApiError;
use crate::extract::{ArticlePath, SignedIn};
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;

/// `GET /articles/{id}`: one help article.
#[utoipa::path(
    get,
    path = "/articles/{article_id}",
    operation_id = "get_article",
    tag = "Articles",
    summary = "Show a help article",
    description = "Drafts are shown to agents only.",
    params(
        ("article_id" = Uuid, Path, description = "The article; an id that is no UUID names none"),
    ),
    responses(
        (status = 200, description = "The article", body = ArticleResponse, headers(("ETag" = String, description = "The article's version in quotes, for `If-Match`"))),
        Problems<(problems::SignedIn, problems::Thing)>,
    ),
)]
pub(crate) async fn get_article(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, ArticlePath(id)): SignedIn<ArticlePath>,
) -> Result<HttpResponse, ApiError> {
    let article = use_cases.show_article.execute(actor, id).await?;
    Ok(HttpResponse::Ok()
        .insert_header(etag(article.version))
        .json(ArticleResponse::from(article)))
}
