//! The embedded store: every repository of the domain over one SQLite file, which needs no
//! installation.
//!
//! Each port method is one blocking unit of work on a pooled connection, so that leaving its
//! future can neither interrupt a transaction nor leave one open. All writing goes through a
//! single connection: writers queue fairly instead of meeting a locked database, and a write
//! transaction locks every row that a rule is about. It must not know about HTTP, models or other
//! adapters.

#![deny(missing_docs)]

mod articles;
mod columns;
mod connection;
mod database;
mod error;
mod events;
mod health;
mod idempotency;
mod knowledge;
mod lock;
mod measures;
mod messages;
#[cfg(test)]
mod plans;
mod prompt_templates;
mod replies;
mod schema;
mod sessions;
mod statistics;
mod stream_tokens;
mod throttle;
mod tickets;
mod users;

pub use self::articles::SqliteArticleRepository;
pub use self::database::SqliteDatabase;
pub use self::error::{LockError, MigrateError, OpenError};
pub use self::events::SqliteReplyEventLog;
pub use self::health::SqliteStoreHealth;
pub use self::idempotency::SqliteIdempotencyStore;
pub use self::knowledge::SqliteKnowledgeSource;
pub use self::lock::ExclusiveLock;
pub use self::messages::SqliteMessageRepository;
pub use self::prompt_templates::SqlitePromptTemplateRepository;
pub use self::replies::{SqliteReplyStore, SqliteTokenLedger};
pub use self::sessions::SqliteSessionRepository;
pub use self::statistics::SqliteStatisticsSource;
pub use self::stream_tokens::SqliteStreamTokenRepository;
pub use self::throttle::SqliteThrottle;
pub use self::tickets::SqliteTicketRepository;
pub use self::users::SqliteUserRepository;
