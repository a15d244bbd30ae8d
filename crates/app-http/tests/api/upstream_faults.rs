//! What a customer gets when the model's host fails.

mod broken_answers;
mod http2;
mod http2_host;
mod refusals;
mod waits;
mod whole_answers;

use std::time::Duration;

use groq_simulator::{Reply, Simulator};
use serde_json::{Value, json};

use crate::harness::{Event, Session, TestApp, shown_text};

const FIRST: &str = "openai/gpt-oss-20b";
const SECOND: &str = "openai/gpt-oss-120b";
const THIRD: &str = "qwen/qwen3.8-27b";
/// How many servers a test runs side by side: most of the time they wait.
const AT_ONCE: usize = 4;

/// The product, asking the first of these models.
async fn app_on(simulator: &Simulator, settings: &[(&str, &str)]) -> TestApp {
    let base_url = simulator.base_url();
    let mut all = vec![
        ("GROQ_API_KEY", "gsk_not_a_real_key"),
        ("GROQ_BASE_URL", base_url.as_str()),
        ("GROQ_MODEL", FIRST),
    ];
    all.extend_from_slice(settings);
    TestApp::with_settings(&all, None).await
}

async fn ask(ada: &Session<'_>) -> (String, Vec<Event>) {
    let ticket = ada.open_ticket().await;
    let events = ada.stream(&ticket).await.rest().await;
    (ticket, events)
}

fn models_asked(simulator: &Simulator) -> Vec<Value> {
    let requests = simulator.requests();
    requests.iter().map(|it| it.body["model"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn other_models_are_asked_in_their_order_and_the_one_that_answered_is_told() {
    let simulator = Simulator::start().await.expect("a simulator");
    simulator.enqueue(Reply::status(404));
    simulator.enqueue(Reply::status(429).retry_after(Duration::from_mins(10)));
    simulator.enqueue(Reply::text("Two to four days."));
    let settings = [(
        "GROQ_FALLBACK_MODELS",
        "openai/gpt-oss-120b, qwen/qwen3.8-27b",
    )];
    let app = app_on(&simulator, &settings).await;
    let ada = app.customer("ada").await;
    let (_, events) = ask(&ada).await;
    assert_eq!(shown_text(&events), "Two to four days.");
    assert_eq!(models_asked(&simulator), [FIRST, SECOND, THIRD]);
    assert_eq!(events[0].data["response"]["model"], FIRST, "what is asked");
    let completed = events.last().expect("an end");
    assert_eq!(completed.data["response"]["model"], THIRD);

    // The second asked for ten minutes of rest, and gets them.
    simulator.enqueue(Reply::status(404));
    ask(&ada).await;
    let asked = models_asked(&simulator).split_off(3);
    assert_eq!(asked, [FIRST, THIRD]);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_no_model_answers_articles_may_be_quoted() {
    let simulator = Simulator::start().await.expect("a simulator");
    for _ in 0..2 {
        simulator.enqueue(Reply::status(401));
    }
    let settings = [
        ("GROQ_FALLBACK_MODELS", SECOND),
        ("ASSISTANT_FALLBACK", "extractive"),
    ];
    let app = app_on(&simulator, &settings).await;
    let ada = app.customer("ada").await;
    let (ticket, events) = ask(&ada).await;
    let completed = events.last().expect("an end");
    assert_eq!(completed.name, "response.completed");
    assert_eq!(completed.data["response"]["model"], "extractive");
    assert_eq!(ada.messages(&ticket).await.len(), 1);
    assert_eq!(models_asked(&simulator), [FIRST, SECOND]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_that_is_too_long_is_shortened_once() {
    let simulator = Simulator::start().await.expect("a simulator");
    let app = app_on(&simulator, &[]).await;
    let ada = app.customer("ada").await;
    let (ticket, _) = ask(&ada).await;
    for word in ["early ", "late "] {
        ada.send(&ticket, &word.repeat(200)).await;
        ada.stream(&ticket).await.rest().await;
    }
    ada.send(&ticket, "And by express?").await;
    let before = simulator.requests().len();
    simulator.enqueue(Reply::status(413));
    simulator.enqueue(Reply::text("Tomorrow."));
    let events = ada.stream(&ticket).await.rest().await;
    assert_eq!(shown_text(&events), "Tomorrow.");

    let requests = simulator.requests().split_off(before);
    let told: Vec<String> = requests
        .iter()
        .map(|it| it.body["messages"].to_string())
        .collect();
    assert_eq!(told.len(), 2);
    assert!(
        told[0].contains("early") && !told[1].contains("early"),
        "{}",
        told[1]
    );
    for kept in ["Where is my parcel?", "And by express?"] {
        assert!(told[1].contains(kept), "{}", told[1]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_that_stays_too_long_fails_as_that() {
    let simulator = Simulator::start().await.expect("a simulator");
    for _ in 0..5 {
        simulator.enqueue(Reply::status(413));
    }
    let app = app_on(&simulator, &[("GROQ_FALLBACK_MODELS", SECOND)]).await;
    let ada = app.customer("ada").await;
    let (_, events) = ask(&ada).await;
    let failed = events.last().expect("an end");
    let error = &failed.data["response"]["error"];
    assert_eq!(error["code"], "context_too_long");
    assert_eq!(error["retryable"], false);
    assert!(simulator.requests().len() <= 2, "it is shortened once");
    assert!(!models_asked(&simulator).contains(&json!(SECOND)));
}
