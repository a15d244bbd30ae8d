use groq_simulator::{ErrorForm, Reply};
use serde_json::{Value, json};

use crate::{
    harness::{Harness, MODEL, contents, events},
    raw::Raw,
};

/// The last event of a stream that is broken off by an error in this form.
async fn last_event(form: ErrorForm) -> (String, Value) {
    let reply = Reply::new()
        .with_pieces(["Hel", "lo"])
        .error_frame_after(2)
        .error_frame_form(form);
    let raw = Raw::of(reply).await;
    let text = raw.text();

    assert!(raw.is_complete);
    assert!(!text.contains("[DONE]"));
    assert!(contents(&text).starts_with(&[String::new(), String::from("Hel")]));
    let last = text.trim_end().rsplit("\n\n").next().expect("an event");
    let value = events(last).next().expect("data");
    (String::from(last), value)
}

fn message() -> String {
    format!(
        "{MODEL} is currently over capacity. Please try again and back off exponentially. Visit \
         https://groqstatus.com to see if there is an active incident."
    )
}

#[tokio::test]
async fn an_error_frame_can_lack_the_events_name() {
    let (event, value) = last_event(ErrorForm::Object).await;

    assert!(
        event.starts_with("data: {\"error\":{\"message\":"),
        "{event}"
    );
    assert_eq!(
        value,
        json!({"error": {
            "message": message(), "type": "internal_server_error", "status_code": 503,
        }})
    );
}

#[tokio::test]
async fn an_error_frame_can_be_a_mere_text() {
    let (event, value) = last_event(ErrorForm::Text).await;

    assert!(event.starts_with("data: "), "{event}");
    assert_eq!(value, json!({"error": message()}));
}

#[tokio::test]
async fn an_error_can_come_within_a_chunk() {
    let (_, value) = last_event(ErrorForm::XGroq).await;

    assert_eq!(value["object"], "chat.completion.chunk");
    assert_eq!(value["x_groq"]["error"], message());
    assert_eq!(value["choices"][0]["finish_reason"], Value::Null);
}

#[tokio::test]
async fn the_usual_error_frame_is_a_named_event() {
    let (event, _) = last_event(ErrorForm::Event).await;

    assert!(event.starts_with("event: error\ndata: "), "{event}");
}

#[tokio::test]
async fn a_stream_can_end_in_garbage() {
    let raw = Raw::of(Reply::new().with_pieces(["Hel", "lo"]).garbage_after(2)).await;

    let body = raw.body();
    assert!(raw.is_complete);
    assert!(std::str::from_utf8(&body).is_err());
    let events = body.split_at(body.len() - 500).0;
    assert!(String::from_utf8_lossy(events).contains("\"content\":\"Hel\""));
}

#[tokio::test]
async fn a_stream_can_go_on_until_the_client_leaves() {
    for (reply, line_ends) in [
        (Reply::new().with_pieces(["Hi"]).endless_after(2), true),
        (
            Reply::new().with_pieces(["Hi"]).endless_line_after(2),
            false,
        ),
    ] {
        let harness = Harness::scripted(reply).await;
        let mut response = harness.open_stream().await;

        let mut received = Vec::new();
        while received.len() < 1_000_000 {
            let bytes = response.chunk().await.expect("a part").expect("more");
            received.extend_from_slice(&bytes);
        }
        drop(response);

        let later = &received[10_000..];
        assert_eq!(later.contains(&b'\n'), line_ends);
        let outcome = harness
            .simulator
            .wait_for_outcome(0, crate::harness::DEADLINE)
            .await;
        assert_eq!(
            outcome.expect("an end"),
            groq_simulator::Outcome::ClientLeft
        );
    }
}
