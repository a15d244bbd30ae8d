//! Lets Groq's own SDKs, unchanged, loose on the simulator: they must stream from it, repeat what
//! they repeat with the service, and raise what they raise there.
//!
//! The tests need Node.js 18 or newer, Python 3.11 or newer with `venv`, and the packages that
//! `crates/groq-simulator/tests/sdks/install` gets. Where they are missing a test says so and
//! passes; with `CI=true` it fails. After a change to `node/package.json` run
//! `npm install --package-lock-only --omit-lockfile-registry-resolved` there, after one to
//! `python/requirements.in` run `pip-compile --generate-hashes --no-emit-index-url
//! --no-emit-find-links --strip-extras --no-header`.

#![expect(
    clippy::indexing_slicing,
    reason = "a missing member must stop the test"
)]
#![expect(
    clippy::expect_used,
    reason = "a harness that cannot start must stop the test"
)]

mod expected;
mod scenario;
mod scenarios;
mod sdk;

use serde_json::json;

use crate::{
    scenario::{Scenario, play},
    sdk::Sdk,
};

const ANSWER: &str = "Grüße, please restart the router. 🚀";

async fn agrees(sdk: Sdk) {
    let mut scenarios = scenarios::all();
    scenarios.retain(|scenario| scenario.is_for(sdk));
    let Some(played) = play(sdk, scenarios).await else {
        return;
    };
    let differences: Vec<_> = played.iter().flat_map(|it| it.differences(sdk)).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[tokio::test]
async fn the_python_sdk_agrees_with_the_simulator() {
    agrees(Sdk::Python).await;
}

#[tokio::test]
async fn the_javascript_sdk_agrees_with_the_simulator() {
    agrees(Sdk::JavaScript).await;
}

#[tokio::test]
async fn both_sdks_see_the_models_the_usage_and_the_finish_reason() {
    for sdk in [Sdk::Python, Sdk::JavaScript] {
        let asked = ["stream", "stream with usage", "complete", "models"].map(Scenario::plain);
        let Some(played) = play(sdk, asked.into()).await else {
            continue;
        };
        for answered in played[..3].iter().map(|played| &played.told) {
            assert_eq!(answered["text"], ANSWER, "{answered}");
            assert_eq!(answered["finish_reason"], "stop");
            assert!(answered["total_tokens"].as_u64() > Some(0), "{answered}");
        }
        assert_eq!(played[0].told["service_tier"], json!(null));
        assert_eq!(played[1].told["service_tier"], "on_demand");
        let models = played[3].told["models"].as_array().expect("models");
        assert!(models.contains(&json!("openai/gpt-oss-20b")), "{models:?}");
    }
}
