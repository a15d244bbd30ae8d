//! Many readers of one answer, everywhere at once.

use std::time::{Duration, Instant};

use groq_simulator::Reply;
use testkit::postgres::fresh_database;
use testkit::say;
use tokio::task::JoinSet;

use crate::fleet::{Fleet, PATIENT, words};
use crate::stored::Stored;

const REPLICAS: usize = 3;
const READERS: usize = 200;

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_readers_of_three_replicas_share_one_call_of_the_model() {
    let Some(database) = fresh_database().await else {
        return;
    };
    let fleet = Fleet::start(database.url(), REPLICAS, PATIENT).await;
    let text = words("shared", 60);
    let slowly = Reply::text(&text).first_token_after(Duration::from_millis(300));
    fleet.simulator.enqueue(slowly.tokens_per_second(40));
    let ticket = fleet.ticket().await;

    let started = Instant::now();
    let mut reading = JoinSet::new();
    for number in 0..READERS {
        let mut reader = fleet.reader(&ticket, number);
        reading.spawn(async move {
            reader.until("response.created").await;
            let began = started.elapsed();
            reader.until("response.completed").await;
            let ended = started.elapsed();
            reader.finish().await;
            (reader, began, ended)
        });
    }
    let read = reading.join_all().await;
    let last_began = read.iter().map(|(_, began, _)| *began).max();
    let last_ended = read.iter().map(|(.., ended)| *ended).max();
    let (last_began, last_ended) = last_began.zip(last_ended).expect("readers");
    let readers: Vec<_> = read.into_iter().map(|(reader, ..)| reader).collect();

    let end = readers[0].last();
    for reader in &readers {
        assert_eq!(reader.seen[0].name, "response.created");
        assert_eq!(reader.last(), end);
        let deltas = reader.count("response.output_text.delta");
        assert_eq!(reader.seen.len(), deltas + 2, "nothing else was told");
        assert_eq!(reader.connections, 1, "and nobody was cut off");
        reader.assert_numbers_increase();
    }
    let readers: Vec<_> = readers.iter().collect();
    fleet.assert_answered(&ticket, &text, &readers).await;
    assert_eq!(fleet.simulator.counts().received, 1);
    let stored = Stored::open(database.url()).await;
    assert_eq!(stored.replies().await, 1);
    stored.assert_sound().await;
    say(&format!(
        "fan_in: {READERS} readers on {REPLICAS} replicas, 1 call, the last began after \
         {last_began:.1?} and had it all after {last_ended:.1?}"
    ));
}
