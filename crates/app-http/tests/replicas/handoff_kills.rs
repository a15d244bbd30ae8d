//! Owners that are killed while a rule hands their ticket off.

use rand::Rng as _;
use rand::rngs::StdRng;
use reqwest::Method;
use serde_json::json;
use testkit::postgres::fresh_database;
use tokio::task::{JoinSet, yield_now};

use crate::chance::{rounds, seeded};
use crate::fleet::{Fleet, ON_FILE, QUICK};
use crate::stored::Stored;

/// When an owner is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// Somewhere between the request and the end.
    Sometime,
    /// As soon as the reader was told of that.
    Told(&'static str),
}

const MOMENTS: [Moment; 6] = [
    Moment::Sometime,
    Moment::Told("response.created"),
    Moment::Sometime,
    Moment::Told("response.output_text.delta"),
    Moment::Sometime,
    Moment::Told("ticket.handed_off"),
];

#[tokio::test(flavor = "multi_thread")]
async fn however_owners_are_killed_a_rule_hands_a_ticket_off_once() {
    let Some(database) = fresh_database().await else {
        return;
    };
    let mut chance = seeded("kills in a handoff");
    let mut fleet = Fleet::start(database.url(), 2, QUICK).await;
    run(&mut fleet, 2, &mut chance).await;
    let stored = Stored::open(database.url()).await;
    stored.assert_sound().await;
    let log = stored.log().await;
    let handoffs = log.iter().filter(|line| line.contains(" handed_off "));
    assert_eq!(handoffs.count(), stored.replies().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn however_one_server_is_killed_a_rule_hands_a_ticket_off_once() {
    let mut chance = seeded("kills in a handoff on SQLite");
    let mut fleet = Fleet::start(ON_FILE, 1, QUICK).await;
    run(&mut fleet, 1, &mut chance).await;
}

async fn run(fleet: &mut Fleet, replicas: usize, chance: &mut StdRng) {
    for round in 0..rounds(2) {
        for (number, moment) in MOMENTS.into_iter().enumerate() {
            let victim = (round + number) % replicas;
            one_kill(fleet, victim, moment, chance).await;
        }
    }
    assert_eq!(fleet.simulator.counts().received, 0, "no model is asked");
}

async fn one_kill(fleet: &mut Fleet, victim: usize, moment: Moment, chance: &mut StdRng) {
    let ticket = fleet.ticket_about("I want to talk to a human!").await;
    let mut reader = fleet.reader(&ticket, victim);
    match moment {
        Moment::Told(event) => {
            reader.until(event).await;
            fleet.kill(victim);
        }
        Moment::Sometime => {
            let mut reading = JoinSet::new();
            reading.spawn(async move {
                reader.finish().await;
                reader
            });
            // From before the request is sent to behind its end, without a clock.
            for _ in 0..chance.random_range(0..100_000) {
                yield_now().await;
            }
            fleet.kill(victim);
            fleet.start_again(victim).await;
            reader = reading.join_all().await.remove(0);
        }
    }
    if matches!(moment, Moment::Told(_)) {
        fleet.start_again(victim).await;
        reader.finish().await;
    }
    let text = reader.text.clone();
    assert!(text.contains("person"), "{moment:?}: {text}");
    assert_eq!(reader.count("ticket.handed_off"), 1, "{moment:?}");
    reader.assert_numbers_increase();
    let mut later = fleet.reader(&ticket, victim);
    later.until("response.completed").await;
    assert_eq!(later.count("ticket.handed_off"), 1, "{moment:?}");
    fleet
        .assert_answered(&ticket, &text, &[&reader, &later])
        .await;
    let shown = fleet.ask(victim, Method::GET, &ticket).await;
    let shown = shown.expect_status(200).json();
    assert_eq!(
        (&shown["handoff"]["reason"], &shown["assistant_enabled"]),
        (&json!("requested"), &json!(false))
    );
}
