mod import;
mod row;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Record, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::article::{
    Article, ArticleCursor, ArticleFilter, ArticleOrigin, ArticleSummary, ArticleUpdate,
    ImportSummary,
};
use domain::ids::ArticleId;
use domain::page::{Page, PageLimit};
use domain::ports::{ArticleRepository, ChangeArticleError, ImportArticlesError, RepositoryError};
use domain::ticket::ExpectedVersion;
use futures_util::FutureExt as _;

pub(crate) use self::row::ArticleRow;
use self::row::SummaryRow;
use crate::database::PgDatabase;
use crate::error::StoreError;
use crate::knowledge::{lock, raise_revision};
use crate::schema::{articles, sample_installations};

/// Help articles in a [`PgDatabase`].
///
/// Whatever changes articles locks the row of their revision first, so that no two changes wait
/// for each other.
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
        self.database
            .write((samples.to_vec(), at), |connection, (samples, at), _| {
                async move {
                    lock(connection).await?;
                    let is_first = note_installation(connection, *at).await?;
                    if is_first {
                        insert(connection, samples).await?;
                        raise_revision(connection).await?;
                    }
                    Ok(is_first)
                }
                .boxed()
            })
            .await
    }

    async fn find(&self, id: ArticleId) -> Result<Option<Article>, RepositoryError> {
        self.database
            .read(id, |connection, id| find(connection, *id).boxed())
            .await
    }

    async fn list(
        &self,
        filter: ArticleFilter,
        after: Option<ArticleCursor>,
        limit: PageLimit,
    ) -> Result<Page<ArticleSummary, ArticleCursor>, RepositoryError> {
        let rows: Vec<ArticleSummary> = self
            .database
            .read(
                (filter, after, limit),
                |mut connection, &(filter, after, limit)| {
                    async move {
                        let rows = page(filter, after, limit)
                            .select(SummaryRow::as_select())
                            .load(&mut connection)
                            .await?;
                        rows.into_iter()
                            .map(|row| ArticleSummary::try_from(row).map_err(StoreError::from))
                            .collect()
                    }
                    .boxed()
                },
            )
            .await?;
        Ok(Page::from_surplus(rows, limit, |article| {
            ArticleCursor::from(article)
        }))
    }

    async fn add(&self, article: &Article) -> Result<(), RepositoryError> {
        self.database
            .write(article.clone(), |mut connection, article, _| {
                async move {
                    lock(connection).await?;
                    note_installation(connection, article.created_at).await?;
                    let samples = articles::origin.eq(ArticleOrigin::Sample.as_str());
                    diesel::delete(articles::table.filter(samples))
                        .execute(&mut connection)
                        .await?;
                    insert(connection, std::slice::from_ref(article)).await?;
                    raise_revision(connection).await
                }
                .boxed()
            })
            .await
    }

    async fn change(
        &self,
        id: ArticleId,
        update: &ArticleUpdate,
        expected: &ExpectedVersion,
        at: DateTime<Utc>,
    ) -> Result<Article, ChangeArticleError> {
        let input = (id, update.clone(), expected.clone(), at);
        self.database
            .write(input, |connection, (id, update, expected, at), _| {
                async move {
                    lock(connection).await?;
                    let before = match expected_article(connection, *id, expected).await? {
                        Ok(before) => before,
                        Err(refusal) => return Ok(Err(refusal)),
                    };
                    let mut article = before.clone();
                    article.apply(update, *at);
                    if article != before {
                        save(connection, &article).await?;
                        raise_revision(connection).await?;
                    }
                    Ok(Ok(article))
                }
                .boxed()
            })
            .await?
    }

    async fn delete(
        &self,
        id: ArticleId,
        expected: &ExpectedVersion,
    ) -> Result<(), ChangeArticleError> {
        self.database
            .write((id, expected.clone()), |connection, (id, expected), _| {
                async move {
                    lock(connection).await?;
                    if let Err(refusal) = expected_article(connection, *id, expected).await? {
                        return Ok(Err(refusal));
                    }
                    delete(connection, &[*id]).await?;
                    raise_revision(connection).await?;
                    Ok(Ok(()))
                }
                .boxed()
            })
            .await?
    }

    async fn import(
        &self,
        files: &[Article],
        prune: bool,
    ) -> Result<ImportSummary, ImportArticlesError> {
        import::import(&self.database, files, prune).await
    }
}

/// From here on no samples are installed any more. Answers whether they could have been until now.
async fn note_installation(
    mut connection: &AsyncPgConnection,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let noted = diesel::insert_into(sample_installations::table)
        .values((
            sample_installations::id.eq(1),
            sample_installations::installed_at.eq(at),
        ))
        .on_conflict_do_nothing()
        .execute(&mut connection)
        .await?;
    Ok(noted == 1)
}

async fn find(
    mut connection: &AsyncPgConnection,
    id: ArticleId,
) -> Result<Option<Article>, StoreError> {
    let row = articles::table
        .find(id.as_uuid())
        .select(ArticleRow::as_select())
        .first(&mut connection)
        .await
        .optional()?;
    Ok(row.map(Article::try_from).transpose()?)
}

/// The article, under the lock of the revision.
async fn expected_article(
    connection: &AsyncPgConnection,
    id: ArticleId,
    expected: &ExpectedVersion,
) -> Result<Result<Article, ChangeArticleError>, StoreError> {
    Ok(match find(connection, id).await? {
        None => Err(ChangeArticleError::NotFound),
        Some(article) if !expected.allows(Some(article.version)) => {
            Err(ChangeArticleError::VersionMismatch)
        }
        Some(article) => Ok(article),
    })
}

async fn insert(mut connection: &AsyncPgConnection, new: &[Article]) -> Result<(), StoreError> {
    for some in new.chunks(ROWS) {
        let rows: Vec<ArticleRow> = some.iter().map(ArticleRow::from).collect();
        diesel::insert_into(articles::table)
            .values(rows)
            .execute(&mut connection)
            .await?;
    }
    Ok(())
}

/// How many rows a statement inserts at most.
const ROWS: usize = 50;

async fn save(mut connection: &AsyncPgConnection, article: &Article) -> Result<(), StoreError> {
    diesel::update(articles::table.find(article.id.as_uuid()))
        .set(ArticleRow::from(article))
        .execute(&mut connection)
        .await?;
    Ok(())
}

async fn delete(mut connection: &AsyncPgConnection, ids: &[ArticleId]) -> Result<(), StoreError> {
    let ids: Vec<_> = ids.iter().map(|id| id.as_uuid()).collect();
    diesel::delete(articles::table.filter(articles::id.eq_any(ids)))
        .execute(&mut connection)
        .await?;
    Ok(())
}

/// One row more than the limit, to tell whether more follow.
fn page(
    filter: ArticleFilter,
    after: Option<ArticleCursor>,
    limit: PageLimit,
) -> articles::BoxedQuery<'static, Pg> {
    let mut query = articles::table.into_boxed();
    if let Some(published) = filter.published {
        query = query.filter(articles::is_published.eq(published));
    }
    if let Some(ArticleCursor { created_at, id }) = after {
        let place =
            (articles::created_at, articles::id).into_sql::<Record<(Timestamptz, SqlUuid)>>();
        query = query.filter(place.lt((created_at, id.as_uuid())));
    }
    let surplus = i64::try_from(limit.get()).map_or(i64::MAX, |limit| limit + 1);
    query
        .order((articles::created_at.desc(), articles::id.desc()))
        .limit(surplus)
}
