use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use domain::article::{
    Article, ArticleBody, ArticleOrigin, ArticleSummary, ArticleTitle, ArticleUrl, Slug,
};
use domain::ids::ArticleId;
use uuid::Uuid;

use crate::columns::{known, parsed};
use crate::error::CorruptColumn;
use crate::schema::articles;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = articles, check_for_backend(Pg))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct ArticleRow {
    #[diesel(embed)]
    summary: SummaryRow,
    body: String,
}

/// Everything but the text.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = articles, check_for_backend(Pg))]
#[diesel(treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct SummaryRow {
    id: Uuid,
    slug: String,
    title: String,
    url: Option<String>,
    is_published: bool,
    origin: String,
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<&Article> for ArticleRow {
    fn from(article: &Article) -> Self {
        Self {
            summary: SummaryRow {
                id: article.id.as_uuid(),
                slug: article.slug.as_str().to_owned(),
                title: article.title.as_str().to_owned(),
                url: article.url.as_ref().map(|url| url.as_str().to_owned()),
                is_published: article.published,
                origin: article.origin.as_str().to_owned(),
                version: article.version,
                created_at: article.created_at,
                updated_at: article.updated_at,
            },
            body: article.body.as_str().to_owned(),
        }
    }
}

impl TryFrom<SummaryRow> for ArticleSummary {
    type Error = CorruptColumn;

    fn try_from(row: SummaryRow) -> Result<Self, CorruptColumn> {
        let url = row.url.map(ArticleUrl::parse).transpose();
        Ok(Self {
            id: ArticleId::from_uuid(row.id),
            slug: parsed("articles.slug", Slug::parse(row.slug))?,
            title: parsed("articles.title", ArticleTitle::parse(row.title))?,
            url: parsed("articles.url", url)?,
            published: row.is_published,
            origin: known("articles.origin", ArticleOrigin::from_name(&row.origin))?,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

impl TryFrom<ArticleRow> for Article {
    type Error = CorruptColumn;

    fn try_from(row: ArticleRow) -> Result<Self, CorruptColumn> {
        let summary = ArticleSummary::try_from(row.summary)?;
        let body = parsed("articles.body", ArticleBody::parse(row.body))?;
        Ok(summary.with_body(body))
    }
}
