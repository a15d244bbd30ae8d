//! PostgreSQL keeps the contracts of all its ports, and what is its own.

#![expect(
    clippy::expect_used,
    reason = "a harness that cannot start must stop the test"
)]

mod database;
mod deletion;
mod doorbell;
mod encryption;
mod faults;
mod fixtures;
mod lost_rings;
mod migrations;
mod replicas;

use std::sync::Arc;

use adapters_postgres::{
    PgArticleRepository, PgDatabase, PgIdempotencyStore, PgKnowledgeSource, PgMessageRepository,
    PgPromptTemplateRepository, PgReplyEventLog, PgReplyStore, PgSessionRepository, PgSettings,
    PgStatisticsSource, PgStreamTokenRepository, PgThrottle, PgTicketRepository, PgTokenLedger,
    PgUserRepository,
};
use testkit::contract::{
    ArticleStores, IdempotencyStores, PromptTemplateStores, ReplyStores, StatisticsStores,
    StreamTokenStores, ThrottleStores, TicketStores, TokenLedgerStores, UserStores,
};
use testkit::postgres::{FreshDatabase, fresh_database};

/// The contract's cases, or nothing where there is no PostgreSQL.
macro_rules! contract {
    ($suite:ident, $stores:ident) => {
        testkit::$suite!(match super::$stores().await {
            Some(stores) => stores,
            None => return,
        });
    };
}

mod users {
    contract!(user_repository_contract, user_stores);
}

mod sessions {
    contract!(session_repository_contract, user_stores);
}

mod tickets {
    contract!(ticket_repository_contract, ticket_stores);
}

mod idempotency {
    contract!(idempotency_store_contract, idempotency_stores);
}

mod messages {
    contract!(message_repository_contract, ticket_stores);
}

mod replies {
    contract!(reply_store_contract, reply_stores);
}

mod spendings {
    contract!(token_ledger_contract, token_ledger_stores);
}

mod statistics {
    contract!(statistics_source_contract, statistics_stores);
}

mod stream_tokens {
    contract!(stream_token_repository_contract, stream_token_stores);
}

mod throttles {
    contract!(throttle_contract, throttle_stores);
}

mod prompt_templates {
    contract!(prompt_template_repository_contract, prompt_template_stores);
}

mod articles {
    contract!(article_repository_contract, article_stores);
}

/// A database of its own for one test.
struct Scratch {
    fresh: FreshDatabase,
}

impl Scratch {
    async fn new() -> Option<Self> {
        fresh_database().await.map(|fresh| Self { fresh })
    }

    fn url(&self) -> &str {
        self.fresh.url()
    }

    /// Another process' hold on the same database, as far as the database can tell.
    fn open(&self) -> PgDatabase {
        open(self.url())
    }

    async fn migrated(&self) -> PgDatabase {
        let database = self.open();
        database.migrate().await.expect("migrated");
        database
    }
}

/// Few connections, as many tests run at once.
fn open(url: &str) -> PgDatabase {
    let settings = PgSettings {
        pool_size: 5,
        ..PgSettings::new(url)
    };
    PgDatabase::connect(&settings).expect("good settings")
}

async fn user_stores() -> Option<UserStores> {
    let scratch = Scratch::new().await?;
    let database = scratch.migrated().await;
    Some(UserStores {
        users: Arc::new(PgUserRepository::new(database.clone())),
        sessions: Arc::new(PgSessionRepository::new(database)),
        keep: Box::new(scratch),
    })
}

async fn ticket_stores() -> Option<TicketStores> {
    let scratch = Scratch::new().await?;
    Some(tickets_of(&scratch.migrated().await, scratch))
}

async fn idempotency_stores() -> Option<IdempotencyStores> {
    let scratch = Scratch::new().await?;
    let database = scratch.migrated().await;
    Some(IdempotencyStores {
        around: tickets_of(&database, scratch),
        keyed: Arc::new(PgIdempotencyStore::new(database)),
    })
}

async fn reply_stores() -> Option<ReplyStores> {
    let scratch = Scratch::new().await?;
    Some(replies_of(&scratch.migrated().await, scratch))
}

async fn token_ledger_stores() -> Option<TokenLedgerStores> {
    let scratch = Scratch::new().await?;
    let database = scratch.migrated().await;
    Some(TokenLedgerStores {
        replies: replies_of(&database, scratch),
        ledger: Arc::new(PgTokenLedger::new(database)),
    })
}

async fn statistics_stores() -> Option<StatisticsStores> {
    let scratch = Scratch::new().await?;
    let database = scratch.migrated().await;
    Some(StatisticsStores {
        replies: replies_of(&database, scratch),
        statistics: Arc::new(PgStatisticsSource::new(database)),
    })
}

async fn stream_token_stores() -> Option<StreamTokenStores> {
    let scratch = Scratch::new().await?;
    let database = scratch.migrated().await;
    Some(StreamTokenStores {
        replies: replies_of(&database, scratch),
        sessions: Arc::new(PgSessionRepository::new(database.clone())),
        stream_tokens: Arc::new(PgStreamTokenRepository::new(database)),
    })
}

async fn throttle_stores() -> Option<ThrottleStores> {
    let scratch = Scratch::new().await?;
    Some(ThrottleStores {
        throttle: Arc::new(PgThrottle::new(scratch.migrated().await)),
        keep: Box::new(scratch),
    })
}

async fn prompt_template_stores() -> Option<PromptTemplateStores> {
    let scratch = Scratch::new().await?;
    Some(PromptTemplateStores {
        templates: Arc::new(PgPromptTemplateRepository::new(scratch.migrated().await)),
        keep: Box::new(scratch),
    })
}

async fn article_stores() -> Option<ArticleStores> {
    let scratch = Scratch::new().await?;
    let database = scratch.migrated().await;
    Some(ArticleStores {
        articles: Arc::new(PgArticleRepository::new(database.clone())),
        knowledge: Arc::new(PgKnowledgeSource::new(database)),
        keep: Box::new(scratch),
    })
}

fn replies_of(database: &PgDatabase, scratch: Scratch) -> ReplyStores {
    ReplyStores {
        around: tickets_of(database, scratch),
        replies: Arc::new(PgReplyStore::new(database.clone())),
        events: Arc::new(PgReplyEventLog::new(database.clone())),
    }
}

fn tickets_of(database: &PgDatabase, scratch: Scratch) -> TicketStores {
    TicketStores {
        users: Arc::new(PgUserRepository::new(database.clone())),
        tickets: Arc::new(PgTicketRepository::new(database.clone())),
        messages: Arc::new(PgMessageRepository::new(database.clone())),
        keep: Box::new(scratch),
    }
}
