use std::sync::Arc;

use domain::citation::CitationFilter;
use domain::reply::{EventId, Position};
use futures_util::future::join_all;
use proptest::collection;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use reply_engine::{Cursor, Frame, Opening, ReplyEngine};
use testkit::fakes::ScriptedChatModel;
use tokio::runtime::Runtime;

use crate::world::{World, next, read, read_to_end};

/// What a reader has seen up to one of its frames.
#[derive(Clone)]
struct Seen {
    text: String,
    position: Position,
}

/// Pieces of an answer, as awkward as they come, and how many are said before readers are cut off.
/// The last one can be seen, or there would be no answer.
fn answers() -> impl Strategy<Value = (Vec<String>, usize)> {
    let piece = prop_oneof![
        Just("\r\n".to_owned()),
        Just("\n\ndata: [DONE]\n\n".to_owned()),
        Just("\u{2028}\u{2029}\u{85}".to_owned()),
        Just("🚀é".to_owned()),
        Just("[9".to_owned()),
        Just("]".to_owned()),
        Just(String::new()),
        any::<char>().prop_map(String::from),
        ".{1,40}",
    ];
    collection::vec(piece, 0..12)
        .prop_map(|pieces| [pieces, vec!["end".to_owned()]].concat())
        .prop_flat_map(|pieces| (0..=pieces.len(), Just(pieces)))
        .prop_map(|(said, pieces)| (pieces, said))
}

/// Reads until that text is shown, noting what was seen at each frame.
async fn read_until(engine: &ReplyEngine, ticket: domain::ids::TicketId, text: &str) -> Vec<Seen> {
    let mut reading = read(engine, ticket, None).await;
    let mut seen: Vec<Seen> = Vec::new();
    loop {
        let shown = seen.last().map_or("", |seen| seen.text.as_str());
        if !seen.is_empty() && shown == text {
            return seen;
        }
        let (text, position) = match next(&mut reading).await {
            Frame::Created(_) => {
                let position = Position {
                    attempt: 1,
                    sequence: 0,
                    offset: 0,
                };
                (String::new(), position)
            }
            Frame::Delta { text, position } => (format!("{shown}{text}"), position),
            frame => panic!("{frame:?} after {shown:?}"),
        };
        seen.push(Seen { text, position });
    }
}

/// What a reader shows who comes back on that engine with what it has seen.
async fn resume(engine: &ReplyEngine, world: &World, ticket: domain::ids::TicketId, seen: Seen) {
    let reply = world.stored(ticket).await;
    let cursor = Cursor::Event(EventId {
        reply_id: reply.id,
        position: seen.position,
    });
    let Opening::Stream(reading) = engine.open(ticket, Some(cursor)).await.expect("an opening")
    else {
        panic!("there is more to read")
    };
    let (rest, status) = read_to_end(reading).await;
    let whole = world.stored(ticket).await.text;
    assert_eq!(
        (format!("{}{rest}", seen.text), status),
        (whole, "completed")
    );
}

async fn check(world: &World, pieces: &[String], said: usize) {
    let ticket = world.open_ticket().await;
    let (model, gate) = ScriptedChatModel::gated(pieces.iter().map(String::as_str));
    let model = Arc::new(model);
    let (owner, other) = (world.engine(model.clone()), world.engine(model.clone()));
    // A NUL cannot be stored everywhere, and is replaced. What may become a reference to a source
    // is held back, and what refers to none is not said.
    let mut citations = CitationFilter::new(0);
    let said_first = citations.push(&pieces.get(..said).expect("pieces").concat());
    let said_later = citations.push(&pieces.get(said..).expect("pieces").concat());
    let shown = |text: String| text.replace('\0', "\u{FFFD}");
    let whole = shown(format!("{said_first}{said_later}{}", citations.finish()));

    let first = owner.open(ticket, None).await.expect("an opening");
    gate.release(said);
    // Behind the last piece nothing holds the end back.
    let so_far = if said == pieces.len() {
        whole.clone()
    } else {
        shown(said_first)
    };
    let seen = read_until(&owner, ticket, &so_far).await;
    drop(first);
    let resumed = seen.iter().flat_map(|seen| {
        [&owner, &other].map(|engine| resume(engine, world, ticket, seen.clone()))
    });
    let release = async {
        gate.open();
    };
    tokio::join!(join_all(resumed), release);
    assert_eq!(world.stored(ticket).await.text, whole);

    let after = read_until(&owner, ticket, &whole).await;
    join_all(
        seen.into_iter()
            .chain(after)
            .map(|seen| resume(&other, world, ticket, seen)),
    )
    .await;
    assert_eq!(model.calls(), 1);
    for engine in [owner, other] {
        engine.shut_down(crate::world::AT_ONCE).await;
    }
}

#[test]
fn cut_after_any_event_running_or_ended_a_reader_gets_exactly_the_rest() {
    let runtime = Runtime::new().expect("a runtime");
    let world = runtime.block_on(World::new());
    let mut runner = TestRunner::new(Config {
        cases: 24,
        failure_persistence: None,
        ..Config::default()
    });
    runner
        .run(&answers(), |(pieces, said)| {
            runtime.block_on(check(&world, &pieces, said));
            Ok(())
        })
        .expect("every answer is resumed whole");
}
