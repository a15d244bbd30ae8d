use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use domain::article::{Article, ArticleBody, ArticleTitle, Slug};
use domain::ids::ArticleId;
use domain::ports::{ArticleRepository, RepositoryError};

use crate::columns::{id, micros, parsed, time};
use crate::database::SqliteDatabase;
use crate::error::{CorruptColumn, StoreError};
use crate::schema::{articles, sample_installations};

/// Help articles in a [`SqliteDatabase`].
#[derive(Clone, Debug)]
pub struct SqliteArticleRepository {
    database: SqliteDatabase,
}

impl SqliteArticleRepository {
    /// Keeps articles in this database.
    pub fn new(database: SqliteDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl ArticleRepository for SqliteArticleRepository {
    async fn install_samples(
        &self,
        samples: &[Article],
        at: DateTime<Utc>,
    ) -> Result<bool, RepositoryError> {
        let rows: Vec<ArticleRow> = samples.iter().map(ArticleRow::from).collect();
        self.database
            .write(move |connection| {
                let is_first = diesel::insert_or_ignore_into(sample_installations::table)
                    .values((
                        sample_installations::id.eq(1),
                        sample_installations::installed_at.eq(micros(at)),
                    ))
                    .execute(connection)?
                    == 1;
                if is_first {
                    diesel::insert_into(articles::table)
                        .values(rows)
                        .execute(connection)?;
                }
                Ok(is_first)
            })
            .await
    }

    async fn list_published(&self) -> Result<Vec<Article>, RepositoryError> {
        self.database
            .read(|connection| {
                let rows = articles::table
                    .filter(articles::is_published)
                    .order(articles::slug)
                    .select(ArticleRow::as_select())
                    .load(connection)?;
                rows.into_iter()
                    .map(|row| Article::try_from(row).map_err(StoreError::from))
                    .collect()
            })
            .await
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = articles, check_for_backend(Sqlite), treat_none_as_default_value = false)]
struct ArticleRow {
    id: String,
    slug: String,
    title: String,
    body: String,
    url: Option<String>,
    is_published: bool,
    is_sample: bool,
    version: i64,
    created_at: i64,
    updated_at: i64,
}

impl From<&Article> for ArticleRow {
    fn from(article: &Article) -> Self {
        Self {
            id: article.id.to_string(),
            slug: article.slug.as_str().to_owned(),
            title: article.title.as_str().to_owned(),
            body: article.body.as_str().to_owned(),
            url: article.url.clone(),
            is_published: article.published,
            is_sample: article.sample,
            version: article.version,
            created_at: micros(article.created_at),
            updated_at: micros(article.updated_at),
        }
    }
}

impl TryFrom<ArticleRow> for Article {
    type Error = CorruptColumn;

    fn try_from(row: ArticleRow) -> Result<Self, CorruptColumn> {
        Ok(Self {
            id: ArticleId::from_uuid(id("articles.id", &row.id)?),
            slug: parsed("articles.slug", Slug::parse(row.slug))?,
            title: parsed("articles.title", ArticleTitle::parse(row.title))?,
            body: parsed("articles.body", ArticleBody::parse(row.body))?,
            url: row.url,
            published: row.is_published,
            sample: row.is_sample,
            version: row.version,
            created_at: time("articles.created_at", row.created_at)?,
            updated_at: time("articles.updated_at", row.updated_at)?,
        })
    }
}
