use std::sync::Arc;
use std::time::Duration;

use domain::reply::RestartReason;
use reply_engine::{Frame, ShutdownPace};
use testkit::fakes::{Script, ScriptedChatModel};

use crate::world::{AT_ONCE, DEADLINE, World, next, read, read_to_end};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_shutdown_leaves_unfinished_goes_on_elsewhere_before_its_lease_ends() {
    let world = World::new().await;
    let ticket = world.open_ticket().await;
    let (model, gate) = ScriptedChatModel::gated(["begun", "never said"]);
    let model = Arc::new(model);
    let owner = world.engine_with_long_leases(model.clone());
    let heir_model = Arc::new(ScriptedChatModel::replying(["finished"]));
    let heir = world.engine_with_long_leases(heir_model.clone());
    let mut here = read(&owner, ticket, None).await;
    gate.release(1);
    assert!(matches!(next(&mut here).await, Frame::Created(_)));
    assert!(matches!(next(&mut here).await, Frame::Delta { .. }));
    let mut there = read(&heir, ticket, None).await;
    assert!(matches!(next(&mut there).await, Frame::Created(_)));
    assert!(matches!(next(&mut there).await, Frame::Delta { .. }));

    owner.shut_down(AT_ONCE).await;

    assert!(matches!(next(&mut here).await, Frame::Closing { .. }));
    assert_eq!(
        model.abandoned_streams(),
        1,
        "the model is not left talking"
    );
    let restarted = next(&mut there).await;
    let Frame::Restarted { position, reason } = restarted else {
        panic!("{restarted:?}")
    };
    assert_eq!((position.attempt, reason), (2, RestartReason::OwnerLost));
    let end = ("finished".to_owned(), "completed");
    assert_eq!(read_to_end(there).await, end);
    assert_eq!(world.stored(ticket).await.attempts_used(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_number_of_shutdowns_costs_a_reply_no_attempt() {
    let world = World::new().await;
    let ticket = world.open_ticket().await;
    for _ in 0..4 {
        let (model, _gate) = ScriptedChatModel::gated(["never said"]);
        let model = Arc::new(model);
        let owner = world.engine_with_long_leases(model.clone());
        let reading = read(&owner, ticket, None).await;
        tokio::time::timeout(DEADLINE, model.until_called(1))
            .await
            .expect("the model is asked");
        drop(reading);
        owner.shut_down(AT_ONCE).await;
        assert_eq!(world.stored(ticket).await.state.status(), "queued");
    }
    let last = world.engine(Arc::new(ScriptedChatModel::replying(["at last"])));
    let end = read_to_end(read(&last, ticket, None).await).await;
    assert_eq!(end, ("at last".to_owned(), "completed"));
    let reply = world.stored(ticket).await;
    assert_eq!((reply.attempt, reply.attempts_used()), (5, 1));
    assert_eq!(world.contents(ticket).await, ["at last"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_within_the_budget_is_not_handed_over() {
    let world = World::new().await;
    let ticket = world.open_ticket().await;
    let (script, gate) = Script::gated(["one ", "two"]);
    let model = Arc::new(ScriptedChatModel::playing([script]));
    let owner = world.engine_with_long_leases(model.clone());
    let mut reading = read(&owner, ticket, None).await;
    gate.release(1);
    assert!(matches!(next(&mut reading).await, Frame::Created(_)));
    assert!(matches!(next(&mut reading).await, Frame::Delta { .. }));

    let pace = ShutdownPace {
        budget: DEADLINE,
        patience: Duration::ZERO,
    };
    // Readers are sent elsewhere while the generation goes on.
    let moved = async {
        assert!(matches!(next(&mut reading).await, Frame::Closing { .. }));
        gate.release(1);
    };
    tokio::join!(owner.shut_down(pace), moved);

    let reply = world.stored(ticket).await;
    assert_eq!((reply.text.as_str(), reply.attempt), ("one two", 1));
    assert_eq!(reply.state.status(), "completed");
    assert_eq!(model.calls(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn patient_readers_see_the_end_of_what_ends_within_the_budget() {
    let world = World::new().await;
    let ticket = world.open_ticket().await;
    let (model, gate) = ScriptedChatModel::gated(["one ", "two"]);
    let owner = world.engine_with_long_leases(Arc::new(model));
    let mut reading = read(&owner, ticket, None).await;
    gate.release(1);
    assert!(matches!(next(&mut reading).await, Frame::Created(_)));
    let pace = ShutdownPace {
        budget: DEADLINE,
        patience: DEADLINE,
    };
    let staying = async {
        gate.release(1);
        read_to_end(reading).await
    };
    let ((), end) = tokio::join!(owner.shut_down(pace), staying);
    assert_eq!(end, ("one two".to_owned(), "completed"));
}
