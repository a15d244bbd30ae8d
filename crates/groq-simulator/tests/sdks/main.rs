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

mod scenario;
mod sdk;

use serde_json::{Value, json};

use crate::scenario::{Expected, Scenario, play, scenarios};
use crate::sdk::Sdk;

const ANSWER: &str = "Grüße, please restart the router. 🚀";

async fn agrees(sdk: Sdk) {
    let Some(played) = play(sdk, scenarios()).await else {
        return;
    };
    for (scenario, told, requests) in played {
        let Scenario { name, expected, .. } = &scenario;
        match expected.of(sdk) {
            Expected::Text(text) => {
                assert_eq!(told["error"], Value::Null, "{name}: {told}");
                assert_eq!(told["text"], *text, "{name}");
            }
            Expected::Error(kind, status) => {
                let error = (&told["error"]["kind"], &told["error"]["status"]);
                assert_eq!(error, (&json!(kind), &json!(status)), "{name}: {told}");
            }
        }
        assert_eq!(requests, scenario.requests, "{name}: {told}");
        let seconds = told["seconds"].as_f64().expect("a time");
        assert!(seconds >= scenario.at_least, "{name}: after {seconds} s");
    }
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
        let asked = ["stream", "complete", "models"].map(Scenario::plain);
        let Some(played) = play(sdk, asked.into()).await else {
            continue;
        };
        let told: Vec<Value> = played.into_iter().map(|(_, told, _)| told).collect();
        for answered in &told[..2] {
            assert_eq!(answered["text"], ANSWER, "{answered}");
            assert_eq!(answered["finish_reason"], "stop");
            assert!(answered["total_tokens"].as_u64() > Some(0), "{answered}");
        }
        let models = told[2]["models"].as_array().expect("models");
        assert!(models.contains(&json!("openai/gpt-oss-20b")), "{models:?}");
    }
}
