use std::time::{Duration, Instant};

use adapters_groq::{GroqChatModel, GroqSettings, Timeouts};
use domain::ports::ChatModelError;
use testkit::slow_upstream::{STREAM_HEAD, SlowUpstream, Step, chunk};

use crate::harness::{DEADLINE, ROLE, ask, delta, error_of, refusal_of, settings, upstream};

const SHORT: Duration = Duration::from_millis(80);

fn model(upstream: &SlowUpstream, timeouts: Timeouts) -> GroqChatModel {
    let settings = GroqSettings {
        timeouts,
        ..settings(upstream.base_url())
    };
    GroqChatModel::new(settings).expect("usable settings")
}

fn start(events: &[&str]) -> Step {
    Step::Send([STREAM_HEAD.as_bytes(), &chunk(events.concat())].concat())
}

/// Sends signs of life often enough for any timeout here.
fn pulse(event: &str) -> Step {
    Step::Repeat {
        bytes: chunk(event),
        every: Duration::from_millis(20),
    }
}

#[track_caller]
fn assert_timed_out(error: &ChatModelError) {
    assert!(matches!(error, ChatModelError::TimedOut), "{error:?}");
}

#[tokio::test]
async fn an_upstream_that_never_answers_times_out() {
    for timeouts in [
        Timeouts {
            first_token: SHORT,
            ..Timeouts::default()
        },
        Timeouts {
            total: SHORT,
            ..Timeouts::default()
        },
    ] {
        let upstream = upstream([Step::Stall]).await;
        assert_timed_out(&refusal_of(&model(&upstream, timeouts)).await);
        upstream
            .client_left(DEADLINE)
            .await
            .expect("the connection is closed");
    }
}

#[tokio::test]
async fn comments_and_the_role_are_no_first_token() {
    let upstream = upstream([start(&[ROLE]), pulse(": hb\n\n")]).await;
    let timeouts = Timeouts {
        first_token: SHORT,
        ..Timeouts::default()
    };
    assert_timed_out(&error_of(&model(&upstream, timeouts)).await);
    upstream
        .client_left(DEADLINE)
        .await
        .expect("the connection is closed");
}

#[tokio::test]
async fn reasoning_is_a_first_token() {
    let reasoning = "data: {\"choices\":[{\"delta\":{\"reasoning\":\"so\"}}]}\n\n";
    let upstream = upstream([start(&[ROLE, reasoning]), pulse(": hb\n\n")]).await;
    let timeouts = Timeouts {
        first_token: Duration::from_millis(300),
        total: Duration::from_millis(600),
        ..Timeouts::default()
    };
    let asked = Instant::now();
    let answer = ask(&model(&upstream, timeouts)).await;
    assert!(
        asked.elapsed() >= timeouts.total,
        "it took {:?}",
        asked.elapsed()
    );
    assert_eq!(answer.thoughts, 1);
    assert_timed_out(&answer.error());
}

#[tokio::test]
async fn an_answer_that_stalls_times_out() {
    let upstream = upstream([start(&[ROLE, &delta("Hel")]), Step::Stall]).await;
    let timeouts = Timeouts {
        idle: SHORT,
        ..Timeouts::default()
    };
    let answer = ask(&model(&upstream, timeouts)).await;
    assert_eq!(answer.text, "Hel");
    assert_timed_out(&answer.error());
    upstream
        .client_left(DEADLINE)
        .await
        .expect("the connection is closed");
}

#[tokio::test]
async fn signs_of_life_put_off_the_idle_timeout_but_not_the_end_of_all_patience() {
    for sign in [
        ": hb\n\n",
        "data: {\"choices\":[{\"delta\":{\"reasoning\":\"so\"}}]}\n\n",
    ] {
        let upstream = upstream([start(&[ROLE, &delta("Hel")]), pulse(sign)]).await;
        let timeouts = Timeouts {
            idle: Duration::from_millis(400),
            total: Duration::from_millis(900),
            ..Timeouts::default()
        };
        let asked = Instant::now();
        let answer = ask(&model(&upstream, timeouts)).await;
        assert!(
            asked.elapsed() >= timeouts.total,
            "it took {:?}",
            asked.elapsed()
        );
        assert_timed_out(&answer.error());
    }
}

#[tokio::test]
async fn an_upstream_that_never_pauses_is_given_up_too() {
    let events = delta("more").repeat(1_000);
    let upstream = upstream([
        Step::Send(STREAM_HEAD.into()),
        Step::Repeat {
            bytes: chunk(events),
            every: Duration::from_millis(1),
        },
    ])
    .await;
    let timeouts = Timeouts {
        total: SHORT,
        ..Timeouts::default()
    };
    assert_timed_out(&error_of(&model(&upstream, timeouts)).await);
}
