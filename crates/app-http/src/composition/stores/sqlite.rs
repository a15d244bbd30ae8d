use std::path::Path;
use std::sync::Arc;

use adapters_sqlite::{
    ExclusiveLock, SqliteArticleRepository, SqliteDatabase, SqliteIdempotencyStore,
    SqliteKnowledgeSource, SqliteMessageRepository, SqlitePromptTemplateRepository,
    SqliteReplyEventLog, SqliteReplyStore, SqliteSessionRepository, SqliteStatisticsSource,
    SqliteStoreHealth, SqliteStreamTokenRepository, SqliteThrottle, SqliteTicketRepository,
    SqliteTokenLedger, SqliteUserRepository,
};
use anyhow::Context as _;

use super::Stores;

impl Stores {
    pub(super) fn over_sqlite(database: &SqliteDatabase) -> Self {
        Self {
            users: Arc::new(SqliteUserRepository::new(database.clone())),
            sessions: Arc::new(SqliteSessionRepository::new(database.clone())),
            tickets: Arc::new(SqliteTicketRepository::new(database.clone())),
            keyed: Arc::new(SqliteIdempotencyStore::new(database.clone())),
            messages: Arc::new(SqliteMessageRepository::new(database.clone())),
            articles: Arc::new(SqliteArticleRepository::new(database.clone())),
            templates: Arc::new(SqlitePromptTemplateRepository::new(database.clone())),
            knowledge: Arc::new(SqliteKnowledgeSource::new(database.clone())),
            replies: Arc::new(SqliteReplyStore::new(database.clone())),
            events: Arc::new(SqliteReplyEventLog::new(database.clone())),
            ledger: Arc::new(SqliteTokenLedger::new(database.clone())),
            statistics: Arc::new(SqliteStatisticsSource::new(database.clone())),
            stream_tokens: Arc::new(SqliteStreamTokenRepository::new(database.clone())),
            throttle: Arc::new(SqliteThrottle::new(database.clone())),
            health: Arc::new(SqliteStoreHealth::new(database.clone())),
        }
    }
}

/// Opens the file and brings it to the newest migration.
pub(super) async fn open(path: &Path) -> anyhow::Result<SqliteDatabase> {
    let database = SqliteDatabase::open(path)
        .with_context(|| format!("cannot open the database {}", path.display()))?;
    database
        .migrate()
        .await
        .context("cannot migrate the database")?;
    Ok(database)
}

/// Opens the file as the one process that generates replies in it.
pub(super) async fn open_for_serving(
    path: &Path,
) -> anyhow::Result<(SqliteDatabase, ExclusiveLock)> {
    let lock = SqliteDatabase::lock_exclusively(path)
        .context("cannot become the one server of the database")?;
    let database = open(path).await?;
    // The lock proves that no other process serves this file: what still runs in it was
    // interrupted, and can be taken over at once.
    database
        .release_foreign_leases()
        .await
        .context("cannot look for interrupted replies")?;
    Ok((database, lock))
}
