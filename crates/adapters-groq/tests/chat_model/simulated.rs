use std::time::Duration;

use adapters_groq::{GroqChatModel, GroqSettings};
use domain::ports::{ChatModel as _, ChatModelError, RetryAdvice};
use domain::reply::FinishReason;
use groq_simulator::{Outcome, Reply, Simulator};

use crate::harness::{DEADLINE, ask, next, question, refusal_of, settings};

const MODEL: &str = "openai/gpt-oss-20b";

async fn simulator_with(reply: Reply) -> Simulator {
    let simulator = Simulator::start().await.expect("a free port");
    simulator.enqueue(reply);
    simulator
}

fn model_at(simulator: &Simulator) -> GroqChatModel {
    let settings = GroqSettings {
        model: String::from(MODEL),
        ..settings(simulator.base_url())
    };
    GroqChatModel::new(settings).expect("usable settings")
}

#[tokio::test]
async fn an_answer_comes_in_its_pieces() {
    let simulator = simulator_with(Reply::new().with_pieces(["Turn it ", "off.", " 🔥"])).await;
    let answer = ask(&model_at(&simulator)).await;
    assert_eq!(answer.text, "Turn it off. 🔥");
    let finish = answer.finish();
    assert_eq!(finish.reason, FinishReason::Stop);
    assert_eq!(finish.model.as_deref(), Some(MODEL));
    assert!(
        finish
            .usage
            .is_some_and(|usage| usage.input_tokens > 0 && usage.output_tokens > 0)
    );

    let requests = simulator.requests();
    assert_eq!(requests.len(), 1);
    assert!(
        requests
            .iter()
            .all(|request| request.stream && request.headers.has_bearer_key)
    );
    let outcome = simulator
        .wait_for_outcome(0, DEADLINE)
        .await
        .expect("an end");
    assert_eq!(outcome, Outcome::Completed);
}

#[tokio::test]
async fn reasoning_is_not_shown() {
    let reply = Reply::new()
        .with_reasoning(["Let", " me", " see."])
        .with_pieces(["Turn it off."]);
    let simulator = simulator_with(reply).await;
    let answer = ask(&model_at(&simulator)).await;
    assert_eq!(answer.text, "Turn it off.");
    assert_eq!(answer.thoughts, 3);
}

#[tokio::test]
async fn one_client_asks_again_and_again() {
    let simulator = Simulator::start().await.expect("a free port");
    let model = model_at(&simulator);
    for text in ["one", "two", "three"] {
        simulator.enqueue(Reply::text(text));
        assert_eq!(ask(&model).await.text, text);
    }
}

#[tokio::test]
async fn a_rate_limit_tells_how_long_to_wait() {
    let reply = Reply::status(429).retry_after(Duration::from_secs(3));
    let simulator = simulator_with(reply).await;
    let error = refusal_of(&model_at(&simulator)).await;
    let ChatModelError::RateLimited {
        advice: RetryAdvice {
            after: retry_after, ..
        },
    } = error
    else {
        panic!("{error:?}");
    };
    assert_eq!(retry_after, Some(Duration::from_secs(3)));
}

#[tokio::test]
async fn a_host_over_its_capacity_is_unavailable() {
    let simulator = simulator_with(Reply::status(503)).await;
    let error = refusal_of(&model_at(&simulator)).await;
    assert!(
        matches!(error, ChatModelError::Unavailable { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_error_after_some_text_is_sorted_by_its_status() {
    let broken = |status| {
        Reply::new()
            .with_pieces(["Turn ", "it"])
            .error_frame_after(2)
            .error_frame_status(status)
    };
    let simulator = simulator_with(broken(503)).await;
    let model = model_at(&simulator);
    let answer = ask(&model).await;
    assert_eq!(answer.text, "Turn ");
    assert!(matches!(answer.error(), ChatModelError::Unavailable { .. }));

    simulator.enqueue(broken(400));
    let error = ask(&model).await.error();
    assert!(
        matches!(error, ChatModelError::Rejected { status: 400 }),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_answer_that_is_dropped_is_not_generated_further() {
    let simulator = simulator_with(Reply::new().with_pieces(["Turn ", "it"]).stall_after(2)).await;
    let model = model_at(&simulator);
    let mut stream = model.stream_reply(question()).await.expect("an answer");
    next(&mut stream)
        .await
        .expect("a piece")
        .expect("some text");
    drop(stream);
    let outcome = simulator
        .wait_for_outcome(0, DEADLINE)
        .await
        .expect("an end");
    assert_eq!(outcome, Outcome::ClientLeft);
}
