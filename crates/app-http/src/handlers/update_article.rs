use actix_web::{HttpResponse, web};
use domain::article::{ArticleBody, ArticleTitle, ArticleUpdate, ArticleUrl, Slug};
use serde::Deserialize;
use utoipa::ToSchema;

use super::article_response::ArticleResponse;
use super::ticket_response::etag;
use crate::error::ApiError;
use crate::extract::{ARTICLE_LIMIT, ArticlePath, IfMatch, JsonBody, SignedIn};
use crate::nullable::{Nullable, not_null};
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;
use crate::validation::Validation;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateArticleRequest {
    #[serde(default, deserialize_with = "not_null")]
    #[schema(
        value_type = String, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$",
        example = "refunds"
    )]
    slug: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "Refunds")]
    title: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    /// Markdown.
    #[schema(
        value_type = String, min_length = 1, max_length = 200_000, example = "Within three days."
    )]
    body: Option<String>,
    #[serde(default)]
    /// Null clears it.
    #[schema(
        value_type = Option<String>, max_length = 2_000, pattern = "^https?://",
        example = "https://help.example/refunds"
    )]
    url: Nullable<String>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = bool)]
    published: Option<bool>,
}

impl UpdateArticleRequest {
    fn into_update(self) -> Result<ArticleUpdate, ApiError> {
        let mut validation = Validation::default();
        let slug = validation.check("slug", self.slug.map(Slug::parse).transpose());
        let title = validation.check("title", self.title.map(ArticleTitle::parse).transpose());
        let body = validation.check("body", self.body.map(ArticleBody::parse).transpose());
        let url = validation.check("url", self.url.try_into_setting(ArticleUrl::parse));
        match (slug, title, body, url) {
            (Some(slug), Some(title), Some(body), Some(url)) => Ok(ArticleUpdate {
                slug,
                title,
                body,
                url,
                published: self.published,
            }),
            _ => Err(validation.into_error()),
        }
    }
}

type Request = SignedIn<(
    ArticlePath,
    (IfMatch, JsonBody<UpdateArticleRequest, ARTICLE_LIMIT>),
)>;

/// `PATCH /articles/{id}`: changes fields of a help article, all or none; for agents.
#[utoipa::path(
    patch,
    path = "/articles/{article_id}",
    operation_id = "update_article",
    tag = "Articles",
    summary = "Change a help article",
    description = "Changes all of the fields given, or none; for agents. The next import of the file of an imported article undoes it. A body of up to 1 MiB is taken.",
    params(
        ("article_id" = Uuid, Path, description = "The article; an id that is no UUID names none"),
        ("If-Match" = Option<String>, Header, example = "\"3\"",
            description = "`ETag`s of the versions that may be changed, or `*`"),
    ),
    request_body(content = UpdateArticleRequest),
    responses(
        (status = 200, description = "The article as it is now", body = ArticleResponse, headers(("ETag" = String, description = "The article's version in quotes, for `If-Match`"))),
        Problems<(problems::SignedIn, problems::Body, problems::Thing, problems::ForRoles, problems::SlugTaken, problems::Versioned)>,
    ),
)]
pub(crate) async fn update_article(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, (ArticlePath(id), (IfMatch(expected), JsonBody(body)))): Request,
) -> Result<HttpResponse, ApiError> {
    let article = use_cases
        .change_article
        .execute(actor, id, &body.into_update()?, &expected)
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header(etag(article.version))
        .json(ArticleResponse::from(article)))
}
