use std::sync::Arc;
use std::time::Duration;

use domain::ports::ChatModelError;
use reply_engine::{RetryPolicy, RetryingChatModel};
use testkit::fakes::{ModelFault, Script, ScriptedChatModel};
use tokio::time::Instant;

use crate::answer;

fn persistent(model: &Arc<ScriptedChatModel>) -> RetryingChatModel {
    RetryingChatModel::new(model.clone(), RetryPolicy::default())
}

fn failing_then_well(faults: impl IntoIterator<Item = ModelFault>) -> Arc<ScriptedChatModel> {
    let scripts = faults.into_iter().map(Script::refusing);
    Arc::new(ScriptedChatModel::playing(
        scripts.chain([Script::replying(["Hello", " there"])]),
    ))
}

const fn limited(seconds: u64) -> ModelFault {
    ModelFault::RateLimited {
        retry_after: Some(Duration::from_secs(seconds)),
    }
}

#[tokio::test(start_paused = true)]
async fn a_model_that_fails_before_its_first_text_is_asked_again_after_growing_waits() {
    let model = failing_then_well([ModelFault::Unavailable, ModelFault::TimedOut]);
    let begun = Instant::now();
    let (text, _) = answer(&persistent(&model)).await.expect("an answer");
    assert_eq!(text, "Hello there");
    assert_eq!(model.calls(), 3);
    // Half a second and a second, each up to a quarter shorter.
    let waited = begun.elapsed();
    let bounds = Duration::from_millis(1_125)..=Duration::from_millis(1_510);
    assert!(bounds.contains(&waited), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_breaks_off_before_its_first_text_is_begun_again() {
    let model = Arc::new(
        ScriptedChatModel::replying([])
            .then_fails(ModelFault::Unavailable)
            .and_then(Script::replying([]).cut_off())
            .and_then(Script::replying(["whole"])),
    );
    let (text, _) = answer(&persistent(&model)).await.expect("an answer");
    assert_eq!((text.as_str(), model.calls()), ("whole", 3));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_again_once_there_was_text() {
    let model = Arc::new(ScriptedChatModel::replying(["Hel"]).then_fails(ModelFault::Unavailable));
    let error = answer(&persistent(&model))
        .await
        .expect_err("half an answer");
    assert!(matches!(error, ChatModelError::Unavailable { .. }));
    assert_eq!(model.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn three_requests_are_the_most() {
    let model = Arc::new(ScriptedChatModel::refusing(ModelFault::TimedOut));
    let error = answer(&persistent(&model)).await.expect_err("no answer");
    assert!(matches!(error, ChatModelError::TimedOut));
    assert_eq!(model.calls(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_host_is_not_asked_before_the_time_it_names() {
    let model = failing_then_well([limited(7)]);
    let begun = Instant::now();
    answer(&persistent(&model)).await.expect("an answer");
    let bounds = Duration::from_secs(7)..=Duration::from_millis(7_710);
    assert!(bounds.contains(&begun.elapsed()), "{:?}", begun.elapsed());
    assert_eq!(model.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_host_that_wants_a_long_rest_is_given_up_at_once_and_left_alone() {
    let model = failing_then_well([limited(90)]);
    let persistent = persistent(&model);
    let begun = Instant::now();
    for _ in 0..5 {
        let error = answer(&persistent).await.expect_err("no answer");
        assert!(matches!(error, ChatModelError::RateLimited { .. }));
    }
    assert_eq!((begun.elapsed(), model.calls()), (Duration::ZERO, 1));
    tokio::time::advance(Duration::from_secs(90)).await;
    answer(&persistent).await.expect("an answer");
}

#[tokio::test(start_paused = true)]
async fn the_longest_wait_is_waited_for_and_no_number_is_too_large_to_be_refused() {
    let longest = RetryPolicy::default().longest_wait.as_secs();
    let model = failing_then_well([limited(longest)]);
    answer(&persistent(&model)).await.expect("an answer");
    assert_eq!(model.calls(), 2);
    for seconds in [longest + 1, u64::MAX] {
        let model = failing_then_well([limited(seconds)]);
        answer(&persistent(&model)).await.expect_err("no answer");
        assert_eq!(model.calls(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_go_better_is_not_asked_again() {
    for fault in [
        ModelFault::Rejected { status: 401 },
        ModelFault::ContextTooLong,
        ModelFault::ContentRefused,
    ] {
        let model = failing_then_well([fault]);
        answer(&persistent(&model)).await.expect_err("no answer");
        assert_eq!(model.calls(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_dead_host_is_not_hammered() {
    let model = Arc::new(ScriptedChatModel::refusing(ModelFault::Unavailable));
    let persistent = persistent(&model);
    for _ in 0..50 {
        answer(&persistent).await.expect_err("no answer");
    }
    assert_eq!(model.calls(), 5, "then it was left alone");
    tokio::time::advance(Duration::from_secs(30)).await;
    for _ in 0..50 {
        answer(&persistent).await.expect_err("no answer");
    }
    assert_eq!(model.calls(), 6, "one finds out whether it is back");
}
