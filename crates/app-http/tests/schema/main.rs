//! Lets schemathesis loose on the server: it makes requests, good and bad, out of the server's own
//! `/openapi.json`, alone and one after the other along the document's links, and tells where
//! answers are other than documented. The server is the real binary.
//!
//! The tests need Python 3.11 or newer with `venv`, and what `crates/app-http/tests/schema/install`
//! gets. Where it is missing a test says so and passes; with `CI=true` it fails. The requests are the
//! same each time. To look longer, at others, and at PostgreSQL, whose database has to be empty:
//!
//! ```sh
//! SCHEMA_EXAMPLES=200 SCHEMA_SEED=1 SCHEMA_DATABASE_URL=postgres://... \
//!   cargo test -p app-http --test schema -- --test-threads=1
//! ```
//!
//! After a change to `requirements.in` run `pip-compile --generate-hashes --no-emit-index-url
//! --no-emit-find-links --strip-extras --no-header` here.

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

mod scene;
mod tool;

#[path = "../api"]
mod shared {
    pub mod binary;
    pub mod harness;
}

use self::scene::Scene;
use self::shared::{binary, harness};

/// What the shared harness makes for those who do not say.
const STORE: harness::Store = harness::Store::Sqlite;

/// Every operation, asked by somebody of that role.
async fn keeps_to_its_document_for(role: &str) {
    let Some(schemathesis) = tool::schemathesis() else {
        return;
    };
    let mut scene = Scene::start(role).await;
    let report = scene.check(schemathesis).await;
    let log = scene.stop();
    // The report stands last: of a long output the end is what is read.
    assert!(report.passed, "the server's log:\n{log}\n{}", report.text);
    assert!(report.text.contains("Stateful"), "{}", report.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_keeps_to_its_document_for_customers() {
    keeps_to_its_document_for("user").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_keeps_to_its_document_for_agents() {
    keeps_to_its_document_for("agent").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_keeps_to_its_document_for_admins() {
    keeps_to_its_document_for("admin").await;
}
