//! Reads the reply stream with the clients that people really use: the browser's `EventSource`,
//! `eventsource`, `@microsoft/fetch-event-source` and `openai` for JavaScript, `httpx-sse`,
//! `sseclient-py` and `openai` for Python, and curl. The server is the real binary; the model
//! behind it is not. What went over the wire is seen by a relay, so that no client is asked about
//! itself more than what it shows. The page of `examples/shop-widget` and that of the documentation
//! are used in a browser, too, and the other examples on the command line.
//!
//! The tests need curl, jq, Chromium, Node.js 18 or newer, Python 3.11 or newer with `venv`, and the
//! packages that are listed in `node/` and `python/`. To get the packages and run the tests:
//!
//! ```sh
//! crates/app-http/tests/clients/install
//! cargo test -p app-http --test clients
//! ```
//!
//! `.ci/run` installs the rest as well, where there is apt. A test whose client is missing says so
//! and passes; with `CI=true` it fails. After a change to `node/package.json` run
//! `npm install --package-lock-only --omit-lockfile-registry-resolved` there, after one to
//! `python/requirements.in` run `pip-compile --generate-hashes --no-emit-index-url
//! --no-emit-find-links --strip-extras --no-header`.

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

mod client;
mod docs_page;
mod examples;
mod gate;
mod heartbeat;
mod reading;
mod resuming;
mod running;
mod scene;
mod shop;
mod shop_widget;
mod tools;
mod wire;

#[path = "../api"]
mod shared {
    pub mod binary;
    pub mod harness;
}

use self::shared::{binary, harness};

/// What the shared harness makes for those who do not say.
const STORE: harness::Store = harness::Store::Sqlite;
