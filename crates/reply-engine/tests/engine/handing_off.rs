//! Answers with which people take over.

use std::sync::Arc;
use std::time::Duration;

use domain::handoff::HandoffReason;
use domain::ids::TicketId;
use domain::ports::{Clock as _, ReplyEventLog as _};
use domain::reply::{EventId, EventKind, LoggedEvent};
use reply_engine::{Cursor, Frame};
use testkit::fakes::{ModelFault, ScriptedChatModel};

use crate::world::{World, next, read, read_to_end};

impl World {
    async fn logged(&self, ticket: TicketId) -> Vec<LoggedEvent> {
        let reply_id = self.stored(ticket).await.id;
        let events = self.log().read(reply_id, None, 1_000).await;
        events.expect("a log")
    }
}

/// The names of what a reader is told from there on.
async fn told(
    engine: &reply_engine::ReplyEngine,
    ticket: TicketId,
    cursor: Cursor,
) -> Vec<&'static str> {
    let mut reading = read(engine, ticket, Some(cursor)).await;
    let mut names = Vec::new();
    loop {
        let name = match next(&mut reading).await {
            Frame::Created(_) => "created",
            Frame::Snapshot { .. } => "snapshot",
            Frame::Delta { .. } => "delta",
            Frame::Restarted { .. } => "restarted",
            Frame::HandedOff { reason, .. } => reason.as_str(),
            Frame::Ended(_) => "ended",
            Frame::Closing { .. } => "closing",
        };
        names.push(name);
        if name == "ended" {
            return names;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handoff_is_told_by_the_row_when_the_events_are_gone() {
    let world = World::new().await;
    let ticket = world.open_ticket().await;
    let model = ScriptedChatModel::replying(["People will answer."]).handing_off();
    let engine = world.engine(Arc::new(model));
    read_to_end(read(&engine, ticket, None).await).await;
    let reply = world.stored(ticket).await;
    assert_eq!(reply.handoff, Some(HandoffReason::NothingFound));
    let events = world.logged(ticket).await;
    let [created, delta, handed_off, ended] = events.as_slice() else {
        panic!("not four events: {events:?}")
    };
    assert_eq!(
        (&handed_off.kind, &ended.kind),
        (
            &EventKind::HandedOff(HandoffReason::NothingFound),
            &EventKind::Ended
        )
    );
    for is_trimmed in [false, true] {
        if is_trimmed {
            world.clock.advance(Duration::from_hours(1));
            let trimmed = world.log().trim(world.clock.now(), 1_000).await;
            assert_eq!(trimmed.expect("a log"), 1);
        }
        let by_id = |event: &LoggedEvent| {
            Cursor::Event(EventId {
                reply_id: reply.id,
                position: event.position,
            })
        };
        for (event, expected) in [
            (created, ["delta", "nothing_found", "ended"].as_slice()),
            (delta, &["nothing_found", "ended"]),
            (handed_off, &["ended"]),
        ] {
            assert_eq!(told(&engine, ticket, by_id(event)).await, expected);
        }
        let by_number = Cursor::Sequence(handed_off.position.sequence);
        assert_eq!(told(&engine, ticket, by_number).await, ["ended"]);
        let unusable = told(&engine, ticket, Cursor::Unusable).await;
        assert_eq!(unusable, ["snapshot", "nothing_found", "ended"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_of_another_process_are_told_too() {
    let world = World::new().await;
    let ticket = world.open_ticket().await;
    let (model, gate) = ScriptedChatModel::gated(["People"]);
    let model = Arc::new(model.handing_off());
    let (owner, other) = (world.engine(model.clone()), world.engine(model));
    let first = read(&owner, ticket, None).await;
    let mut second = read(&other, ticket, None).await;
    gate.release(1);
    read_to_end(first).await;
    assert!(matches!(next(&mut second).await, Frame::Created(_)));
    assert!(matches!(next(&mut second).await, Frame::Delta { .. }));
    let Frame::HandedOff { reason, position } = next(&mut second).await else {
        panic!("no handoff")
    };
    assert_eq!(
        (reason, position.sequence),
        (HandoffReason::NothingFound, 2)
    );
    assert!(matches!(next(&mut second).await, Frame::Ended(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_back_is_said_when_the_model_breaks_off() {
    let world = World::new().await;
    for (model, status) in [
        (
            ScriptedChatModel::replying(["See [7]", " and [", "1"]),
            "completed",
        ),
        (
            ScriptedChatModel::replying(["See [7]", " and [", "1"])
                .then_fails(ModelFault::TimedOut),
            "failed",
        ),
        (
            ScriptedChatModel::replying(["See [7]", " and [", "1"]).cut_off(),
            "failed",
        ),
    ] {
        let ticket = world.open_ticket().await;
        let engine = world.engine(Arc::new(model));
        let shown = read_to_end(read(&engine, ticket, None).await).await;
        assert_eq!(shown, ("See  and [1".to_owned(), status));
        assert_eq!(world.stored(ticket).await.text, shown.0);
        engine.shut_down(crate::world::AT_ONCE).await;
    }
}
