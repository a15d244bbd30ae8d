mod endings;
mod framings;
mod other_hosts;
mod statuses;

use adapters_groq::{GroqChatModel, GroqSettings};
use domain::ports::{ChatModel as _, ChatModelError};
use domain::reply::FinishReason;
use groq_simulator::{Outcome, Reply, Simulator};

use crate::harness::{Answer, DEADLINE, ask, error_of, next, question, refusal_of, settings};

const MODEL: &str = "openai/gpt-oss-20b";

async fn simulator_with(reply: Reply) -> Simulator {
    let simulator = Simulator::start().await.expect("a free port");
    simulator.enqueue(reply);
    simulator
}

fn settings_for(simulator: &Simulator) -> GroqSettings {
    GroqSettings {
        model: String::from(MODEL),
        ..settings(simulator.base_url())
    }
}

fn model_at(simulator: &Simulator) -> GroqChatModel {
    GroqChatModel::new(settings_for(simulator)).expect("usable settings")
}

/// The whole answer to a request that is replied to like this.
async fn answer_to(reply: Reply) -> Answer {
    ask(&model_at(&simulator_with(reply).await)).await
}

/// Why no answer was begun after this reply.
async fn refusal_to(reply: Reply) -> ChatModelError {
    refusal_of(&model_at(&simulator_with(reply).await)).await
}

/// The error that this reply leads to, sooner or later.
async fn error_after(reply: Reply) -> ChatModelError {
    error_of(&model_at(&simulator_with(reply).await)).await
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
async fn one_client_asks_again_and_again_over_one_connection() {
    let simulator = Simulator::start().await.expect("a free port");
    let model = model_at(&simulator);
    let sibling = model.sibling("openai/gpt-oss-120b");
    for (model, text) in [(&model, "one"), (&sibling, "two"), (&model, "three")] {
        simulator.enqueue(Reply::text(text).tokens_per_second(100));
        assert_eq!(ask(model).await.text, text);
    }
    let mut peers: Vec<_> = simulator.requests().iter().map(|it| it.peer).collect();
    peers.dedup();
    assert_eq!(peers.len(), 1, "{peers:?}");
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
