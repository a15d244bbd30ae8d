use std::sync::Arc;

use domain::ports::Finish;
use domain::reply::{CancelledBy, Ending, FailureCode, FinishReason, ReplyState, RestartReason};
use reply_engine::{Frame, RetryError};
use testkit::fakes::{ModelFault, Script, ScriptedChatModel};

use crate::world::{DEADLINE, World, next, read, read_to_end};

#[tokio::test(flavor = "multi_thread")]
async fn a_demanded_attempt_goes_beyond_the_limit_and_past_what_cannot_be_mended() {
    let world = World::new().await;
    let ticket = world.open_ticket().await;
    let model = (0..5)
        .map(|_| Script::refusing(ModelFault::Rejected { status: 400 }))
        .chain([Script::replying(["at last"])]);
    let engine = world.engine(Arc::new(ScriptedChatModel::playing(model)));
    assert_eq!(
        read_to_end(read(&engine, ticket, None).await).await.1,
        "failed"
    );
    for attempt in 2..=5 {
        let retried = engine.retry(ticket).await.expect("another attempt");
        assert_eq!((retried.attempt, retried.has_ended()), (attempt, false));
        let end = read_to_end(read(&engine, ticket, None).await).await;
        assert_eq!(end, (String::new(), "failed"));
    }
    engine.retry(ticket).await.expect("another attempt");
    let end = read_to_end(read(&engine, ticket, None).await).await;
    assert_eq!(end, ("at last".to_owned(), "completed"));
    assert!(matches!(
        engine.retry(ticket).await,
        Err(RetryError::Answered)
    ));
    assert_eq!(world.contents(ticket).await, ["at last"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_a_word_is_none() {
    for (pieces, reason, code) in [
        (
            [""; 2],
            FinishReason::Length,
            FailureCode::UpstreamUnavailable,
        ),
        (
            [""; 2],
            FinishReason::ContentFilter,
            FailureCode::ContentRefused,
        ),
        (
            [""; 2],
            FinishReason::Stop,
            FailureCode::UpstreamUnavailable,
        ),
        (
            ["[7", "]"],
            FinishReason::Stop,
            FailureCode::UpstreamUnavailable,
        ),
    ] {
        let world = World::new().await;
        let ticket = world.open_ticket().await;
        let finish = Finish {
            reason,
            usage: None,
            model: None,
            hands_off: false,
        };
        let silent = Script::replying(pieces).after_thinking().ending(finish);
        let engine = world.engine(Arc::new(ScriptedChatModel::playing([silent])));
        let end = read_to_end(read(&engine, ticket, None).await).await;
        assert_eq!(end, (String::new(), "failed"));
        let failed = ReplyState::Ended(Ending::Failed { code });
        assert_eq!(world.stored(ticket).await.state, failed);
        assert_eq!(world.contents(ticket).await, [""; 0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn blanks_are_no_answer() {
    let world = World::new().await;
    let ticket = world.open_ticket().await;
    let model =
        ScriptedChatModel::playing([Script::replying([" ", "\n"]), Script::replying(["Here."])]);
    let engine = world.engine(Arc::new(model));
    let end = read_to_end(read(&engine, ticket, None).await).await;
    assert_eq!(end, (" \n".to_owned(), "failed"));
    engine.retry(ticket).await.expect("another attempt");
    let end = read_to_end(read(&engine, ticket, None).await).await;
    assert_eq!(end, ("Here.".to_owned(), "completed"));
    assert_eq!(world.contents(ticket).await, ["Here."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_cancelled_is_begun_again_for_readers_who_saw_a_part() {
    let world = World::new().await;
    let ticket = world.open_ticket().await;
    let (begun, gate) = Script::gated(["begun", "never said"]);
    let model = Arc::new(ScriptedChatModel::playing([
        begun,
        Script::replying(["whole"]),
    ]));
    let engine = world.engine(model.clone());
    assert!(matches!(
        engine.retry(ticket).await,
        Err(RetryError::NothingToRetry)
    ));
    let mut reading = read(&engine, ticket, None).await;
    gate.release(1);
    assert!(matches!(next(&mut reading).await, Frame::Created(_)));
    assert!(matches!(next(&mut reading).await, Frame::Delta { .. }));
    assert!(matches!(
        engine.retry(ticket).await,
        Err(RetryError::Running)
    ));

    let cancelled = engine.cancel(ticket, CancelledBy::Customer).await;
    assert!(cancelled.expect("a store").is_some());
    tokio::time::timeout(DEADLINE, model.until_dropped(1))
        .await
        .expect("the model is stopped");
    let seen = world.stored(ticket).await;
    let cursor = crate::world::end_of(&seen);
    engine.retry(ticket).await.expect("another attempt");

    let mut resumed = read(&engine, ticket, Some(cursor)).await;
    let frame = next(&mut resumed).await;
    let Frame::Restarted { position, reason } = frame else {
        panic!("{frame:?}")
    };
    assert_eq!((position.attempt, reason), (2, RestartReason::Retry));
    let end = ("whole".to_owned(), "completed");
    assert_eq!(read_to_end(resumed).await, end);
    assert_eq!(model.calls(), 2);
}
