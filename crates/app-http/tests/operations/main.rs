//! What operators rely on: that the doctor finds what is wrong, that alerts fire, that replicas can
//! be restarted one after the other behind a proxy, and that a backup is one.
//!
//! The tests need nginx, promtool, sqlite3 and PostgreSQL's programs. `.ci/run` installs them where
//! there is apt. A test whose program is missing says so and passes; with `CI=true` it fails.

#![expect(
    dead_code,
    unused_imports,
    reason = "the harness is shared with other test binaries"
)]
#![expect(
    clippy::indexing_slicing,
    reason = "a missing member must stop the test"
)]
#![expect(
    clippy::expect_used,
    reason = "a harness that cannot start must stop the test"
)]
#![expect(
    clippy::panic,
    reason = "a harness that waits in vain must stop the test"
)]

mod alerts;
mod backup;
mod doctor;
mod nginx;
mod programs;
mod rolling_restart;

#[path = "../api"]
mod shared {
    pub mod binary;
    pub mod harness;
}

#[path = "../replicas"]
mod replicas {
    pub mod reader;
    pub mod stored;
}

use self::replicas::{reader, stored};
use self::shared::{binary, harness};

/// What the shared harness makes for those who do not say.
const STORE: harness::Store = harness::Store::Sqlite;
