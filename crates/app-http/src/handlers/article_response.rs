use chrono::{DateTime, Utc};
use domain::article::{Article, ArticleOrigin, ArticleSummary, ArticleUrl};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::openapi::names;

/// A help article as lists show it, without its text.
#[derive(Serialize, ToSchema)]
#[schema(as = ArticleSummary)]
pub(crate) struct ArticleSummaryResponse {
    id: Uuid,
    /// Its name in links, unique among articles.
    #[schema(example = "refunds")]
    slug: String,
    #[schema(example = "Refunds")]
    title: String,
    /// Where people read it.
    #[schema(required = true, example = "https://help.example/refunds")]
    url: Option<String>,
    /// Whether customers and the assistant see it.
    published: bool,
    #[schema(value_type = names::ArticleOrigin)]
    origin: &'static str,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// Raised by every change; the `ETag`.
    #[schema(minimum = 1, example = 1)]
    version: i64,
}

/// A help article.
#[derive(Serialize, ToSchema)]
#[schema(as = Article)]
pub(crate) struct ArticleResponse {
    #[serde(flatten)]
    summary: ArticleSummaryResponse,
    /// Markdown.
    #[schema(example = "Within three days.")]
    body: String,
}

impl From<ArticleSummary> for ArticleSummaryResponse {
    fn from(article: ArticleSummary) -> Self {
        Self {
            id: article.id.as_uuid(),
            slug: article.slug.as_str().to_owned(),
            title: article.title.into(),
            url: article
                .url
                .as_ref()
                .map(ArticleUrl::as_str)
                .map(str::to_owned),
            published: article.published,
            origin: ArticleOrigin::as_str(article.origin),
            created_at: article.created_at,
            updated_at: article.updated_at,
            version: article.version,
        }
    }
}

impl From<Article> for ArticleResponse {
    fn from(article: Article) -> Self {
        Self {
            summary: ArticleSummary::from(&article).into(),
            body: article.body.into(),
        }
    }
}
