use std::time::{Duration, Instant};

use groq_simulator::{LineEnd, Reply, Writes};

use crate::{
    harness::{Harness, contents, streaming},
    raw::Raw,
};

fn hello() -> Reply {
    Reply::new().with_pieces(["Hel", "lö €"])
}

#[tokio::test]
async fn lines_can_end_in_other_ways() {
    let usual = Raw::of(hello()).await.text();
    for (line_end, text) in [(LineEnd::CrLf, "\r\n"), (LineEnd::Cr, "\r")] {
        let other = Raw::of(hello().line_ends(line_end)).await.text();

        let lines = usual.matches('\n').count();
        assert_eq!(other.matches(text).count(), lines);
        assert_eq!(other.len(), usual.len() + lines * (text.len() - 1));
        assert!(other.ends_with(&format!("data: [DONE]{text}{text}")));
        assert_eq!(contents(&other.replace(text, "\n")).concat(), "Hellö €");
    }
}

#[tokio::test]
async fn a_stream_can_start_with_a_byte_order_mark() {
    let text = Raw::of(hello().byte_order_mark()).await.text();

    assert!(text.starts_with("\u{feff}data: {"), "{text}");
    assert_eq!(text.matches('\u{feff}').count(), 1);
}

#[tokio::test]
async fn the_last_event_can_lack_its_blank_line() {
    let done = Raw::of(hello().unterminated()).await;
    let finish = Raw::of(hello().without_done().unterminated()).await;

    assert!(done.text().ends_with("\n\ndata: [DONE]\n"));
    assert!(finish.text().ends_with("}}\n"));
    assert!(finish.text().contains("\"finish_reason\":\"stop\""));
    assert!(done.is_complete && finish.is_complete);
}

#[tokio::test]
async fn texts_can_be_inserted_and_do_not_count_as_chunks() {
    let reply = hello()
        .insert_after(2, "event: ping\ndata: {}\n\n")
        .insert_after(0, ": first\n\n")
        .insert_after(2, ": second\n\n")
        .cut_after(3);

    let text = Raw::of(reply).await.text();

    let events: Vec<&str> = text.split_terminator("\n\n").collect();
    assert_eq!(events.len(), 6, "{text}");
    assert_eq!(
        (events[0], events[3], events[4]),
        (": first", "event: ping\ndata: {}", ": second")
    );
    assert!(events[1].contains("\"role\""));
    assert!(events[5].contains("lö €"));
}

#[tokio::test]
async fn silence_can_be_filled_with_comments() {
    let reply = hello()
        .first_token_after(Duration::from_millis(100))
        .comment_every(Duration::from_millis(20));
    let started = Instant::now();

    let text = Raw::of(reply).await.text();

    assert!(started.elapsed() >= Duration::from_millis(100));
    assert!(
        text.starts_with(": keep-alive\n\n: keep-alive\n\n"),
        "{text}"
    );
    assert_eq!(contents(&text).concat(), "Hellö €");
}

#[tokio::test]
async fn a_stall_can_be_filled_with_comments() {
    let reply = hello()
        .stall_after(1)
        .comment_every(Duration::from_millis(1));
    let harness = Harness::scripted(reply).await;
    let mut response = harness.open_stream().await;

    let events = crate::harness::read_events(&mut response, 4).await;

    assert!(events[1..].iter().all(|event| event == ": keep-alive"));
}

#[tokio::test]
async fn a_body_can_be_written_in_single_bytes() {
    let raw = Raw::of(hello().writes(Writes::Bytes(1))).await;

    assert!(raw.writes.iter().all(|write| write.len() == 1));
    assert_eq!(contents(&raw.text()).concat(), "Hellö €");
}

#[tokio::test]
async fn writes_can_end_within_characters() {
    let raw = Raw::of(hello().writes(Writes::WithinCharacters)).await;

    let split = raw
        .writes
        .iter()
        .filter(|write| std::str::from_utf8(write).is_err());
    // The write that ends in the character, the one between the two, and the rest.
    assert_eq!(split.count(), 3);
    assert_eq!(contents(&raw.text()).concat(), "Hellö €");
}

#[tokio::test]
async fn writes_can_end_within_line_ends() {
    let reply = hello().line_ends(LineEnd::CrLf);
    let raw = Raw::of(reply.writes(Writes::WithinLineEnds)).await;

    assert!(
        !raw.writes
            .iter()
            .any(|write| write.ends_with(b"\r\n") && write.len() > 2)
    );
    assert!(raw.writes.iter().any(|write| write == b"\n"));
    assert!(raw.text().ends_with("data: [DONE]\r\n\r\n"));
}

#[tokio::test]
async fn an_answer_that_is_not_streamed_is_split_as_well() {
    let harness = Harness::scripted(hello().writes(Writes::Bytes(100))).await;

    let raw = Raw::ask(&harness, &crate::harness::plain()).await;

    assert!(raw.writes.len() > 3);
    assert!(raw.is_complete);
    assert!(serde_json::from_slice::<serde_json::Value>(&raw.body()).is_ok());
    assert_eq!(Raw::ask(&harness, &streaming()).await.error, None);
}
