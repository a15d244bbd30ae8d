use domain::ports::ChatModelError;
use domain::reply::{FinishReason, Usage};
use testkit::slow_upstream::{LAST_CHUNK, STREAM_HEAD, Step, chunks_of, streamed};

use crate::harness::{
    Answer, DONE, ROLE, STOP, answer_to, ask, delta, greeting, model_at, upstream,
};

#[track_caller]
fn assert_is_greeting(answer: Answer) {
    assert_eq!(answer.text, "Hé, 😀!");
    let finish = answer.finish();
    assert_eq!(finish.reason, FinishReason::Stop);
    assert_eq!(finish.model.as_deref(), Some("served-model"));
    let usage = Usage {
        input_tokens: 30,
        output_tokens: 5,
    };
    assert_eq!(finish.usage, Some(usage));
    assert!(!finish.hands_off);
}

#[tokio::test]
async fn an_answer_is_read_whole() {
    assert_is_greeting(answer_to(greeting()).await);
}

#[tokio::test]
async fn an_answer_may_be_split_at_every_byte() {
    for line_end in ["\n", "\r\n", "\r"] {
        let events = greeting().replace('\n', line_end);
        let body = chunks_of(1, events);
        let upstream = upstream([
            Step::Send(STREAM_HEAD.into()),
            Step::Send(body),
            Step::Send(LAST_CHUNK.into()),
        ])
        .await;
        assert_is_greeting(ask(&model_at(upstream.base_url())).await);
    }
}

#[tokio::test]
async fn an_answer_may_be_split_inside_a_character() {
    for size in 1..=5 {
        let start = [ROLE, &delta("Hé")].concat();
        let rest = [&delta(", 😀!"), STOP, DONE].concat();
        let upstream = upstream([
            Step::Send(STREAM_HEAD.into()),
            Step::Send(chunks_of(start.len(), start)),
            Step::Send(chunks_of(size, rest)),
            Step::Send(LAST_CHUNK.into()),
        ])
        .await;
        assert_is_greeting(ask(&model_at(upstream.base_url())).await);
    }
}

#[tokio::test]
async fn every_byte_of_the_response_may_come_alone() {
    let response = streamed(greeting());
    let upstream = upstream([Step::SendByteByByte(response)]).await;
    assert_is_greeting(ask(&model_at(upstream.base_url())).await);
}

#[tokio::test]
async fn crlf_and_cr_end_lines_too() {
    for line_end in ["\r\n", "\r"] {
        assert_is_greeting(answer_to(greeting().replace('\n', line_end)).await);
    }
}

#[tokio::test]
async fn comments_and_a_byte_order_mark_change_nothing() {
    let events = greeting().replace("\n\n", "\n\n: keep-alive\n\n:\nevent: ping\ndata: now\n\n");
    assert_is_greeting(answer_to(format!("\u{feff}: hello\n\n{events}")).await);
}

#[tokio::test]
async fn the_end_of_the_body_after_a_finish_reason_is_the_end_of_the_answer() {
    let events = greeting().replace(DONE, "");
    assert_is_greeting(answer_to(&events).await);
    assert_is_greeting(answer_to(events.trim_end()).await);
}

#[tokio::test]
async fn the_last_event_counts_only_if_it_is_whole() {
    let events = [
        ROLE,
        &delta("Hé, 😀!"),
        STOP,
        r#"data: {"usage":{"prompt_tok"#,
    ]
    .concat();
    assert_is_greeting(answer_to(events).await);
}

#[tokio::test]
async fn the_end_of_the_body_without_a_finish_reason_is_an_error() {
    for events in [
        ROLE.into(),
        [ROLE, &delta("Hel")].concat(),
        [ROLE, DONE].concat(),
    ] {
        let ChatModelError::Unavailable { source: cause, .. } = answer_to(events).await.error()
        else {
            panic!("it is unavailable");
        };
        assert_eq!(cause.to_string(), "ended without a finish reason");
    }
}

#[tokio::test]
async fn what_was_read_before_an_error_is_kept() {
    let answer = answer_to([ROLE, &delta("Hel"), "data: {\n\n", STOP, DONE].concat()).await;
    assert_eq!(answer.text, "Hel");
    assert!(matches!(answer.error(), ChatModelError::Malformed(_)));
}

#[tokio::test]
async fn what_follows_done_is_ignored() {
    let events = [&greeting(), &delta("more"), "data: {\n\n"].concat();
    assert_is_greeting(answer_to(events).await);
}

#[tokio::test]
async fn a_line_without_an_end_does_not_fill_the_memory() {
    let events = format!("{ROLE}data: {}", "x".repeat(2 * 1024 * 1024));
    let error = answer_to(events).await.error();
    assert!(matches!(error, ChatModelError::Malformed(_)), "{error:?}");
}
