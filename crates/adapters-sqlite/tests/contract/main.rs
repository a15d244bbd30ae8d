//! SQLite keeps the contracts of all its ports, and what is its own.

#![expect(
    clippy::expect_used,
    reason = "a harness that cannot start must stop the test"
)]

mod database;
mod deletion;
mod lock;
mod migrations;

use std::path::PathBuf;
use std::sync::Arc;

use adapters_sqlite::{
    SqliteArticleRepository, SqliteDatabase, SqliteIdempotencyStore, SqliteKnowledgeSource,
    SqliteMessageRepository, SqlitePromptTemplateRepository, SqliteReplyEventLog, SqliteReplyStore,
    SqliteSessionRepository, SqliteStatisticsSource, SqliteStreamTokenRepository, SqliteThrottle,
    SqliteTicketRepository, SqliteTokenLedger, SqliteUserRepository,
};
use tempfile::TempDir;
use testkit::contract::{
    ArticleStores, IdempotencyStores, PromptTemplateStores, ReplyStores, StatisticsStores,
    StreamTokenStores, ThrottleStores, TicketStores, TokenLedgerStores, UserStores,
};

mod users {
    testkit::user_repository_contract!(super::user_stores().await);
}

mod sessions {
    testkit::session_repository_contract!(super::user_stores().await);
}

mod tickets {
    testkit::ticket_repository_contract!(super::ticket_stores().await);
}

mod idempotency {
    testkit::idempotency_store_contract!(super::idempotency_stores().await);
}

mod messages {
    testkit::message_repository_contract!(super::ticket_stores().await);
}

mod replies {
    testkit::reply_store_contract!(super::reply_stores().await);
}

mod spendings {
    testkit::token_ledger_contract!(super::token_ledger_stores().await);
}

mod statistics {
    testkit::statistics_source_contract!(super::statistics_stores().await);
}

mod stream_tokens {
    testkit::stream_token_repository_contract!(super::stream_token_stores().await);
}

mod throttles {
    testkit::throttle_contract!(super::throttle_stores().await);
}

mod prompt_templates {
    testkit::prompt_template_repository_contract!(super::prompt_template_stores().await);
}

mod articles {
    testkit::article_repository_contract!(super::article_stores().await);
}

/// A folder for one test, and the file in it.
struct Scratch {
    folder: TempDir,
}

impl Scratch {
    fn new() -> Self {
        Self {
            folder: TempDir::new().expect("a temporary folder"),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("data").join("support.db")
    }

    fn open(&self) -> SqliteDatabase {
        SqliteDatabase::open(&self.path()).expect("opened")
    }

    async fn migrated(&self) -> SqliteDatabase {
        let database = self.open();
        database.migrate().await.expect("migrated");
        database
    }
}

async fn user_stores() -> UserStores {
    let scratch = Scratch::new();
    let database = scratch.migrated().await;
    UserStores {
        users: Arc::new(SqliteUserRepository::new(database.clone())),
        sessions: Arc::new(SqliteSessionRepository::new(database)),
        keep: Box::new(scratch),
    }
}

async fn ticket_stores() -> TicketStores {
    let scratch = Scratch::new();
    tickets_of(&scratch.migrated().await, scratch)
}

async fn idempotency_stores() -> IdempotencyStores {
    let scratch = Scratch::new();
    let database = scratch.migrated().await;
    IdempotencyStores {
        around: tickets_of(&database, scratch),
        keyed: Arc::new(SqliteIdempotencyStore::new(database)),
    }
}

async fn reply_stores() -> ReplyStores {
    let scratch = Scratch::new();
    replies_of(&scratch.migrated().await, scratch)
}

async fn token_ledger_stores() -> TokenLedgerStores {
    let scratch = Scratch::new();
    let database = scratch.migrated().await;
    TokenLedgerStores {
        replies: replies_of(&database, scratch),
        ledger: Arc::new(SqliteTokenLedger::new(database)),
    }
}

async fn statistics_stores() -> StatisticsStores {
    let scratch = Scratch::new();
    let database = scratch.migrated().await;
    StatisticsStores {
        replies: replies_of(&database, scratch),
        statistics: Arc::new(SqliteStatisticsSource::new(database)),
    }
}

async fn stream_token_stores() -> StreamTokenStores {
    let scratch = Scratch::new();
    let database = scratch.migrated().await;
    StreamTokenStores {
        replies: replies_of(&database, scratch),
        sessions: Arc::new(SqliteSessionRepository::new(database.clone())),
        stream_tokens: Arc::new(SqliteStreamTokenRepository::new(database)),
    }
}

async fn throttle_stores() -> ThrottleStores {
    let scratch = Scratch::new();
    ThrottleStores {
        throttle: Arc::new(SqliteThrottle::new(scratch.migrated().await)),
        keep: Box::new(scratch),
    }
}

async fn prompt_template_stores() -> PromptTemplateStores {
    let scratch = Scratch::new();
    PromptTemplateStores {
        templates: Arc::new(SqlitePromptTemplateRepository::new(
            scratch.migrated().await,
        )),
        keep: Box::new(scratch),
    }
}

async fn article_stores() -> ArticleStores {
    let scratch = Scratch::new();
    let database = scratch.migrated().await;
    ArticleStores {
        articles: Arc::new(SqliteArticleRepository::new(database.clone())),
        knowledge: Arc::new(SqliteKnowledgeSource::new(database)),
        keep: Box::new(scratch),
    }
}

fn tickets_of(database: &SqliteDatabase, scratch: Scratch) -> TicketStores {
    TicketStores {
        users: Arc::new(SqliteUserRepository::new(database.clone())),
        tickets: Arc::new(SqliteTicketRepository::new(database.clone())),
        messages: Arc::new(SqliteMessageRepository::new(database.clone())),
        keep: Box::new(scratch),
    }
}

fn replies_of(database: &SqliteDatabase, scratch: Scratch) -> ReplyStores {
    ReplyStores {
        around: tickets_of(database, scratch),
        replies: Arc::new(SqliteReplyStore::new(database.clone())),
        events: Arc::new(SqliteReplyEventLog::new(database.clone())),
    }
}
