use std::time::Duration;

use groq_simulator::{ChunkShape, ErrorForm, Reply, Simulator};
use serde_json::json;

use super::{FIRST, SECOND, app_on, ask};
use crate::harness::{Event, Session, shown_text};

const UNAVAILABLE: &str = "upstream_unavailable";

fn parcels() -> Reply {
    Reply::new().with_pieces(["Parcels", " täke"])
}

/// Asks, and checks that the answer ends as a failure of this code after `shown`, which is kept as
/// what it is: no message, and no reason to ask anybody else.
async fn assert_fails(
    ada: &Session<'_>,
    simulator: &Simulator,
    broken: Reply,
    (shown, code): (&str, &str),
) -> Vec<Event> {
    let script = format!("{broken:?}");
    let before = simulator.counts().received;
    simulator.enqueue(broken);
    let (ticket, events) = ask(ada).await;
    assert_eq!(shown_text(&events), shown, "{script}");
    let failed = events.last().expect("an end");
    assert_eq!(failed.name, "response.failed", "{script}");
    let retryable = !["upstream_rejected", "context_too_long"].contains(&code);
    let state = ada.reply_state(&ticket).await;
    for response in [&failed.data["response"], &state] {
        assert_eq!(response["status"], "failed", "{script}");
        assert_eq!(response["error"]["code"], code, "{script}");
        assert_eq!(response["error"]["retryable"], retryable, "{script}");
        assert_eq!(response["output_text"], shown, "{script}");
        assert!(response["message_id"].is_null(), "{script}");
    }
    assert!(ada.messages(&ticket).await.is_empty(), "{script}");
    assert_eq!(ada.get(&ticket).await.json()["status"], "open");
    assert_eq!(simulator.counts().received, before + 1, "{script}");
    events
}

/// Where in the answer's stream the second byte of its `ä` is.
async fn middle_of_a_character(simulator: &Simulator, reply: Reply) -> usize {
    simulator.enqueue(reply);
    let request = reqwest::Client::new()
        .post(format!("{}/chat/completions", simulator.base_url()))
        .bearer_auth("gsk_not_a_real_key")
        .json(&json!({
            "model": FIRST, "stream": true, "messages": [{"role": "user", "content": "Hello"}],
        }));
    let response = request.send().await.expect("an answer");
    let body = response.bytes().await.expect("a body");
    let character = "ä".as_bytes();
    let place = body.windows(2).position(|it| it == character);
    place.expect("the character") + 1
}

#[tokio::test(flavor = "multi_thread")]
async fn half_an_answer_is_never_stored_as_one_nor_asked_for_again_unasked() {
    let simulator = Simulator::start().await.expect("a simulator");
    let settings = [
        ("GROQ_FALLBACK_MODELS", SECOND),
        ("ASSISTANT_FALLBACK", "extractive"),
    ];
    let app = app_on(&simulator, &settings).await;
    let ada = app.customer("ada").await;
    // Its length is always the same.
    let steady = || parcels().chunk_shape(ChunkShape::Of2025);
    let inside = middle_of_a_character(&simulator, steady()).await;
    let failing = |form| parcels().error_frame_after(2).error_frame_form(form);
    let telling = |status| parcels().error_frame_after(2).error_frame_status(status);
    for (broken, code) in [
        (parcels().cut_after(2), UNAVAILABLE),
        // The text has to be there before the reset.
        (
            parcels().tokens_per_second(5).cut_after(2).by_reset(),
            UNAVAILABLE,
        ),
        (steady().cut_at_byte(inside), UNAVAILABLE),
        (parcels().garbage_after(2), UNAVAILABLE),
        (
            parcels().insert_after(2, "data: {\"choices\":[\n\n"),
            UNAVAILABLE,
        ),
        (parcels().endless_line_after(2), UNAVAILABLE),
        (failing(ErrorForm::Event), UNAVAILABLE),
        (failing(ErrorForm::Object), UNAVAILABLE),
        (failing(ErrorForm::Text), UNAVAILABLE),
        (failing(ErrorForm::XGroq), UNAVAILABLE),
        // It goes on and ends well, as if nothing had been.
        (
            parcels().insert_after(2, "data: {\"x_groq\":{\"error\":\"No\"}}\n\n"),
            UNAVAILABLE,
        ),
        (telling(400), "upstream_rejected"),
        (telling(413), "context_too_long"),
        (telling(429), "upstream_rate_limited"),
        (telling(498), "upstream_rate_limited"),
        (
            Reply::new().with_pieces(["Parcels"]).without_finish(),
            UNAVAILABLE,
        ),
    ] {
        let expected = ("Parcels", code);
        let events = assert_fails(&ada, &simulator, broken, expected).await;
        let told = events.iter().map(|event| event.data.to_string());
        let told: String = told.collect();
        for leak in ["org_", "groqstatus", "over capacity", "tool_use_failed"] {
            assert!(!told.contains(leak), "{told}");
        }
    }
    // All its text is there, but not its end.
    let whole_text = ("Parcels täke", UNAVAILABLE);
    for broken in [
        parcels().cut_after(3),
        parcels().cut_after(4),
        parcels().without_finish(),
    ] {
        assert_fails(&ada, &simulator, broken, whole_text).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_in_mid_answer_ends_as_a_timeout_and_keeps_what_was_said() {
    let simulator = Simulator::start().await.expect("a simulator");
    let app = app_on(&simulator, &[("GROQ_IDLE_SECONDS", "1")]).await;
    let ada = app.customer("ada").await;
    let steady = || parcels().chunk_shape(ChunkShape::Of2025);
    let inside = middle_of_a_character(&simulator, steady()).await;
    for silent in [parcels().stall_after(2), steady().stall_at_byte(inside)] {
        let expected = ("Parcels", "upstream_timeout");
        assert_fails(&ada, &simulator, silent, expected).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_an_end_is_cut_off_in_time() {
    let simulator = Simulator::start().await.expect("a simulator");
    let app = app_on(&simulator, &[("GROQ_TOTAL_SECONDS", "1")]).await;
    let ada = app.customer("ada").await;
    for endless in [
        parcels().endless_after(2).tokens_per_second(50),
        parcels()
            .stall_after(2)
            .comment_every(Duration::from_millis(50)),
    ] {
        simulator.enqueue(endless);
        let (ticket, events) = ask(&ada).await;
        assert!(shown_text(&events).starts_with("Parcels"));
        let failed = &events.last().expect("an end").data["response"];
        assert_eq!(failed["error"]["code"], "upstream_timeout");
        assert_eq!(failed["output_text"], shown_text(&events));
        assert!(ada.messages(&ticket).await.is_empty());
    }
    let outcomes = simulator.counts();
    assert_eq!((outcomes.received, outcomes.in_progress), (2, 0));
}
