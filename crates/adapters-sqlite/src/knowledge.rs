use async_trait::async_trait;
use diesel::prelude::*;
use domain::article::{Article, Synonyms};
use domain::ports::{KnowledgeSource, RepositoryError};

use crate::articles::ArticleRow;
use crate::columns::parsed;
use crate::database::SqliteDatabase;
use crate::error::{CorruptColumn, StoreError};
use crate::schema::{articles, knowledge, synonyms};

/// What searches are made from, in a [`SqliteDatabase`].
#[derive(Clone, Debug)]
pub struct SqliteKnowledgeSource {
    database: SqliteDatabase,
}

impl SqliteKnowledgeSource {
    /// Reads this database.
    pub fn new(database: SqliteDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl KnowledgeSource for SqliteKnowledgeSource {
    async fn revision(&self) -> Result<i64, RepositoryError> {
        self.database
            .read(|connection| {
                Ok(knowledge::table
                    .select(knowledge::revision)
                    .first(connection)?)
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

    async fn synonyms(&self) -> Result<Option<Synonyms>, RepositoryError> {
        self.database
            .read(|connection| {
                let groups: Option<String> = synonyms::table
                    .select(synonyms::groups)
                    .first(connection)
                    .optional()?;
                Ok(groups.as_deref().map(read).transpose()?)
            })
            .await
    }

    async fn set_synonyms(&self, synonyms: Option<Synonyms>) -> Result<(), RepositoryError> {
        self.database
            .write(move |connection| {
                diesel::delete(synonyms::table).execute(connection)?;
                if let Some(synonyms) = synonyms {
                    let groups = serde_json::json!(synonyms.groups()).to_string();
                    diesel::insert_into(synonyms::table)
                        .values((synonyms::id.eq(1), synonyms::groups.eq(groups)))
                        .execute(connection)?;
                }
                raise_revision(connection)
            })
            .await
    }
}

fn read(groups: &str) -> Result<Synonyms, CorruptColumn> {
    let groups = parsed("synonyms.groups", serde_json::from_str(groups))?;
    parsed("synonyms.groups", Synonyms::parse(groups))
}

/// Tells every process that its index is out of date.
pub(crate) fn raise_revision(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    diesel::update(knowledge::table)
        .set(knowledge::revision.eq(knowledge::revision + 1))
        .execute(connection)?;
    Ok(())
}
