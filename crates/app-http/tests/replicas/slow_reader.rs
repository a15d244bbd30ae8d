//! Clients that read far more slowly than the model writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use groq_simulator::Reply;
use testkit::say;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::fleet::{Fleet, ON_FILE, PATIENT};
use crate::harness::shown_text;
use crate::process::Process;
use crate::raw_client::RawClient;
use crate::reader::event_of;

const SLOW_READERS: usize = 120;
/// How many of them read on to the end once they may.
const PATIENT_ONES: usize = 5;
const PIECES: usize = 256;
const BYTES_A_PIECE: usize = 4 * 1024;
/// What one of them may cost at most: a small part of the answer, encoded and on its way.
const BYTES_A_READER: usize = 256 * 1024;

/// An answer of 1 MiB in two seconds.
fn long_answer(letter: &str) -> (String, Reply) {
    let piece = letter.repeat(BYTES_A_PIECE);
    let reply = Reply::new().with_pieces(vec![piece.clone(); PIECES]);
    (piece.repeat(PIECES), reply.tokens_per_second(128))
}

/// Reads a byte a second until it may hurry; then it reads on to the end or leaves.
async fn read_slowly(
    mut client: RawClient,
    hurry: CancellationToken,
    read: Arc<AtomicUsize>,
) -> RawClient {
    loop {
        tokio::select! {
            () = hurry.cancelled() => return client,
            () = sleep(Duration::from_secs(1)) => {}
        }
        client.read_one().await.expect("a byte");
        read.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_readers_delay_nobody_and_cost_little_and_get_everything() {
    let mut fleet = Fleet::start(ON_FILE, 1, PATIENT).await;
    let token = fleet.token();
    let process = Process::new(fleet.replica(0).pid());

    // The same without them first, to compare with and to have memory in use that stays in use.
    let (alone, reply) = long_answer("a");
    fleet.simulator.enqueue(reply);
    let ticket = fleet.ticket().await;
    let started = Instant::now();
    let mut reader = fleet.reader(&ticket, 0);
    reader.finish().await;
    let without = started.elapsed();
    fleet.assert_answered(&ticket, &alone, &[&reader]).await;

    let (text, reply) = long_answer("b");
    fleet
        .simulator
        .enqueue(reply.first_token_after(Duration::from_millis(500)));
    let ticket = fleet.ticket().await;
    let mut reader = fleet.reader(&ticket, 0);
    reader.until("response.created").await;
    let before = process.resident_bytes();
    let server = &*fleet.replica(0);
    let opening =
        (0..SLOW_READERS).map(|_| RawClient::open(server, &ticket, &token, RawClient::TINY));
    let (hurry, bytes) = (CancellationToken::new(), Arc::<AtomicUsize>::default());
    let mut reading = JoinSet::new();
    for client in join_all(opening).await {
        reading.spawn(read_slowly(client, hurry.clone(), Arc::clone(&bytes)));
    }

    let started = Instant::now();
    reader.finish().await;
    let with = started.elapsed();
    let after = process.resident_bytes();
    let read = bytes.load(Ordering::Relaxed);
    assert!(
        read < SLOW_READERS * BYTES_A_PIECE,
        "they were not slow: {read} bytes"
    );
    fleet.assert_answered(&ticket, &text, &[&reader]).await;
    let each = after.saturating_sub(before) / SLOW_READERS;
    say(&format!(
        "slow_reader: {without:.1?} without, {with:.1?} with {SLOW_READERS} of them who read \
         {read} bytes; {} KiB each",
        each / 1024
    ));
    assert!(each < BYTES_A_READER, "{each} bytes each");

    hurry.cancel();
    let mut clients = reading.join_all().await;
    clients.truncate(PATIENT_ONES);
    for client in &mut clients {
        client.hurry();
        client.finish().await;
        assert_shows(&client.body(), &text);
    }
}

/// Checks what a reader of that body shows.
fn assert_shows(body: &str, text: &str) {
    let events: Vec<_> = body.split_inclusive("\n\n").map(event_of).collect();
    assert!(shown_text(&events) == text, "not the whole text");
    let end = events.last().map(|event| event.name.as_str());
    assert_eq!(end, Some("response.completed"));
}
