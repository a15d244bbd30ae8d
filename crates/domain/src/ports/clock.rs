use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Tells the time.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait Clock: Send + Sync {
    /// The present time. MUST be whole microseconds, which every database keeps exactly.
    fn now(&self) -> DateTime<Utc>;
}

/// Makes ids.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait IdGenerator: Send + Sync {
    /// An id that was never given before. MUST be unique across processes; SHOULD rise with time
    /// (`UUIDv7`, RFC 9562), so that indexes stay compact.
    fn generate(&self) -> Uuid;
}
