use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::article::{Article, Synonyms};
use domain::ports::{KnowledgeSource, RepositoryError};
use futures_util::FutureExt as _;

use crate::articles::ArticleRow;
use crate::columns::parsed;
use crate::database::PgDatabase;
use crate::error::{CorruptColumn, StoreError};
use crate::schema::{articles, knowledge, synonyms};

/// What searches are made from, in a [`PgDatabase`].
#[derive(Clone, Debug)]
pub struct PgKnowledgeSource {
    database: PgDatabase,
}

impl PgKnowledgeSource {
    /// Reads this database.
    pub fn new(database: PgDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl KnowledgeSource for PgKnowledgeSource {
    async fn revision(&self) -> Result<i64, RepositoryError> {
        self.database
            .read((), |mut connection, ()| {
                async move {
                    Ok(knowledge::table
                        .select(knowledge::revision)
                        .first(&mut connection)
                        .await?)
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

    async fn synonyms(&self) -> Result<Option<Synonyms>, RepositoryError> {
        self.database
            .read((), |mut connection, ()| {
                async move {
                    let groups: Option<String> = synonyms::table
                        .select(synonyms::groups)
                        .first(&mut connection)
                        .await
                        .optional()?;
                    Ok(groups.as_deref().map(read).transpose()?)
                }
                .boxed()
            })
            .await
    }

    async fn set_synonyms(&self, synonyms: Option<Synonyms>) -> Result<(), RepositoryError> {
        let groups = synonyms.map(|synonyms| serde_json::json!(synonyms.groups()).to_string());
        self.database
            .write(groups, |mut connection, groups, _| {
                async move {
                    lock(connection).await?;
                    diesel::delete(synonyms::table)
                        .execute(&mut connection)
                        .await?;
                    if let Some(groups) = groups {
                        diesel::insert_into(synonyms::table)
                            .values((synonyms::id.eq(1), synonyms::groups.eq(groups)))
                            .execute(&mut connection)
                            .await?;
                    }
                    raise_revision(connection).await
                }
                .boxed()
            })
            .await
    }
}

fn read(groups: &str) -> Result<Synonyms, CorruptColumn> {
    let groups = parsed("synonyms.groups", serde_json::from_str(groups))?;
    parsed("synonyms.groups", Synonyms::parse(groups))
}

/// Whoever changes articles or synonyms does so one after the other.
pub(crate) async fn lock(mut connection: &AsyncPgConnection) -> Result<(), StoreError> {
    let _: i64 = knowledge::table
        .select(knowledge::revision)
        .for_update()
        .first(&mut connection)
        .await?;
    Ok(())
}

/// Tells every process that its index is out of date.
pub(crate) async fn raise_revision(mut connection: &AsyncPgConnection) -> Result<(), StoreError> {
    diesel::update(knowledge::table)
        .set(knowledge::revision.eq(knowledge::revision + 1))
        .execute(&mut connection)
        .await?;
    Ok(())
}
