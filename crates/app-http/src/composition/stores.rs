mod postgres;
mod sqlite;

use std::sync::Arc;

use adapters_sqlite::{ExclusiveLock, SqliteDatabase};
use domain::ports::{
    ArticleRepository, IdempotencyStore, KnowledgeSource, MessageRepository,
    PromptTemplateRepository, ReplyEventLog, ReplyStore, SessionRepository, StatisticsSource,
    StoreHealth, StreamTokenRepository, Throttle, TicketRepository, TokenLedger, UserRepository,
};
use tokio_util::sync::CancellationToken;

use crate::config::{Config, Database};

/// Every port that a database stands behind.
pub(super) struct Stores {
    pub(super) users: Arc<dyn UserRepository>,
    pub(super) sessions: Arc<dyn SessionRepository>,
    pub(super) tickets: Arc<dyn TicketRepository>,
    pub(super) keyed: Arc<dyn IdempotencyStore>,
    pub(super) messages: Arc<dyn MessageRepository>,
    pub(super) articles: Arc<dyn ArticleRepository>,
    pub(super) templates: Arc<dyn PromptTemplateRepository>,
    pub(super) knowledge: Arc<dyn KnowledgeSource>,
    pub(super) replies: Arc<dyn ReplyStore>,
    pub(super) events: Arc<dyn ReplyEventLog>,
    pub(super) ledger: Arc<dyn TokenLedger>,
    pub(super) statistics: Arc<dyn StatisticsSource>,
    pub(super) stream_tokens: Arc<dyn StreamTokenRepository>,
    pub(super) throttle: Arc<dyn Throttle>,
    pub(super) health: Arc<dyn StoreHealth>,
}

/// The stores of a process that serves.
pub(super) struct Serving {
    pub(super) stores: Stores,
    pub(super) guard: ServingGuard,
    /// Cancelled as soon as the database has its newest migration.
    pub(super) prepared: CancellationToken,
}

/// What this process holds for as long as it serves.
#[derive(Debug, Default)]
pub(crate) struct ServingGuard {
    _lock: Option<ExclusiveLock>,
}

impl Stores {
    /// Opens the database and brings it to the newest migration.
    pub(super) async fn open(config: &Config) -> anyhow::Result<Self> {
        match &config.database {
            Database::Sqlite(path) => Ok(Self::over_sqlite(&sqlite::open(path).await?)),
            Database::Postgres(url) => {
                let database = postgres::connect(url, config.database_pool)?;
                postgres::migrate(&database).await?;
                Ok(Self::over_postgres(&database))
            }
        }
    }

    /// Opens the database as it is, to look at it; none where there is no file yet.
    pub(super) fn open_untouched(config: &Config) -> anyhow::Result<Option<Self>> {
        Ok(match &config.database {
            Database::Sqlite(path) if !path.exists() => None,
            Database::Sqlite(path) => Some(Self::over_sqlite(&SqliteDatabase::open(path)?)),
            Database::Postgres(url) => Some(Self::over_postgres(&postgres::connect(url, 1)?)),
        })
    }

    /// Opens the database to serve it. `stop` ends what goes on in the background.
    pub(super) async fn open_for_serving(
        config: &Config,
        stop: CancellationToken,
    ) -> anyhow::Result<Serving> {
        let prepared = CancellationToken::new();
        match &config.database {
            Database::Sqlite(path) => {
                let (database, lock) = sqlite::open_for_serving(path).await?;
                prepared.cancel();
                let guard = ServingGuard { _lock: Some(lock) };
                Ok(Serving {
                    stores: Self::over_sqlite(&database),
                    guard,
                    prepared,
                })
            }
            Database::Postgres(url) => {
                let database = postgres::connect(url, config.database_pool)?;
                let stores = Self::over_postgres(&database);
                postgres::prepare_in_background(database, prepared.clone(), stop);
                Ok(Serving {
                    stores,
                    guard: ServingGuard::default(),
                    prepared,
                })
            }
        }
    }
}
