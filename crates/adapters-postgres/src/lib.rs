//! The production store: every repository of the domain over PostgreSQL, shared by any number of
//! processes.
//!
//! Each port method is one unit of work on a task of its own, so that leaving its future can
//! neither interrupt a transaction nor leave a busy connection in the pool. What belongs together
//! is ordered by row locks, always in this order: ticket, reply, the ticket's owner; throttles by
//! their keys. It must not know about HTTP, models or other adapters.

#![deny(missing_docs)]

mod articles;
mod bell;
mod columns;
mod database;
mod error;
mod events;
mod health;
mod idempotency;
mod knowledge;
mod link;
mod messages;
mod pipeline;
#[cfg(test)]
mod plans;
mod pool;
mod prompt_templates;
mod replies;
mod schema;
mod sessions;
mod settings;
mod statistics;
mod stream_tokens;
mod throttle;
mod tickets;
mod tls;
mod users;

pub use self::articles::PgArticleRepository;
pub use self::database::PgDatabase;
pub use self::error::{MigrateError, SettingsError};
pub use self::events::PgReplyEventLog;
pub use self::health::PgStoreHealth;
pub use self::idempotency::PgIdempotencyStore;
pub use self::knowledge::PgKnowledgeSource;
pub use self::messages::PgMessageRepository;
pub use self::prompt_templates::PgPromptTemplateRepository;
pub use self::replies::{PgReplyStore, PgTokenLedger};
pub use self::sessions::PgSessionRepository;
pub use self::settings::PgSettings;
pub use self::statistics::PgStatisticsSource;
pub use self::stream_tokens::PgStreamTokenRepository;
pub use self::throttle::PgThrottle;
pub use self::tickets::PgTicketRepository;
pub use self::users::PgUserRepository;
