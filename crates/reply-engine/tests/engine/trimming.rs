use std::sync::Arc;
use std::time::Duration;

use domain::ids::TicketId;
use domain::ports::{Clock as _, ReplyEventLog as _};
use domain::reply::EventId;
use reply_engine::{Cursor, Opening};
use testkit::fakes::{ModelFault, Script, ScriptedChatModel};

use crate::world::{World, end_of, read, read_to_end};

impl World {
    /// The ids of all events of the ticket's answer, in order.
    async fn event_ids(&self, ticket: TicketId) -> Vec<EventId> {
        let reply_id = self.stored(ticket).await.id;
        let events = self.log().read(reply_id, None, 1_000).await;
        let positions = events.expect("a log").into_iter();
        positions
            .map(|event| EventId {
                reply_id,
                position: event.position,
            })
            .collect()
    }

    async fn trim(&self) {
        self.clock.advance(Duration::from_hours(1));
        let trimmed = self.log().trim(self.clock.now(), 1_000).await;
        assert_eq!(trimmed.expect("a log"), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stored_text_continues_every_reader_when_the_events_are_gone() {
    let world = World::new().await;
    let ticket = world.open_ticket().await;
    let (model, gate) = ScriptedChatModel::gated(["Grüße", " 🚀", "!"]);
    let engine = world.engine(Arc::new(model));
    let reading = read(&engine, ticket, None).await;
    gate.release(3);
    read_to_end(reading).await;
    let ids = world.event_ids(ticket).await;
    let text = world.stored(ticket).await.text;
    world.trim().await;
    assert!(world.event_ids(ticket).await.is_empty());

    let engine = world.engine(Arc::new(ScriptedChatModel::replying(["not asked"])));
    let (last, earlier) = ids.split_last().expect("events");
    for id in earlier {
        let rest = read_to_end(read(&engine, ticket, Some(Cursor::Event(*id))).await).await;
        let seen = text.get(..id.position.offset).expect("a character's end");
        assert_eq!(
            (format!("{seen}{}", rest.0), rest.1),
            (text.clone(), "completed")
        );
        // The number alone does not tell how much was read.
        let by_number = Cursor::Sequence(id.position.sequence);
        let rest = read_to_end(read(&engine, ticket, Some(by_number)).await).await;
        assert_eq!(rest, (text.clone(), "completed"));
    }
    for cursor in [
        Cursor::Event(*last),
        Cursor::Sequence(last.position.sequence),
    ] {
        let opening = engine.open(ticket, Some(cursor)).await.expect("an opening");
        assert!(matches!(opening, Opening::Finished));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_whose_failed_attempt_is_trimmed_can_begin_again() {
    let world = World::new().await;
    let ticket = world.open_ticket().await;
    let model = ScriptedChatModel::replying(["wrong"])
        .then_fails(ModelFault::Rejected { status: 400 })
        .and_then(Script::replying(["right"]));
    let engine = world.engine(Arc::new(model));
    read_to_end(read(&engine, ticket, None).await).await;
    let seen = world.event_ids(ticket).await;
    let failed = end_of(&world.stored(ticket).await);
    world.trim().await;

    engine.retry(ticket).await.expect("another attempt");
    let end = ("right".to_owned(), "completed");
    for cursor in [
        None,
        Some(failed),
        seen.first().map(|id| Cursor::Event(*id)),
        seen.first()
            .map(|id| Cursor::Sequence(id.position.sequence)),
    ] {
        assert_eq!(read_to_end(read(&engine, ticket, cursor).await).await, end);
    }
    // Neither are readers on a process that never saw the first attempt in doubt.
    let other = world.engine(Arc::new(ScriptedChatModel::replying(["not asked"])));
    assert_eq!(
        read_to_end(read(&other, ticket, Some(failed)).await).await,
        end
    );
}
