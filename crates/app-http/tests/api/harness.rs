//! A server of its own for each test. Helpers speak HTTP, like any client.

mod app;
mod events;
mod home;
mod raw;
mod session;

pub use self::app::TestApp;
pub use self::events::{Event, EventReader, shown_text};
pub use self::home::{Home, Store};
pub use self::session::{Answer, Session};

use std::time::Duration;

/// How long a test waits for what must happen.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// Resolves to what must happen within the deadline.
#[track_caller]
pub fn soon<F: Future>(what: &'static str, future: F) -> impl Future<Output = F::Output> {
    let caller = std::panic::Location::caller();
    async move {
        tokio::time::timeout(DEADLINE, future)
            .await
            .unwrap_or_else(|_| panic!("waited in vain at {caller}: {what}"))
    }
}
