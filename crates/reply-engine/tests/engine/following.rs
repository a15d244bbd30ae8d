use std::sync::Arc;

use domain::reply::CancelledBy;
use reply_engine::{ClosingReason, Cursor, Frame, Opening};
use testkit::fakes::ScriptedChatModel;

use crate::world::{AT_ONCE, World, next, read, read_to_end};

#[tokio::test(flavor = "multi_thread")]
async fn another_process_reads_along_while_one_generates() {
    let world = World::new().await;
    let ticket = world.open_ticket().await;
    let (model, gate) = ScriptedChatModel::gated(["one ", "two ", "three"]);
    let (owner_model, other_model) = (
        Arc::new(model),
        Arc::new(ScriptedChatModel::replying(["never asked"])),
    );
    let (owner, other) = (
        world.engine(owner_model.clone()),
        world.engine(other_model.clone()),
    );

    let mut here = read(&owner, ticket, None).await;
    gate.release(1);
    assert!(matches!(next(&mut here).await, Frame::Created(_)));
    assert!(matches!(next(&mut here).await, Frame::Delta { .. }));

    let mut there = read(&other, ticket, None).await;
    assert!(matches!(next(&mut there).await, Frame::Created(_)));
    let Frame::Delta { text, .. } = next(&mut there).await else {
        panic!("no text so far")
    };
    assert_eq!(text, "one ");
    assert!(there.pulse().is_alive());
    gate.release(2);
    let whole = ("two three".to_owned(), "completed");
    assert_eq!(
        (read_to_end(here).await, read_to_end(there).await),
        (whole.clone(), whole)
    );
    assert_eq!((owner_model.calls(), other_model.calls()), (1, 0));
    assert_eq!(world.contents(ticket).await, ["one two three"]);
}

/// Longer than what is read from the log at a time.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_answer_of_another_process_is_read_whole() {
    let world = World::new().await;
    let ticket = world.open_ticket().await;
    let text = world.say_elsewhere(ticket, 2_500).await;
    let engine = world.engine_with_long_leases(Arc::new(ScriptedChatModel::replying(["Never."])));

    let mut reading = read(&engine, ticket, None).await;
    let mut shown = String::new();
    while shown != text {
        match next(&mut reading).await {
            Frame::Created(_) => {}
            Frame::Delta { text, .. } => shown.push_str(&text),
            frame => panic!("{frame:?} after {} bytes", shown.len()),
        }
        assert!(text.starts_with(&shown));
    }
    let cancelled = engine.cancel(ticket, CancelledBy::Customer).await;
    cancelled.expect("a store");
    let late = read(&engine, ticket, Some(Cursor::Sequence(2_000))).await;
    let (rest, status) = read_to_end(late).await;
    assert_eq!(status, "cancelled");
    assert!(text.ends_with(&format!(" {rest}")), "{rest}");
    assert_eq!(rest.split_whitespace().count(), 500);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_number_of_readers_on_two_processes_cause_one_call() {
    let world = World::new().await;
    let ticket = world.open_ticket().await;
    let model = Arc::new(ScriptedChatModel::replying(["Hello", " there"]));
    let engines = [world.engine(model.clone()), world.engine(model.clone())];
    let readings = (0..50).map(|number| {
        let engine = &engines[number % 2];
        async move { read_to_end(read(engine, ticket, None).await).await }
    });
    for (text, status) in futures_util::future::join_all(readings).await {
        assert_eq!((text.as_str(), status), ("Hello there", "completed"));
    }
    assert_eq!(model.calls(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_shuts_down_answers_from_what_exists_and_begins_nothing() {
    let world = World::new().await;
    let (answered, waiting) = (world.open_ticket().await, world.open_ticket().await);
    let engine = world.engine(Arc::new(ScriptedChatModel::replying(["Hello"])));
    read_to_end(read(&engine, answered, None).await).await;

    engine.shut_down(AT_ONCE).await;

    let (text, _) = read_to_end(read(&engine, answered, None).await).await;
    assert_eq!(text, "Hello");
    let mut elsewhere = read(&engine, waiting, None).await;
    assert!(matches!(
        next(&mut elsewhere).await,
        Frame::Closing {
            reason: ClosingReason::Shutdown,
            ..
        }
    ));
    assert_eq!(elsewhere.reply_id(), None);
    assert_eq!(elsewhere.next().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_does_not_exist_has_nothing_to_answer() {
    let world = World::new().await;
    let engine = world.engine(Arc::new(ScriptedChatModel::replying(["Hello"])));
    let unknown = domain::ids::TicketId::from_uuid(uuid::Uuid::from_u128(1));
    assert!(matches!(
        engine.open(unknown, None).await,
        Ok(Opening::Finished)
    ));
}
