use std::sync::Arc;

use adapters_sqlite::{
    ExclusiveLock, SqliteArticleRepository, SqliteDatabase, SqliteMessageRepository,
    SqliteReplyEventLog, SqliteReplyStore, SqliteStoreHealth, SqliteTicketRepository,
    SqliteUserRepository,
};
use anyhow::Context as _;
use domain::ports::{
    ArticleRepository, MessageRepository, ReplyEventLog, ReplyStore, StoreHealth, TicketRepository,
    UserRepository,
};

use crate::config::{Config, Database};

/// Every port that a database stands behind.
pub(super) struct Stores {
    pub(super) users: Arc<dyn UserRepository>,
    pub(super) tickets: Arc<dyn TicketRepository>,
    pub(super) messages: Arc<dyn MessageRepository>,
    pub(super) articles: Arc<dyn ArticleRepository>,
    pub(super) replies: Arc<dyn ReplyStore>,
    pub(super) events: Arc<dyn ReplyEventLog>,
    pub(super) health: Arc<dyn StoreHealth>,
}

/// Makes this process the one that serves the database, for as long as it is kept.
pub(crate) struct ServingGuard {
    _lock: ExclusiveLock,
}

impl Stores {
    /// Opens the database and brings it to the newest migration.
    pub(super) async fn open(config: &Config) -> anyhow::Result<Self> {
        Ok(Self::over(&open(config).await?))
    }

    /// Opens the database as the one process that generates replies in it.
    pub(super) async fn open_for_serving(config: &Config) -> anyhow::Result<(Self, ServingGuard)> {
        let Database::Sqlite(path) = &config.database;
        let lock = SqliteDatabase::lock_exclusively(path)
            .context("cannot become the one server of the database")?;
        let database = open(config).await?;
        // The lock proves that no other process serves this file: what still runs in it was
        // interrupted, and can be taken over at once.
        database
            .release_foreign_leases()
            .await
            .context("cannot look for interrupted replies")?;
        Ok((Self::over(&database), ServingGuard { _lock: lock }))
    }

    fn over(database: &SqliteDatabase) -> Self {
        Self {
            users: Arc::new(SqliteUserRepository::new(database.clone())),
            tickets: Arc::new(SqliteTicketRepository::new(database.clone())),
            messages: Arc::new(SqliteMessageRepository::new(database.clone())),
            articles: Arc::new(SqliteArticleRepository::new(database.clone())),
            replies: Arc::new(SqliteReplyStore::new(database.clone())),
            events: Arc::new(SqliteReplyEventLog::new(database.clone())),
            health: Arc::new(SqliteStoreHealth::new(database.clone())),
        }
    }
}

async fn open(config: &Config) -> anyhow::Result<SqliteDatabase> {
    let Database::Sqlite(path) = &config.database;
    let database = SqliteDatabase::open(path)
        .with_context(|| format!("cannot open the database {}", path.display()))?;
    database
        .migrate()
        .await
        .context("cannot migrate the database")?;
    Ok(database)
}
