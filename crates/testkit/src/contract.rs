//! What every adapter of a storage port must do: one function per promise, named by it.
//!
//! An adapter's test calls a suite's macro with an expression that gives fresh stores; the macro
//! makes one test per promise of it:
//!
//! ```text
//! mod users {
//!     testkit::user_repository_contract!(super::user_stores().await);
//! }
//! ```
//!
//! A suite takes the stores that its port's rows refer to along with the port itself, so that it
//! runs over databases with foreign keys too.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "a broken promise must stop the test"
)]

pub mod articles;
mod fixtures;
pub mod idempotency;
pub mod messages;
pub mod prompt_templates;
pub mod replies;
pub mod sessions;
pub mod spendings;
pub mod statistics;
pub mod stream_tokens;
pub mod throttles;
pub mod ticket_lists;
pub mod ticket_search;
pub mod tickets;
pub mod users;

use std::any::Any;
use std::sync::Arc;

use domain::ports::{
    ArticleRepository, IdempotencyStore, KnowledgeSource, MessageRepository,
    PromptTemplateRepository, ReplyEventLog, ReplyStore, SessionRepository, StatisticsSource,
    StreamTokenRepository, Throttle, TicketRepository, TokenLedger, UserRepository,
};

/// Whatever must live as long as the stores do, such as a temporary folder.
pub type Keep = Box<dyn Any + Send + Sync>;

/// What the contracts of [`UserRepository`] and [`SessionRepository`] are checked on.
pub struct UserStores {
    /// Accounts.
    pub users: Arc<dyn UserRepository>,
    /// Their sessions.
    pub sessions: Arc<dyn SessionRepository>,
    /// What it lives on.
    pub keep: Keep,
}

/// What the contracts of [`TicketRepository`] and [`MessageRepository`] are checked on.
pub struct TicketStores {
    /// Accounts, to which tickets and messages refer.
    pub users: Arc<dyn UserRepository>,
    /// Tickets.
    pub tickets: Arc<dyn TicketRepository>,
    /// Their messages.
    pub messages: Arc<dyn MessageRepository>,
    /// What they live on.
    pub keep: Keep,
}

/// What the contract of [`IdempotencyStore`] is checked on.
pub struct IdempotencyStores {
    /// Accounts, tickets and messages.
    pub around: TicketStores,
    /// The store.
    pub keyed: Arc<dyn IdempotencyStore>,
}

/// What the contracts of [`ReplyStore`] and [`ReplyEventLog`] are checked on.
pub struct ReplyStores {
    /// Accounts, tickets and messages.
    pub around: TicketStores,
    /// Replies.
    pub replies: Arc<dyn ReplyStore>,
    /// Their events.
    pub events: Arc<dyn ReplyEventLog>,
}

/// What the contract of [`TokenLedger`] is checked on.
pub struct TokenLedgerStores {
    /// Replies, which cost tokens.
    pub replies: ReplyStores,
    /// The ledger.
    pub ledger: Arc<dyn TokenLedger>,
}

/// What the contract of [`StatisticsSource`] is checked on.
pub struct StatisticsStores {
    /// What is counted.
    pub replies: ReplyStores,
    /// The source.
    pub statistics: Arc<dyn StatisticsSource>,
}

/// What the contract of [`StreamTokenRepository`] is checked on.
pub struct StreamTokenStores {
    /// Accounts, tickets and replies, to which tokens refer.
    pub replies: ReplyStores,
    /// Sessions, with which they end.
    pub sessions: Arc<dyn SessionRepository>,
    /// The store.
    pub stream_tokens: Arc<dyn StreamTokenRepository>,
}

/// What the contract of [`Throttle`] is checked on.
pub struct ThrottleStores {
    /// The store.
    pub throttle: Arc<dyn Throttle>,
    /// What it lives on.
    pub keep: Keep,
}

/// What the contracts of [`ArticleRepository`] and [`KnowledgeSource`] are checked on.
pub struct ArticleStores {
    /// The store.
    pub articles: Arc<dyn ArticleRepository>,
    /// What searches read of it.
    pub knowledge: Arc<dyn KnowledgeSource>,
    /// What it lives on.
    pub keep: Keep,
}

/// What the contract of [`PromptTemplateRepository`] is checked on.
pub struct PromptTemplateStores {
    /// The store.
    pub templates: Arc<dyn PromptTemplateRepository>,
    /// What it lives on.
    pub keep: Keep,
}

/// Makes a test of each named case: `contract_cases!(module, stores, [case, …])`.
#[doc(hidden)]
#[macro_export]
macro_rules! contract_cases {
    ($($module:ident)::+, $stores:expr, $cases:tt) => {
        $crate::contract_cases!(@each [$($module)::+], $stores, $cases);
    };
    (@each $module:tt, $stores:expr, [$($case:ident),+ $(,)?]) => {
        $($crate::contract_cases!(@one $module, $stores, $case);)+
    };
    (@one [$($module:ident)::+], $stores:expr, $case:ident) => {
        #[tokio::test(flavor = "multi_thread")]
        async fn $case() {
            $crate::contract::$($module)::+::$case($stores).await;
        }
    };
}

#[cfg(test)]
mod tests {
    /// A case that its macro does not name would never run.
    #[test]
    fn every_case_is_in_its_suite() {
        for (file, source) in [
            ("articles", include_str!("contract/articles.rs")),
            ("changes", include_str!("contract/articles/changes.rs")),
            ("imports", include_str!("contract/articles/imports.rs")),
            ("knowledge", include_str!("contract/articles/knowledge.rs")),
            ("idempotency", include_str!("contract/idempotency.rs")),
            ("messages", include_str!("contract/messages.rs")),
            (
                "prompt_templates",
                include_str!("contract/prompt_templates.rs"),
            ),
            ("prompts", include_str!("contract/replies/prompts.rs")),
            ("sessions", include_str!("contract/sessions.rs")),
            ("spendings", include_str!("contract/spendings.rs")),
            ("statistics", include_str!("contract/statistics.rs")),
            ("stream_tokens", include_str!("contract/stream_tokens.rs")),
            ("throttles", include_str!("contract/throttles.rs")),
            ("tickets", include_str!("contract/tickets.rs")),
            ("ticket_lists", include_str!("contract/ticket_lists.rs")),
            ("ticket_search", include_str!("contract/ticket_search.rs")),
            ("users", include_str!("contract/users.rs")),
            ("changes", include_str!("contract/users/changes.rs")),
            ("claims", include_str!("contract/replies/claims.rs")),
            ("cancels", include_str!("contract/replies/cancels.rs")),
            ("demands", include_str!("contract/replies/demands.rs")),
            ("ends", include_str!("contract/replies/ends.rs")),
            ("handoffs", include_str!("contract/replies/handoffs.rs")),
            ("handovers", include_str!("contract/replies/handovers.rs")),
            ("leases", include_str!("contract/replies/leases.rs")),
            ("limits", include_str!("contract/replies/limits.rs")),
            ("log", include_str!("contract/replies/log.rs")),
            ("races", include_str!("contract/replies/races.rs")),
            ("retries", include_str!("contract/replies/retries.rs")),
            ("stops", include_str!("contract/replies/stops.rs")),
            ("storms", include_str!("contract/replies/storms.rs")),
            ("takeovers", include_str!("contract/replies/takeovers.rs")),
            ("trims", include_str!("contract/replies/trims.rs")),
        ] {
            let suite = [
                source,
                include_str!("contract/articles.rs"),
                include_str!("contract/replies.rs"),
                include_str!("contract/users.rs"),
            ]
            .concat();
            let cases: Vec<&str> = source
                .lines()
                .filter_map(|line| line.strip_prefix("pub async fn ")?.split('(').next())
                .collect();
            assert!(!cases.is_empty(), "{file} has no cases");
            for case in cases {
                let mut names = suite.split(|c: char| c.is_whitespace() || "[,]".contains(c));
                let listed = names.any(|name| name == case);
                assert!(listed, "{file}: {case} is in no suite");
            }
        }
    }
}
