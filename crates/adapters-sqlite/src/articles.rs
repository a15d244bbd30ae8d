mod row;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use domain::article::{
    Article, ArticleCursor, ArticleFilter, ArticleOrigin, ArticleSummary, ArticleUpdate,
    ImportSummary, plan_import,
};
use domain::ids::ArticleId;
use domain::page::{Page, PageLimit};
use domain::ports::{ArticleRepository, ChangeArticleError, ImportArticlesError, RepositoryError};
use domain::ticket::ExpectedVersion;

pub(crate) use self::row::ArticleRow;
use self::row::SummaryRow;
use crate::columns::micros;
use crate::database::SqliteDatabase;
use crate::error::StoreError;
use crate::knowledge::raise_revision;
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
        let samples = samples.to_vec();
        self.database
            .write(move |connection| {
                let is_first = note_installation(connection, at)?;
                if is_first {
                    insert(connection, &samples)?;
                    raise_revision(connection)?;
                }
                Ok(is_first)
            })
            .await
    }

    async fn find(&self, id: ArticleId) -> Result<Option<Article>, RepositoryError> {
        self.database
            .read(move |connection| find(connection, id))
            .await
    }

    async fn list(
        &self,
        filter: ArticleFilter,
        after: Option<ArticleCursor>,
        limit: PageLimit,
    ) -> Result<Page<ArticleSummary, ArticleCursor>, RepositoryError> {
        let rows = self
            .database
            .read(move |connection| load_page(connection, filter, after, limit))
            .await?;
        Ok(Page::from_surplus(rows, limit, |article| {
            ArticleCursor::from(article)
        }))
    }

    async fn add(&self, article: &Article) -> Result<(), RepositoryError> {
        let article = article.clone();
        self.database
            .write(move |connection| {
                note_installation(connection, article.created_at)?;
                let samples = articles::origin.eq(ArticleOrigin::Sample.as_str());
                diesel::delete(articles::table.filter(samples)).execute(connection)?;
                insert(connection, &[article])?;
                raise_revision(connection)
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
        let (update, expected) = (update.clone(), expected.clone());
        self.database
            .write(move |connection| {
                let before = match expected_article(connection, id, &expected)? {
                    Ok(before) => before,
                    Err(refusal) => return Ok(Err(refusal)),
                };
                let mut article = before.clone();
                article.apply(&update, at);
                if article != before {
                    save(connection, &article)?;
                    raise_revision(connection)?;
                }
                Ok(Ok(article))
            })
            .await?
    }

    async fn delete(
        &self,
        id: ArticleId,
        expected: &ExpectedVersion,
    ) -> Result<(), ChangeArticleError> {
        let expected = expected.clone();
        self.database
            .write(move |connection| {
                if let Err(refusal) = expected_article(connection, id, &expected)? {
                    return Ok(Err(refusal));
                }
                delete(connection, id)?;
                raise_revision(connection)?;
                Ok(Ok(()))
            })
            .await?
    }

    async fn import(
        &self,
        files: &[Article],
        prune: bool,
    ) -> Result<ImportSummary, ImportArticlesError> {
        let files = files.to_vec();
        self.database
            .write(move |connection| import(connection, &files, prune))
            .await?
    }
}

fn import(
    connection: &mut SqliteConnection,
    files: &[Article],
    prune: bool,
) -> Result<Result<ImportSummary, ImportArticlesError>, StoreError> {
    let rows: Vec<ArticleRow> = articles::table
        .select(ArticleRow::as_select())
        .load(connection)?;
    let existing = rows
        .into_iter()
        .map(Article::try_from)
        .collect::<Result<Vec<_>, _>>()?;
    let plan = match plan_import(&existing, files, prune) {
        Ok(plan) => plan,
        Err(taken) => return Ok(Err(taken.into())),
    };
    if let Some(file) = files.first() {
        note_installation(connection, file.created_at)?;
    }
    for id in &plan.delete {
        delete(connection, *id)?;
    }
    for article in &plan.update {
        save(connection, article)?;
    }
    insert(connection, &plan.create)?;
    if !plan.is_empty() {
        raise_revision(connection)?;
    }
    Ok(Ok(plan.summary))
}

/// From here on no samples are installed any more. Answers whether they could have been until now.
fn note_installation(connection: &mut SqliteConnection, at: DateTime<Utc>) -> QueryResult<bool> {
    let noted = diesel::insert_or_ignore_into(sample_installations::table)
        .values((
            sample_installations::id.eq(1),
            sample_installations::installed_at.eq(micros(at)),
        ))
        .execute(connection)?;
    Ok(noted == 1)
}

fn find(connection: &mut SqliteConnection, id: ArticleId) -> Result<Option<Article>, StoreError> {
    let row = articles::table
        .find(id.to_string())
        .select(ArticleRow::as_select())
        .first(connection)
        .optional()?;
    Ok(row.map(Article::try_from).transpose()?)
}

fn expected_article(
    connection: &mut SqliteConnection,
    id: ArticleId,
    expected: &ExpectedVersion,
) -> Result<Result<Article, ChangeArticleError>, StoreError> {
    Ok(match find(connection, id)? {
        None => Err(ChangeArticleError::NotFound),
        Some(article) if !expected.allows(Some(article.version)) => {
            Err(ChangeArticleError::VersionMismatch)
        }
        Some(article) => Ok(article),
    })
}

fn insert(connection: &mut SqliteConnection, new: &[Article]) -> QueryResult<()> {
    for article in new {
        diesel::insert_into(articles::table)
            .values(ArticleRow::from(article))
            .execute(connection)?;
    }
    Ok(())
}

fn save(connection: &mut SqliteConnection, article: &Article) -> QueryResult<()> {
    diesel::update(articles::table.find(article.id.to_string()))
        .set(ArticleRow::from(article))
        .execute(connection)?;
    Ok(())
}

fn delete(connection: &mut SqliteConnection, id: ArticleId) -> QueryResult<()> {
    diesel::delete(articles::table.find(id.to_string())).execute(connection)?;
    Ok(())
}

/// One row more than the limit, to tell whether more follow.
fn load_page(
    connection: &mut SqliteConnection,
    filter: ArticleFilter,
    after: Option<ArticleCursor>,
    limit: PageLimit,
) -> Result<Vec<ArticleSummary>, StoreError> {
    let mut query = articles::table.select(SummaryRow::as_select()).into_boxed();
    if let Some(published) = filter.published {
        query = query.filter(articles::is_published.eq(published));
    }
    if let Some(ArticleCursor { created_at, id }) = after {
        let created_at = micros(created_at);
        // Written so that the index is entered at the cursor.
        query = query.filter(
            articles::created_at.le(created_at).and(
                articles::created_at
                    .lt(created_at)
                    .or(articles::id.lt(id.to_string())),
            ),
        );
    }
    let surplus = i64::try_from(limit.get()).map_or(i64::MAX, |limit| limit + 1);
    let rows = query
        .order((articles::created_at.desc(), articles::id.desc()))
        .limit(surplus)
        .load(connection)?;
    rows.into_iter()
        .map(|row| ArticleSummary::try_from(row).map_err(StoreError::from))
        .collect()
}
