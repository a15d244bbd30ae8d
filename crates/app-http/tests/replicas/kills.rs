//! Owners that are killed at any moment, again and again.

use std::collections::HashSet;
use std::fmt;
use std::time::{Duration, Instant};

use groq_simulator::Reply;
use rand::Rng as _;
use rand::rngs::StdRng;
use testkit::postgres::fresh_database;
use testkit::say;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::chance::{rounds, seeded};
use crate::fleet::{Fleet, ON_FILE, STEADY, words};
use crate::reader::Reader;
use crate::stored::Stored;

/// Tickets that are answered at the same time.
const TICKETS: usize = 4;
/// The words of an answer, which takes a second.
const WORDS: usize = 40;
/// What a reply is given at most: one attempt, and another for each kill.
const ATTEMPTS: usize = 3;

/// What became of all rounds.
#[derive(Default)]
struct Tally {
    /// What the model may have said.
    texts: HashSet<String>,
    kills: usize,
    attempts: usize,
    restarts: usize,
    snapshots: usize,
    reconnections: usize,
    interrupted: usize,
    longest_round: Duration,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kills,
            attempts,
            restarts,
            snapshots,
            ..
        } = self;
        let Self {
            reconnections,
            interrupted,
            longest_round,
            ..
        } = self;
        write!(
            f,
            "{kills} kills, {attempts} attempts, {interrupted} interrupted for good, \
             {restarts} restarts and {snapshots} snapshots seen, {reconnections} reconnections, \
             longest round {longest_round:.1?}"
        )
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn however_owners_are_killed_each_question_has_one_answer() {
    let Some(database) = fresh_database().await else {
        return;
    };
    let mut chance = seeded("kills");
    let replicas = chance.random_range(2..=3);
    let mut fleet = Fleet::start(database.url(), replicas, STEADY).await;
    run(&mut fleet, replicas, rounds(5), &mut chance).await;
    Stored::open(database.url()).await.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn however_one_server_is_killed_each_question_has_one_answer_after_its_restart() {
    let mut chance = seeded("kills on SQLite");
    let mut fleet = Fleet::start(ON_FILE, 1, STEADY).await;
    run(&mut fleet, 1, rounds(4), &mut chance).await;
}

async fn run(fleet: &mut Fleet, replicas: usize, rounds: usize, chance: &mut StdRng) {
    let mut tally = Tally::default();
    for round in 0..rounds {
        let started = Instant::now();
        one_round(fleet, replicas, round, chance, &mut tally).await;
        tally.longest_round = tally.longest_round.max(started.elapsed());
    }
    let calls = fleet.simulator.counts().received;
    assert!(calls <= tally.attempts, "one call an attempt");
    say(&format!(
        "kills, {replicas} at work: {rounds} rounds of {TICKETS} replies, {tally}, {calls} calls"
    ));
}

async fn one_round(
    fleet: &mut Fleet,
    replicas: usize,
    round: usize,
    chance: &mut StdRng,
    tally: &mut Tally,
) {
    order_answers(fleet, round, &mut tally.texts);
    let victim = chance.random_range(0..replicas);
    let mut tickets = Vec::new();
    for _ in 0..TICKETS {
        tickets.push(fleet.ticket().await);
    }
    let mut reading = JoinSet::new();
    for ticket in &tickets {
        // The first to ask makes its replica the owner.
        for replica in [victim, victim + 1] {
            let mut reader = fleet.reader(ticket, replica);
            let ticket = ticket.clone();
            reading.spawn(async move {
                reader.finish().await;
                (ticket, reader)
            });
        }
    }
    // Often the heir is killed as well, while it starts over or soon after.
    let kills = 1 + usize::from(chance.random_bool(0.4));
    for kill in 0..kills {
        let patience = [0..1_200, 0..2_000][kill].clone();
        sleep(Duration::from_millis(chance.random_range(patience))).await;
        let replica = (victim + kill) % replicas;
        fleet.kill(replica);
        fleet.start_again(replica).await;
        tally.kills += 1;
    }
    let mut readers = reading.join_all().await;
    for ticket in &tickets {
        let of_ticket = readers.iter_mut().filter(|(of, _)| of == ticket);
        let mut readers: Vec<_> = of_ticket.map(|(_, reader)| reader).collect();
        check(fleet, ticket, &mut readers, kills, tally).await;
    }
}

/// Orders as many answers as a round can ask for, each of its own words. What is left of earlier
/// rounds is given first, and is as good.
fn order_answers(fleet: &Fleet, round: usize, texts: &mut HashSet<String>) {
    for number in 0..TICKETS * ATTEMPTS {
        let text = words(&format!("r{round}n{number}w"), WORDS);
        let reply = Reply::text(&text).tokens_per_second(40);
        fleet.simulator.enqueue(reply);
        texts.insert(text);
    }
}

async fn check(
    fleet: &Fleet,
    ticket: &str,
    readers: &mut [&mut Reader],
    kills: usize,
    tally: &mut Tally,
) {
    for reader in readers.iter_mut() {
        // A reader who saw a failure may have missed the attempt that somebody else asked for.
        reader.finish().await;
        reader.assert_numbers_increase();
        tally.restarts += reader.count("response.restarted");
        tally.snapshots += reader.count("response.snapshot");
        tally.reconnections += reader.connections - 1;
    }
    let state = fleet.state(ticket).await;
    let text = state["output_text"].as_str().expect("a text");
    let attempts = state["attempt"]
        .as_u64()
        .and_then(|n| usize::try_from(n).ok());
    let attempts = attempts.expect("a number");
    assert!(
        attempts <= kills + 1,
        "an owner was lost that was not killed: {state}"
    );
    tally.attempts += attempts;
    if state["status"] == "failed" {
        assert_eq!(state["error"]["code"], "interrupted", "{state}");
        assert!(kills > 1, "one owner was lost: {state}");
        assert_eq!(fleet.answers(ticket).await, [""; 0]);
        tally.interrupted += 1;
    } else {
        assert!(tally.texts.contains(text), "no model said so: {text}");
        let readers: Vec<_> = readers.iter().map(|reader| &**reader).collect();
        fleet.assert_answered(ticket, text, &readers).await;
    }
    for reader in readers.iter() {
        let status = state["status"].as_str().expect("a status");
        assert_eq!(reader.last().name, format!("response.{status}"));
        assert_eq!(reader.text, text);
    }
}
