use actix_web::{HttpResponse, web};
use domain::article::{ArticleBody, ArticleContent, ArticleTitle, ArticleUrl, Slug};
use domain::use_cases::NewArticle;
use serde::Deserialize;
use utoipa::ToSchema;

use super::article_response::ArticleResponse;
use super::ticket_response::etag;
use crate::error::ApiError;
use crate::extract::{ARTICLE_LIMIT, JsonBody, SignedIn};
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;
use crate::validation::Validation;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateArticleRequest {
    /// Its name in links; made of the title if not given.
    #[schema(
        max_length = 120,
        pattern = "^[a-z0-9]+(-[a-z0-9]+)*$",
        example = "refunds"
    )]
    slug: Option<String>,
    #[schema(min_length = 1, max_length = 200, example = "Refunds")]
    title: String,
    /// Markdown; each heading begins a passage of its own.
    #[schema(
        min_length = 1,
        max_length = 200_000,
        example = "Within three days.\n\n## From abroad\nWithin five."
    )]
    body: String,
    /// Where people read it.
    #[schema(
        max_length = 2_000,
        pattern = "^https?://",
        example = "https://help.example/refunds"
    )]
    url: Option<String>,
    /// Whether customers and the assistant see it; true if not given.
    published: Option<bool>,
}

impl CreateArticleRequest {
    fn into_new_article(self) -> Result<NewArticle, ApiError> {
        let mut validation = Validation::default();
        let slug = validation.check("slug", self.slug.map(Slug::parse).transpose());
        let title = validation.check("title", ArticleTitle::parse(self.title));
        let body = validation.check("body", ArticleBody::parse(self.body));
        let url = validation.check("url", self.url.map(ArticleUrl::parse).transpose());
        match (slug, title, body, url) {
            (Some(slug), Some(title), Some(body), Some(url)) => Ok(NewArticle {
                slug,
                content: ArticleContent {
                    title,
                    body,
                    url,
                    published: self.published.unwrap_or(true),
                },
            }),
            _ => Err(validation.into_error()),
        }
    }
}

type Request = SignedIn<JsonBody<CreateArticleRequest, ARTICLE_LIMIT>>;

/// `POST /articles`: adds a help article; for agents.
#[utoipa::path(
    post,
    path = "/articles",
    operation_id = "create_article",
    tag = "Articles",
    summary = "Add a help article",
    description = "For agents. The first article of one's own removes the samples. A body of up to 1 MiB is taken.",
    request_body(content = CreateArticleRequest),
    responses(
        (
            status = 201,
            description = "The article",
            body = ArticleResponse,
            headers(
                ("Location" = String, description = "The article's address"),
                ("ETag" = String, description = "The article's version in quotes, for `If-Match`"),
            ),
            links(
                ("get_article" = (operation_id = "get_article", parameters(("article_id" = "$response.body#/id")))),
                ("update_article" = (operation_id = "update_article", parameters(("article_id" = "$response.body#/id")))),
                ("delete_article" = (operation_id = "delete_article", parameters(("article_id" = "$response.body#/id")))),
            )
        ),
        Problems<(problems::SignedIn, problems::Body, problems::ForRoles, problems::SlugTaken)>,
    ),
)]
pub(crate) async fn create_article(
    use_cases: web::Data<UseCases>,
    SignedIn(actor, JsonBody(body)): Request,
) -> Result<HttpResponse, ApiError> {
    let article = use_cases
        .create_article
        .execute(actor, body.into_new_article()?)
        .await?;
    Ok(HttpResponse::Created()
        .insert_header(("location", format!("/articles/{}", article.id)))
        .insert_header(etag(article.version))
        .json(ArticleResponse::from(article)))
}
