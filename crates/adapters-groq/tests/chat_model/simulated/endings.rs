//! Everything that an answer can end with in place of its end.

use std::time::Duration;

use adapters_groq::{GroqChatModel, GroqSettings, Timeouts};
use domain::ports::{ChatModel as _, ChatModelError};
use groq_simulator::{ErrorForm, Outcome, Reply};

use super::{answer_to, error_after, model_at, refusal_to, settings_for, simulator_with};
use crate::harness::{Answer, DEADLINE, ask, error_of, question, read};

const TEXT: &str = "Turn it öff. 🔥";
const SHORT: Duration = Duration::from_millis(200);

fn reply() -> Reply {
    Reply::new().with_pieces(["Turn ", "it ", "öff. 🔥"])
}

#[track_caller]
fn assert_unavailable(error: &ChatModelError) {
    assert!(
        matches!(error, ChatModelError::Unavailable { .. }),
        "{error:?}"
    );
}

#[track_caller]
fn assert_timed_out(error: &ChatModelError) {
    assert!(matches!(error, ChatModelError::TimedOut), "{error:?}");
}

/// The answer to that, with this much patience. The simulator sees the connection closed.
async fn answer_within(timeouts: Timeouts, reply: Reply) -> Result<Answer, ChatModelError> {
    let simulator = simulator_with(reply).await;
    let settings = GroqSettings {
        timeouts,
        ..settings_for(&simulator)
    };
    let model = GroqChatModel::new(settings).expect("usable settings");
    let answer = match model.stream_reply(question()).await {
        Ok(stream) => Ok(read(stream).await),
        Err(error) => Err(error),
    };
    let outcome = simulator
        .wait_for_outcome(0, DEADLINE)
        .await
        .expect("an end");
    if !answer.as_ref().is_ok_and(|answer| answer.end.is_ok()) {
        assert_eq!(outcome, Outcome::ClientLeft);
    }
    answer
}

fn idle(idle: Duration) -> Timeouts {
    Timeouts {
        idle,
        ..Timeouts::default()
    }
}

#[tokio::test]
async fn an_error_in_any_form_ends_the_answer_after_what_came_before_it() {
    for form in [
        ErrorForm::Event,
        ErrorForm::Object,
        ErrorForm::Text,
        ErrorForm::XGroq,
    ] {
        let answer = answer_to(reply().error_frame_after(2).error_frame_form(form)).await;
        assert_eq!(answer.text, "Turn ", "{form:?}");
        assert_unavailable(&answer.error());
    }
}

#[tokio::test]
async fn an_error_counts_though_the_answer_goes_on_and_ends_well() {
    for error in [
        "event: error\ndata: {\"error\":{\"message\":\"No\"}}\n\n",
        "data: {\"error\":{\"message\":\"No\"}}\n\n",
        "data: {\"error\":\"No\"}\n\n",
        "data: {\"choices\":[],\"x_groq\":{\"error\":\"No\"}}\n\n",
    ] {
        let answer = answer_to(reply().insert_after(2, error)).await;
        assert_eq!(answer.text, "Turn ", "{error}");
        assert_unavailable(&answer.error());
    }
}

#[tokio::test]
async fn an_error_that_tells_its_status_is_sorted_by_it() {
    let error = |status| answer_to(reply().error_frame_after(3).error_frame_status(status));
    for (status, code) in [
        (400, "upstream_rejected"),
        (401, "upstream_rejected"),
        (413, "context_too_long"),
        (429, "upstream_rate_limited"),
        (498, "upstream_rate_limited"),
        (500, "upstream_unavailable"),
    ] {
        let answer = error(status).await;
        assert_eq!(answer.text, "Turn it ");
        assert_eq!(answer.error().failure_code().as_str(), code, "{status}");
    }
}

/// It tries one cut after the other until one comes too late.
#[tokio::test]
async fn a_cut_at_whichever_byte_makes_no_answer_of_a_part() {
    let simulator = simulator_with(reply().cut_at_byte(0)).await;
    let model = model_at(&simulator);
    for byte in (1..5_000).step_by(3) {
        let answer = ask(&model).await;
        assert!(TEXT.starts_with(&answer.text), "{}", answer.text);
        match answer.end {
            Ok(_) => {
                assert_eq!(answer.text, TEXT);
                assert!(byte > 1_000, "cut at {byte}");
                return;
            }
            Err(error) => assert_unavailable(&error),
        }
        simulator.enqueue(reply().cut_at_byte(byte));
    }
    panic!("the answer has no end");
}

#[tokio::test]
async fn a_reset_is_an_error_wherever_it_comes() {
    for broken in [
        reply().cut_before_head(),
        reply().cut_at_byte(0),
        reply().cut_at_byte(300),
        reply().cut_after(3),
        // All but the end of the body is there, and may be lost.
        reply().cut_after(5),
    ] {
        assert_unavailable(&error_after(broken.by_reset()).await);
    }
}

#[tokio::test]
async fn a_connection_that_ends_before_the_head_is_an_error() {
    assert_unavailable(&refusal_to(reply().cut_before_head()).await);
}

#[tokio::test]
async fn an_end_without_a_finish_reason_is_an_error_though_the_body_ends_well() {
    for broken in [
        reply().without_finish(),
        reply().without_finish().unterminated(),
    ] {
        let answer = answer_to(broken).await;
        assert_eq!(answer.text, TEXT);
        assert_unavailable(&answer.error());
    }
}

#[tokio::test]
async fn a_finish_reason_without_done_or_a_blank_line_is_an_end() {
    for whole in [
        reply().without_done(),
        reply().without_done().unterminated(),
        reply().unterminated(),
    ] {
        let answer = answer_to(whole).await;
        assert_eq!(answer.text, TEXT);
        assert!(answer.finish().usage.is_some());
    }
}

#[tokio::test]
async fn garbage_is_malformed_after_what_came_before_it() {
    for broken in [
        reply().garbage_after(2),
        reply().insert_after(2, "data: {\"choices\":[\n\n"),
        reply().insert_after(2, "data: null\n\n"),
    ] {
        let answer = answer_to(broken).await;
        assert_eq!(answer.text, "Turn ");
        let error = answer.error();
        assert!(matches!(error, ChatModelError::Malformed(_)), "{error:?}");
    }
}

#[tokio::test]
async fn an_endless_line_is_given_up() {
    let simulator = simulator_with(reply().endless_line_after(2)).await;
    let error = error_of(&model_at(&simulator)).await;
    assert!(matches!(error, ChatModelError::Malformed(_)), "{error:?}");
    let outcome = simulator.wait_for_outcome(0, DEADLINE).await;
    assert_eq!(outcome.expect("an end"), Outcome::ClientLeft);
}

#[tokio::test]
async fn an_endless_answer_is_given_up() {
    let total = Timeouts {
        total: Duration::from_secs(1),
        ..Timeouts::default()
    };
    let endless = reply().endless_after(2).tokens_per_second(100);
    let answer = answer_within(total, endless).await.expect("a beginning");
    assert!(answer.text.starts_with("Turn  and on and on"));
    assert_timed_out(&answer.error());
}

#[tokio::test]
async fn a_silence_in_the_middle_times_out_after_what_came_before_it() {
    for silent in [reply().stall_after(2), reply().tokens_per_second(0.01)] {
        let answer = answer_within(idle(SHORT), silent).await;
        let answer = answer.expect("a beginning");
        assert_eq!(answer.text, "Turn ");
        assert_timed_out(&answer.error());
    }
    let in_the_first_event = reply().stall_at_byte(100);
    let answer = answer_within(idle(SHORT), in_the_first_event).await;
    assert_timed_out(&answer.expect("a head").error());
}

#[tokio::test]
async fn comments_keep_a_slow_answer_alive() {
    let slow = reply().tokens_per_second(2).comment_every(SHORT / 4);
    let answer = answer_within(idle(SHORT * 2), slow).await.expect("a head");
    assert_eq!(answer.text, TEXT);
    answer.finish();
}

#[tokio::test]
async fn comments_are_no_answer() {
    let first_token = Timeouts {
        first_token: SHORT,
        ..Timeouts::default()
    };
    let alive = reply().stall_after(1).comment_every(SHORT / 10);
    let answer = answer_within(first_token, alive).await.expect("a head");
    assert_timed_out(&answer.error());
}

#[tokio::test]
async fn a_late_head_or_first_token_times_out() {
    let first_token = Timeouts {
        first_token: SHORT,
        ..Timeouts::default()
    };
    let late = reply().headers_after(DEADLINE * 6);
    let error = answer_within(first_token, late).await.err();
    assert_timed_out(&error.expect("no head"));
    let late = reply().first_token_after(DEADLINE * 6);
    let answer = answer_within(first_token, late).await.expect("a head");
    assert_timed_out(&answer.error());
}
