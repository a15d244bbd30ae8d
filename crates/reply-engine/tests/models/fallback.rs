use std::sync::Arc;

use domain::ports::{ChatModel, ChatModelError, Finish};
use domain::reply::FinishReason;
use reply_engine::FallbackChatModel;
use testkit::fakes::{ModelFault, ScriptedChatModel};

use crate::answer;

fn named(name: &str, model: ScriptedChatModel) -> Arc<ScriptedChatModel> {
    Arc::new(model.named(name))
}

fn chain(models: &[&Arc<ScriptedChatModel>]) -> FallbackChatModel {
    let mut models = models
        .iter()
        .map(|&model| -> Arc<dyn ChatModel> { model.clone() });
    let first = models.next().expect("a model");
    FallbackChatModel::new(first, models.collect())
}

#[tokio::test]
async fn the_first_model_that_begins_answers_and_signs() {
    let first = named("first", ScriptedChatModel::refusing(ModelFault::TimedOut));
    let second = named(
        "second",
        ScriptedChatModel::refusing(ModelFault::Rejected { status: 404 }),
    );
    let third = named(
        "third",
        ScriptedChatModel::replying(["Hello"]).ending(Finish {
            reason: FinishReason::Stop,
            usage: None,
            model: None,
            hands_off: false,
        }),
    );
    let last = named("last", ScriptedChatModel::replying(["not asked"]));
    let chain = chain(&[&first, &second, &third, &last]);
    assert_eq!(chain.name(), "first", "the one that is asked for");
    let (text, finish) = answer(&chain).await.expect("an answer");
    assert_eq!(text, "Hello");
    assert_eq!(finish.model.as_deref(), Some("third"));
    let calls = [first, second, third, last].map(|model| model.calls());
    assert_eq!(calls, [1, 1, 1, 0]);
}

#[tokio::test]
async fn no_other_model_continues_what_one_began() {
    let first = named(
        "first",
        ScriptedChatModel::replying(["Hel"]).then_fails(ModelFault::Unavailable),
    );
    let second = named("second", ScriptedChatModel::replying(["not asked"]));
    let error = answer(&chain(&[&first, &second])).await;
    assert!(matches!(error, Err(ChatModelError::Unavailable { .. })));
    assert_eq!(second.calls(), 0);
}

#[tokio::test]
async fn what_is_too_long_or_refused_is_not_passed_on() {
    for fault in [ModelFault::ContextTooLong, ModelFault::ContentRefused] {
        let first = named("first", ScriptedChatModel::refusing(fault));
        let second = named("second", ScriptedChatModel::replying(["not asked"]));
        answer(&chain(&[&first, &second]))
            .await
            .expect_err("no answer");
        assert_eq!(second.calls(), 0);
    }
}

#[tokio::test]
async fn when_nobody_answers_the_first_failure_is_told() {
    let first = named("first", ScriptedChatModel::refusing(ModelFault::TimedOut));
    let second = named(
        "second",
        ScriptedChatModel::refusing(ModelFault::Rejected { status: 404 }),
    );
    let error = answer(&chain(&[&first, &second])).await;
    assert!(matches!(error, Err(ChatModelError::TimedOut)));
}
