use std::sync::Arc;

use domain::reply::{CancelReason, CancelledBy, Ending, ReplyState};
use reply_engine::{Frame, ReplyStream};
use testkit::fakes::ScriptedChatModel;

use crate::world::{DEADLINE, World, next, read, read_to_end};

async fn expect_text(stream: &mut ReplyStream, expected: &str) {
    assert!(matches!(next(stream).await, Frame::Created(_)));
    let frame = next(stream).await;
    let Frame::Delta { text, .. } = frame else {
        panic!("{frame:?}")
    };
    assert_eq!(text, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_process_cancels_what_another_generates() {
    let world = World::new().await;
    let ticket = world.open_ticket().await;
    let (model, gate) = ScriptedChatModel::gated(["said", "never said"]);
    let model = Arc::new(model);
    let owner = world.engine_with_long_leases(model.clone());
    let other = world.engine_with_long_leases(model.clone());
    let mut here = read(&owner, ticket, None).await;
    gate.release(1);
    expect_text(&mut here, "said").await;
    let mut there = read(&other, ticket, None).await;
    expect_text(&mut there, "said").await;

    let cancelled = other.cancel(ticket, CancelledBy::Customer).await;
    let cancelled = cancelled.expect("a store").expect("a reply");
    let ending = Ending::Cancelled {
        reason: CancelReason::User,
        by: CancelledBy::Customer,
    };
    assert_eq!(cancelled.state, ReplyState::Ended(ending));
    assert_eq!(cancelled.text, "said");

    tokio::time::timeout(DEADLINE, model.until_dropped(1))
        .await
        .expect("the model is stopped");
    let end = (String::new(), "cancelled");
    assert_eq!(read_to_end(here).await, end);
    assert_eq!(read_to_end(there).await, end);
    // Also after a reload.
    let reloaded = read_to_end(read(&owner, ticket, None).await).await;
    assert_eq!(reloaded, ("said".to_owned(), "cancelled"));
    assert_eq!(model.calls(), 1);
    assert!(world.contents(ticket).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_twice_or_too_late_changes_nothing() {
    let world = World::new().await;
    let ticket = world.open_ticket().await;
    let engine = world.engine(Arc::new(ScriptedChatModel::replying(["Hello"])));
    let nothing = engine.cancel(ticket, CancelledBy::Agent).await;
    assert_eq!(nothing.expect("a store"), None);

    read_to_end(read(&engine, ticket, None).await).await;
    let ended = world.stored(ticket).await;
    for _ in 0..2 {
        let reply = engine.cancel(ticket, CancelledBy::Agent).await;
        assert_eq!(reply.expect("a store").as_ref(), Some(&ended));
    }
    assert_eq!(world.contents(ticket).await, ["Hello"]);
}
