use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::article::{Article, ArticleBody, ArticleTitle, Slug};
use domain::ids::ArticleId;
use domain::ports::{ArticleRepository, RepositoryError};
use futures_util::FutureExt as _;
use uuid::Uuid;

use crate::columns::parsed;
use crate::database::PgDatabase;
use crate::error::{CorruptColumn, StoreError};
use crate::schema::{articles, sample_installations};

/// Help articles in a [`PgDatabase`].
#[derive(Clone, Debug)]
pub struct PgArticleRepository {
    database: PgDatabase,
}

impl PgArticleRepository {
    /// Keeps articles in this database.
    pub fn new(database: PgDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl ArticleRepository for PgArticleRepository {
    async fn install_samples(
        &self,
        samples: &[Article],
        at: DateTime<Utc>,
    ) -> Result<bool, RepositoryError> {
        let rows: Vec<ArticleRow> = samples.iter().map(ArticleRow::from).collect();
        self.database
            .write((rows, at), |mut connection, (rows, at), _| {
                async move {
                    // A second caller waits here for the first one's transaction.
                    let is_first = diesel::insert_into(sample_installations::table)
                        .values((
                            sample_installations::id.eq(1),
                            sample_installations::installed_at.eq(*at),
                        ))
                        .on_conflict_do_nothing()
                        .execute(&mut connection)
                        .await?
                        == 1;
                    if is_first {
                        diesel::insert_into(articles::table)
                            .values(rows)
                            .execute(&mut connection)
                            .await?;
                    }
                    Ok(is_first)
                }
                .boxed()
            })
            .await
    }

    async fn list_published(&self) -> Result<Vec<Article>, RepositoryError> {
        self.database
            .read((), |mut connection, ()| {
                async move {
                    let rows = articles::table
                        .filter(articles::is_published)
                        .order(articles::slug)
                        .select(ArticleRow::as_select())
                        .load(&mut connection)
                        .await?;
                    rows.into_iter()
                        .map(|row| Article::try_from(row).map_err(StoreError::from))
                        .collect()
                }
                .boxed()
            })
            .await
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = articles, check_for_backend(Pg), treat_none_as_default_value = false)]
struct ArticleRow {
    id: Uuid,
    slug: String,
    title: String,
    body: String,
    url: Option<String>,
    is_published: bool,
    is_sample: bool,
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<&Article> for ArticleRow {
    fn from(article: &Article) -> Self {
        Self {
            id: article.id.as_uuid(),
            slug: article.slug.as_str().to_owned(),
            title: article.title.as_str().to_owned(),
            body: article.body.as_str().to_owned(),
            url: article.url.clone(),
            is_published: article.published,
            is_sample: article.sample,
            version: article.version,
            created_at: article.created_at,
            updated_at: article.updated_at,
        }
    }
}

impl TryFrom<ArticleRow> for Article {
    type Error = CorruptColumn;

    fn try_from(row: ArticleRow) -> Result<Self, CorruptColumn> {
        Ok(Self {
            id: ArticleId::from_uuid(row.id),
            slug: parsed("articles.slug", Slug::parse(row.slug))?,
            title: parsed("articles.title", ArticleTitle::parse(row.title))?,
            body: parsed("articles.body", ArticleBody::parse(row.body))?,
            url: row.url,
            published: row.is_published,
            sample: row.is_sample,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}
