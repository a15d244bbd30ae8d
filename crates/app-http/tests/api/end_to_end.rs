use std::time::Duration;

use groq_simulator::{Reply, Simulator};

use crate::harness::{TestApp, shown_text};

const WITHIN: Duration = Duration::from_secs(20);

async fn app_on(simulator: &Simulator) -> TestApp {
    let base_url = simulator.base_url();
    let settings = [
        ("GROQ_API_KEY", "gsk_not_a_real_key"),
        ("GROQ_BASE_URL", base_url.as_str()),
    ];
    TestApp::with_settings(&settings, None).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_models_answer_streams_and_is_replayed_without_asking_again() {
    let simulator = Simulator::start().await.expect("a simulator");
    simulator.enqueue(Reply::text("Parcels take two to four days.").with_reasoning(["hmm"]));
    let app = app_on(&simulator).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;

    let events = ada.stream(&ticket).await.rest().await;
    assert_eq!(shown_text(&events), "Parcels take two to four days.");
    assert_eq!(events[0].data["response"]["model"], "openai/gpt-oss-20b");
    let completed = events.last().expect("an end");
    assert_eq!(completed.name, "response.completed");
    let usage = &completed.data["response"]["usage"];
    assert!(usage["output_tokens"].as_i64() > Some(0), "{usage}");
    assert!(
        usage["total_tokens"].as_i64() > usage["input_tokens"].as_i64(),
        "{usage}"
    );

    let again = ada.stream(&ticket).await.rest().await;
    assert_eq!(again.last(), events.last());
    let requests = simulator.requests();
    assert_eq!(requests.len(), 1);
    assert!(requests[0].body["max_completion_tokens"].is_u64());
    assert!(!requests[0].body.to_string().contains("ada@example.com"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_in_mid_stream_is_a_failure() {
    let simulator = Simulator::start().await.expect("a simulator");
    simulator.enqueue(
        Reply::new()
            .with_pieces(["Parcels", " take"])
            .error_frame_after(3),
    );
    let app = app_on(&simulator).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let events = ada.stream(&ticket).await.rest().await;
    assert_eq!(shown_text(&events), "Parcels take");
    assert_eq!(
        events.last().map(|e| e.name.as_str()),
        Some("response.failed")
    );
    assert!(ada.messages(&ticket).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handoff_closes_the_upstream_connection() {
    let simulator = Simulator::start().await.expect("a simulator");
    simulator.enqueue(
        Reply::new()
            .with_pieces(["Parcels", " take"])
            .stall_after(2),
    );
    let app = app_on(&simulator).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let mut stream = ada.stream(&ticket).await;
    stream.expect("response.created").await;
    stream.expect("response.output_text.delta").await;
    ada.post(&format!("{ticket}/handoff"), &serde_json::json!(null))
        .await
        .expect_status(200);
    stream.expect("ticket.handed_off").await;
    let cancelled = stream.expect("response.cancelled").await;
    assert_eq!(cancelled.data["response"]["output_text"], "Parcels");
    let outcome = simulator
        .wait_for_outcome(0, WITHIN)
        .await
        .expect("an outcome");
    assert_eq!(outcome, groq_simulator::Outcome::ClientLeft);
}
