//! What the domain asks of the outside world.
//!
//! To add a port:
//! 1. Write the trait here, in a file of its own: `&self` methods, `Send + Sync`, no generics, no
//!    driver types. Promises that an adapter must keep are written MUST.
//! 2. Give its errors as a small enum about what the caller can do next, the cause boxed.
//! 3. Write a contract case in `testkit` for every MUST of a store, of the same name.
//! 4. Implement it in each adapter that stores or reaches what it is about, and run the contract.
//! 5. Hand it to the use cases that need it, by constructor, in the composition root.
//!
//! Time and ids come in as arguments: adapters store what they are given. Only leases are measured
//! by the database's own clock, since several processes must agree on them.

mod access_tokens;
mod article_repository;
mod article_search;
mod chat_model;
mod clock;
mod handoff_tally;
mod idempotency_store;
mod knowledge_source;
mod message_repository;
mod opaque_tokens;
mod passage_search;
mod password_hasher;
mod prompt_template_repository;
mod reply_claim;
mod reply_event_log;
mod reply_store;
mod session_repository;
mod statistics_source;
mod store_health;
mod stream_token_repository;
mod throttle;
mod ticket_repository;
mod token_ledger;
mod user_repository;

use thiserror::Error;

pub use self::access_tokens::{AccessToken, AccessTokens, TokenError, TokenProof};
pub use self::article_repository::{ArticleRepository, ChangeArticleError, ImportArticlesError};
pub use self::article_search::ArticleSearch;
pub use self::chat_model::{
    ChatChunk, ChatModel, ChatModelError, ChatRequest, ChatRole, ChatStream, ChatTurn, Finish,
    RetryAdvice,
};
pub use self::clock::{Clock, IdGenerator};
pub use self::handoff_tally::HandoffTally;
pub use self::idempotency_store::{IdempotencyStore, KeyedWrite, UsedKey};
pub use self::knowledge_source::KnowledgeSource;
pub use self::message_repository::{AppendMessageError, MessageRepository, OpenedTicket};
pub use self::opaque_tokens::{OpaqueToken, OpaqueTokens};
pub use self::passage_search::PassageSearch;
pub use self::password_hasher::{PasswordHasher, PasswordHasherError};
pub use self::prompt_template_repository::{PromptTemplateRepository, SaveTemplateError};
pub use self::reply_claim::{Claim, ClaimDecision, ClaimRequest, ReplyLimits, RetryRule, Tried};
pub use self::reply_event_log::{AppendOutcome, Appending, Doorbell, ReplyEventLog, Ring};
pub use self::reply_store::{Finished, ReplyStore, Takeover, TakeoverDecision, TakeoverRequest};
pub use self::session_repository::{Rotated, Rotation, SessionRepository};
pub use self::statistics_source::StatisticsSource;
pub use self::store_health::StoreHealth;
pub use self::stream_token_repository::StreamTokenRepository;
pub use self::throttle::Throttle;
pub use self::ticket_repository::{ChangeTicketError, TicketRepository};
pub use self::token_ledger::{Spending, SpentTokens, TokenLedger, TokenQuotas};
pub use self::user_repository::{ChangeUserError, Credentials, PasswordChange, UserRepository};

#[cfg(feature = "mocks")]
pub use self::{
    access_tokens::MockAccessTokens,
    article_repository::MockArticleRepository,
    article_search::MockArticleSearch,
    chat_model::MockChatModel,
    clock::{MockClock, MockIdGenerator},
    handoff_tally::MockHandoffTally,
    idempotency_store::MockIdempotencyStore,
    knowledge_source::MockKnowledgeSource,
    message_repository::MockMessageRepository,
    opaque_tokens::MockOpaqueTokens,
    passage_search::MockPassageSearch,
    password_hasher::MockPasswordHasher,
    prompt_template_repository::MockPromptTemplateRepository,
    reply_event_log::MockReplyEventLog,
    reply_store::MockReplyStore,
    session_repository::MockSessionRepository,
    statistics_source::MockStatisticsSource,
    store_health::MockStoreHealth,
    stream_token_repository::MockStreamTokenRepository,
    throttle::MockThrottle,
    ticket_repository::MockTicketRepository,
    token_ledger::MockTokenLedger,
    user_repository::MockUserRepository,
};

/// An adapter's own error, kept for the log.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a store could not do what it was asked.
#[derive(Debug, Error)]
pub enum RepositoryError {
    /// Something of that identity or unique name exists already.
    #[error("it exists already")]
    Conflict,
    /// The store cannot be reached or is too busy; later may go better.
    #[error("the store is unavailable")]
    Unavailable(#[source] BoxError),
    /// The store answered something that cannot be.
    #[error("the store holds or answered something unexpected")]
    Corrupt(#[source] BoxError),
}
