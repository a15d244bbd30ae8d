//! Stand-ins for the ports, for tests above the adapters.
//!
//! Stores behave as their ports promise, show the state that a test wants to look at and break down
//! when a test orders it. The rest is as simple as a test needs.

mod fixed_clock;
mod fixed_passage_search;
mod in_memory_accounts;
mod in_memory_article_repository;
mod in_memory_prompt_templates;
mod in_memory_throttle;
mod in_memory_tickets;
mod outage;
mod plain_access_tokens;
mod plain_password_hasher;
mod scripted_chat_model;
mod sequential_ids;
mod sequential_opaque_tokens;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use self::fixed_clock::FixedClock;
pub use self::fixed_passage_search::FixedPassageSearch;
pub use self::in_memory_accounts::InMemoryAccounts;
pub use self::in_memory_article_repository::InMemoryArticleRepository;
pub use self::in_memory_prompt_templates::InMemoryPromptTemplates;
pub use self::in_memory_throttle::InMemoryThrottle;
pub use self::in_memory_tickets::{Cancellation, InMemoryTickets};
pub use self::outage::Outage;
pub use self::plain_access_tokens::PlainAccessTokens;
pub use self::plain_password_hasher::PlainPasswordHasher;
pub use self::scripted_chat_model::{Gate, ModelFault, Script, ScriptedChatModel};
pub use self::sequential_ids::SequentialIds;
pub use self::sequential_opaque_tokens::SequentialOpaqueTokens;

/// A test that panicked with the lock held fails by itself; its poison would only hide why.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
