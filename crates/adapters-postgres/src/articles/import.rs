use std::time::Duration;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::article::{Article, ImportSummary, plan_import};
use domain::ports::ImportArticlesError;
use futures_util::FutureExt as _;

use super::{ArticleRow, delete, insert, note_installation, save};
use crate::database::PgDatabase;
use crate::error::StoreError;
use crate::knowledge::{lock, raise_revision};
use crate::schema::articles;

/// How long an import may take, which is asked for on a command line and may be of thousands.
const PATIENCE: Duration = Duration::from_mins(2);

pub(super) async fn import(
    database: &PgDatabase,
    files: &[Article],
    prune: bool,
) -> Result<ImportSummary, ImportArticlesError> {
    let input = (files.to_vec(), prune);
    database
        .write_within(PATIENCE, input, |connection, (files, prune), _| {
            carry_out(connection, files, *prune).boxed()
        })
        .await?
}

async fn carry_out(
    mut connection: &AsyncPgConnection,
    files: &[Article],
    prune: bool,
) -> Result<Result<ImportSummary, ImportArticlesError>, StoreError> {
    lock(connection).await?;
    let rows: Vec<ArticleRow> = articles::table
        .select(ArticleRow::as_select())
        .load(&mut connection)
        .await?;
    let existing = rows
        .into_iter()
        .map(Article::try_from)
        .collect::<Result<Vec<_>, _>>()?;
    let plan = match plan_import(&existing, files, prune) {
        Ok(plan) => plan,
        Err(taken) => return Ok(Err(taken.into())),
    };
    if let Some(file) = files.first() {
        note_installation(connection, file.created_at).await?;
    }
    delete(connection, &plan.delete).await?;
    for article in &plan.update {
        save(connection, article).await?;
    }
    insert(connection, &plan.create).await?;
    if !plan.is_empty() {
        raise_revision(connection).await?;
    }
    Ok(Ok(plan.summary))
}
