use std::sync::Arc;
use std::time::Duration;

use adapters_postgres::{
    PgArticleRepository, PgDatabase, PgIdempotencyStore, PgKnowledgeSource, PgMessageRepository,
    PgPromptTemplateRepository, PgReplyEventLog, PgReplyStore, PgSessionRepository, PgSettings,
    PgStatisticsSource, PgStoreHealth, PgStreamTokenRepository, PgThrottle, PgTicketRepository,
    PgTokenLedger, PgUserRepository,
};
use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::Stores;

/// How often a database that cannot be reached at the start is tried again.
const RETRY: Duration = Duration::from_secs(1);

impl Stores {
    pub(super) fn over_postgres(database: &PgDatabase) -> Self {
        Self {
            users: Arc::new(PgUserRepository::new(database.clone())),
            sessions: Arc::new(PgSessionRepository::new(database.clone())),
            tickets: Arc::new(PgTicketRepository::new(database.clone())),
            keyed: Arc::new(PgIdempotencyStore::new(database.clone())),
            messages: Arc::new(PgMessageRepository::new(database.clone())),
            articles: Arc::new(PgArticleRepository::new(database.clone())),
            templates: Arc::new(PgPromptTemplateRepository::new(database.clone())),
            knowledge: Arc::new(PgKnowledgeSource::new(database.clone())),
            replies: Arc::new(PgReplyStore::new(database.clone())),
            events: Arc::new(PgReplyEventLog::new(database.clone())),
            ledger: Arc::new(PgTokenLedger::new(database.clone())),
            statistics: Arc::new(PgStatisticsSource::new(database.clone())),
            stream_tokens: Arc::new(PgStreamTokenRepository::new(database.clone())),
            throttle: Arc::new(PgThrottle::new(database.clone())),
            health: Arc::new(PgStoreHealth::new(database.clone())),
        }
    }
}

/// A pool of connections, of which none is made yet.
pub(super) fn connect(url: &SecretString, pool_size: u32) -> anyhow::Result<PgDatabase> {
    let pool_size = usize::try_from(pool_size)?;
    let settings = PgSettings {
        pool_size,
        ..PgSettings::new(url.expose_secret())
    };
    PgDatabase::connect(&settings).context("cannot use DATABASE_URL")
}

/// Brings the database to the newest migration.
pub(super) async fn migrate(database: &PgDatabase) -> anyhow::Result<()> {
    database
        .migrate()
        .await
        .context("cannot migrate the database")
}

/// Waits for the database, so that the server may be started before it.
pub(super) fn prepare_in_background(
    database: PgDatabase,
    prepared: CancellationToken,
    stop: CancellationToken,
) {
    Handle::current().spawn(async move {
        let preparing = async {
            while let Err(error) = migrate(&database).await {
                tracing::warn!("waiting for the database: {error:#}");
                tokio::time::sleep(RETRY).await;
            }
            tracing::info!("the database is ready");
            prepared.cancel();
        };
        stop.run_until_cancelled(preparing).await;
    });
}
