use groq_simulator::{Outcome, Reply};

use crate::harness::{
    DEADLINE, Harness, MODEL, contents, events, plain, read_events, read_to_the_end,
};

fn hello() -> Reply {
    Reply::new().with_pieces(["Hel", "lo", "!"])
}

#[tokio::test]
async fn an_error_frame_ends_the_stream_without_finish_and_done() {
    let harness = Harness::scripted(hello().error_frame_after(3)).await;

    let (text, error) = harness.read_stream().await;

    let (before, frame) = text.split_at(text.find("event: ").expect("an error event"));
    assert!(error.is_none());
    assert_eq!(contents(before), ["", "Hel", "lo"]);
    assert_eq!(
        frame,
        format!(
            "event: error\ndata: {{\"error\":{{\"message\":\"{MODEL} is currently over \
             capacity. Please try again and back off exponentially. Visit \
             https://groqstatus.com to see if there is an active incident.\",\
             \"type\":\"internal_server_error\",\"status_code\":503}}}}\n\n"
        )
    );
    assert_eq!(harness.simulator.requests()[0].outcome, Outcome::Completed);
}

#[tokio::test]
async fn an_error_frame_can_have_another_status() {
    let harness = Harness::scripted(hello().error_frame_after(0).error_frame_status(400)).await;

    let (text, _) = harness.read_stream().await;

    assert_eq!(
        text,
        "event: error\ndata: {\"error\":{\"message\":\"Tool choice is required, but model did \
         not call a tool\",\"type\":\"invalid_request_error\",\"code\":\"tool_use_failed\",\
         \"failed_generation\":\"\",\"status_code\":400}}\n\n"
    );
}

#[tokio::test]
async fn a_cut_delivers_its_chunks_and_breaks_the_connection_off() {
    for chunks in [0, 1, 3, 6] {
        let harness = Harness::scripted(hello().cut_after(chunks)).await;

        let (text, error) = harness.read_stream().await;

        assert!(error.is_some(), "after {chunks}: {text}");
        assert_eq!(text.matches("\n\n").count(), chunks, "{text}");
        let outcome = harness.simulator.wait_for_outcome(0, DEADLINE).await;
        assert_eq!(outcome.expect("an end"), Outcome::Cut);
        assert_eq!(harness.simulator.requests()[0].chunks_sent, chunks);
    }
}

#[tokio::test]
async fn a_stream_without_finish_ends_after_its_last_delta() {
    let harness = Harness::scripted(hello().without_finish()).await;

    let (text, error) = harness.read_stream().await;

    assert!(error.is_none());
    assert_eq!(contents(&text), ["", "Hel", "lo", "!"]);
    assert_eq!(events(&text).count(), 4);
    assert!(!text.contains("[DONE]"));
}

#[tokio::test]
async fn a_stream_without_done_still_has_its_finish_chunk() {
    let harness = Harness::scripted(hello().without_done()).await;

    let (text, error) = harness.read_stream().await;

    assert!(error.is_none());
    assert_eq!(
        events(&text).last().expect("a chunk")["choices"][0]["finish_reason"],
        "stop"
    );
    assert!(!text.contains("[DONE]"));
}

#[tokio::test]
async fn a_stall_lasts_until_the_client_leaves() {
    let harness = Harness::scripted(hello().stall_after(2)).await;
    let mut response = harness.open_stream().await;
    let received = read_events(&mut response, 2).await;
    assert_eq!(received.len(), 2);
    assert_eq!(harness.simulator.requests()[0].outcome, Outcome::InProgress);

    drop(response);

    let outcome = harness.simulator.wait_for_outcome(0, DEADLINE).await;
    assert_eq!(outcome.expect("an end"), Outcome::ClientLeft);
    assert_eq!(harness.simulator.requests()[0].chunks_sent, 2);
}

#[tokio::test]
async fn a_stall_can_come_right_after_the_response_head() {
    let harness = Harness::scripted(hello().stall_after(0)).await;

    let response = harness.open_stream().await;
    assert_eq!(response.status(), 200);
    drop(response);

    let outcome = harness.simulator.wait_for_outcome(0, DEADLINE).await;
    assert_eq!(outcome.expect("an end"), Outcome::ClientLeft);
}

#[tokio::test]
async fn a_client_can_leave_before_the_response_head() {
    let harness = Harness::scripted(hello().headers_after(DEADLINE * 10)).await;
    let request = tokio::task::JoinSet::from_iter([harness.chat(&plain()).send()]);
    harness
        .simulator
        .wait_for_requests(1, DEADLINE)
        .await
        .expect("a request");

    drop(request);

    let outcome = harness.simulator.wait_for_outcome(0, DEADLINE).await;
    assert_eq!(outcome.expect("an end"), Outcome::ClientLeft);
}

#[tokio::test]
async fn faults_reach_an_answer_that_is_not_streamed() {
    let harness = Harness::scripted(hello().cut_after(1)).await;
    harness.simulator.enqueue(hello().without_finish());
    harness.simulator.enqueue(hello().error_frame_after(1));

    let cut = harness
        .chat(&plain())
        .send()
        .await
        .expect("a response head");
    let (half, error) = read_to_the_end(cut).await;
    let truncated = harness.ask(&plain()).await;
    let refused = harness.ask(&plain()).await;

    assert!(error.is_some());
    assert!(half.starts_with("{\"id\":\"chatcmpl-"), "{half}");
    assert!(serde_json::from_str::<serde_json::Value>(&truncated.text).is_err());
    assert_eq!(refused.status, 503);
}
