//! Replicas that are told to stop in the middle of answers.

use std::time::{Duration, Instant};

use groq_simulator::{Outcome, Reply};
use testkit::postgres::fresh_database;
use testkit::say;
use tokio::task::JoinSet;

use crate::fleet::{Fleet, ON_FILE, PATIENT, STEADY, words};
use crate::harness::{DEADLINE, soon};
use crate::reader::Reader;
use crate::stored::Stored;

const READERS: usize = 200;
/// How soon an heir begins. No lease runs out so soon in these tests.
const AT_ONCE: Duration = Duration::from_secs(3);

fn with(
    settings: &[(&'static str, &'static str)],
    seconds: &'static str,
) -> Vec<(&'static str, &'static str)> {
    [settings, &[("SHUTDOWN_SECONDS", seconds)]].concat()
}

/// What the stopping replica is answering: the text if it ends within its time.
fn answers() -> Vec<(Option<String>, Reply)> {
    let mut answers = Vec::new();
    for name in ["short", "brief"] {
        let text = words(name, 40);
        let reply = Reply::text(&text).tokens_per_second(20);
        answers.push((Some(text), reply));
    }
    for name in ["long", "wide"] {
        let text = words(name, 100);
        let reply = Reply::text(&text).tokens_per_second(20);
        answers.push((Some(text), reply));
    }
    for name in ["stuck", "stalled"] {
        answers.push((None, Reply::text(words(name, 60)).stall_after(10)));
    }
    answers.push((
        None,
        Reply::text(words("endless", 4_000)).tokens_per_second(20),
    ));
    answers
}

/// Begins the answers at the first replica, one call of the model after the other, with many
/// readers.
async fn begin(
    fleet: &Fleet,
    answers: &[(Option<String>, Reply)],
) -> (Vec<String>, Vec<(usize, Reader)>) {
    let (mut tickets, mut readers) = (Vec::new(), Vec::new());
    for (number, (_, reply)) in answers.iter().enumerate() {
        fleet.simulator.enqueue(reply.clone());
        let ticket = fleet.ticket().await;
        let mut reader = fleet.reader(&ticket, 0);
        reader.until("response.output_text.delta").await;
        readers.push((number, reader));
        tickets.push(ticket);
    }
    let mut opening = JoinSet::new();
    for number in readers.len()..READERS {
        let answer = number % answers.len();
        let mut reader = fleet.reader(&tickets[answer], 0);
        opening.spawn(async move {
            reader.until("response.created").await;
            (answer, reader)
        });
    }
    readers.extend(opening.join_all().await);
    (tickets, readers)
}

#[tokio::test(flavor = "multi_thread")]
async fn all_readers_of_a_replica_that_stops_finish_at_another() {
    const BUDGET: Duration = Duration::from_secs(10);

    let Some(database) = fresh_database().await else {
        return;
    };
    let mut fleet = Fleet::start(database.url(), 2, &with(PATIENT, "10")).await;
    let answers = answers();
    let (tickets, readers) = begin(&fleet, &answers).await;
    let unfinished = answers.iter().filter(|(text, _)| text.is_none()).count();
    let heirs: Vec<_> = (0..unfinished)
        .map(|n| words(&format!("heir{n}w"), 20))
        .collect();
    for text in &heirs {
        fleet
            .simulator
            .enqueue(Reply::text(text).tokens_per_second(20));
    }

    let asked = Instant::now();
    fleet.replica(0).signal("TERM");
    let mut reading = JoinSet::new();
    for (answer, mut reader) in readers {
        reading.spawn(async move {
            reader.finish().await;
            (answer, reader)
        });
    }
    let code = fleet.exit_code(0).await;
    let took = asked.elapsed();
    let calls = answers.len() + unfinished;
    let inherited = fleet.simulator.wait_for_requests(calls, AT_ONCE).await;
    assert_eq!(inherited.expect("heirs at once").len(), calls);
    let readers = reading.join_all().await;

    assert_eq!(code, Some(0));
    assert!(took <= BUDGET, "{took:?}");
    assert_eq!(readers.len(), READERS);
    for (number, (text, _)) in answers.iter().enumerate() {
        let of_this = readers.iter().filter(|(answer, _)| *answer == number);
        let readers: Vec<_> = of_this.map(|(_, reader)| reader).collect();
        assert_finished(&fleet, &tickets[number], text.as_deref(), &readers, &heirs).await;
        let outcome = fleet.simulator.requests()[number].outcome;
        let expected = if text.is_some() {
            Outcome::Completed
        } else {
            Outcome::ClientLeft
        };
        assert_eq!(outcome, expected, "call {number}");
    }
    assert_eq!(fleet.simulator.counts().received, calls);
    Stored::open(database.url()).await.assert_sound().await;
    let moved = readers
        .iter()
        .filter(|(_, reader)| !reader.moves.is_empty())
        .count();
    say(&format!(
        "shutdown: {READERS} readers of {} replies, {moved} moved, {unfinished} replies handed \
         over, exit after {took:.1?}, {calls} calls",
        answers.len()
    ));
}

/// Checks one answer: it was finished by its first owner, or begun anew by an heir.
async fn assert_finished(
    fleet: &Fleet,
    ticket: &str,
    text: Option<&str>,
    readers: &[&Reader],
    heirs: &[String],
) {
    let shown = readers[0].text.as_str();
    match text {
        Some(text) => assert_eq!(shown, text),
        None => assert!(heirs.iter().any(|text| text == shown), "{shown}"),
    }
    fleet.assert_answered(ticket, shown, readers).await;
    let attempts = if text.is_some() { 1 } else { 2 };
    assert_eq!(fleet.state(ticket).await["attempt"], attempts);
    for reader in readers {
        assert_eq!(reader.count("response.restarted"), attempts - 1);
        reader.assert_numbers_increase();
    }
}

/// Three owners in a row: the first hands over, the second is killed. Had the hand-over used up an
/// attempt, the reply would have failed.
#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_was_handed_over_still_survives_a_kill() {
    let Some(database) = fresh_database().await else {
        return;
    };
    let mut fleet = Fleet::start(database.url(), 2, &with(STEADY, "4")).await;
    let text = words("third", 20);
    fleet
        .simulator
        .enqueue(Reply::text("It stalls at once").stall_after(3));
    fleet
        .simulator
        .enqueue(Reply::text("It stalls as well").stall_after(3));
    fleet
        .simulator
        .enqueue(Reply::text(&text).tokens_per_second(20));
    let ticket = fleet.ticket().await;
    let mut reader = fleet.reader(&ticket, 0);
    reader.until("response.output_text.delta").await;

    fleet.replica(0).signal("TERM");
    assert_eq!(fleet.exit_code(0).await, Some(0));
    reader.until("response.restarted").await;
    reader.until("response.output_text.delta").await;
    fleet.start_again(0).await;
    fleet.kill(1);
    reader.finish().await;

    fleet.assert_answered(&ticket, &text, &[&reader]).await;
    assert_eq!(fleet.state(&ticket).await["attempt"], 3);
    assert_eq!(reader.count("response.restarted"), 2);
    assert_eq!(fleet.simulator.counts().received, 3);
    reader.assert_numbers_increase();
    Stored::open(database.url()).await.assert_sound().await;
}

/// Nobody reads it, so that an heir finds it only when it renews its own leases.
#[tokio::test(flavor = "multi_thread")]
async fn a_reply_without_readers_is_handed_over_as_well() {
    let Some(database) = fresh_database().await else {
        return;
    };
    let lease = ("LEASE_SECONDS", "6");
    let mut fleet = Fleet::start(database.url(), 2, &with(&[lease], "4")).await;
    let text = words("unattended", 20);
    fleet
        .simulator
        .enqueue(Reply::text("It stalls at once").stall_after(3));
    fleet.simulator.enqueue(Reply::text(&text));
    let ticket = fleet.ticket().await;
    let mut reader = fleet.reader(&ticket, 0);
    reader.until("response.output_text.delta").await;
    reader.disconnect();

    fleet.replica(0).signal("TERM");
    assert_eq!(fleet.exit_code(0).await, Some(0));
    let exited = Instant::now();
    let inherited = fleet.simulator.wait_for_requests(2, AT_ONCE).await;
    inherited.expect("an heir at once");
    let took = exited.elapsed();
    reader.finish().await;
    fleet.assert_answered(&ticket, &text, &[&reader]).await;
    say(&format!(
        "shutdown: an unattended reply's heir began {took:.1?} after the exit"
    ));
}

/// There is nobody to hand over to: readers stay while there is hope, and the next start goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_single_server_finishes_what_it_can_and_goes_on_after_its_restart() {
    /// `SHUTDOWN_SECONDS` less what is kept back for closing.
    const BUDGET: Duration = Duration::from_secs(3);

    let mut fleet = Fleet::start(ON_FILE, 1, &with(PATIENT, "6")).await;
    let in_time = words("intime", 40);
    let text = words("after", 20);
    fleet
        .simulator
        .enqueue(Reply::text(&in_time).tokens_per_second(20));
    let tickets = [fleet.ticket().await, fleet.ticket().await];
    let mut lucky = fleet.reader(&tickets[0], 0);
    lucky.until("response.output_text.delta").await;
    fleet
        .simulator
        .enqueue(Reply::text("It stalls at once").stall_after(3));
    fleet
        .simulator
        .enqueue(Reply::text(&text).tokens_per_second(20));
    let mut patient = fleet.reader(&tickets[1], 0);
    patient.until("response.output_text.delta").await;

    let asked = Instant::now();
    fleet.replica(0).signal("TERM");
    let mut reading = JoinSet::new();
    for mut reader in [lucky, patient] {
        reading.spawn(async move {
            reader.finish().await;
            reader
        });
    }
    assert_eq!(fleet.exit_code(0).await, Some(0));
    let took = asked.elapsed();
    assert!(took <= Duration::from_secs(6), "{took:?}");
    fleet.start_again(0).await;
    let inherited = fleet.simulator.wait_for_requests(3, AT_ONCE).await;
    inherited.expect("an heir at once");
    let mut readers = soon("the ends", reading.join_all()).await;

    readers.sort_by_key(|reader| reader.moves.len());
    let [lucky, patient] = &readers[..] else {
        panic!("two readers");
    };
    assert_eq!((lucky.connections, lucky.moves.len()), (1, 0));
    assert_eq!((patient.connections, patient.moves.len()), (2, 1));
    assert!(patient.moves[0] >= asked + BUDGET, "moved too early");
    fleet.assert_answered(&tickets[0], &in_time, &[lucky]).await;
    fleet.assert_answered(&tickets[1], &text, &[patient]).await;
    assert_eq!(fleet.state(&tickets[1]).await["attempt"], 2);
    assert_eq!(fleet.simulator.counts().received, 3);
    let outcome = fleet.simulator.wait_for_outcome(1, DEADLINE).await;
    assert_eq!(outcome.expect("an end"), Outcome::ClientLeft);
    say(&format!(
        "shutdown: one server on a file, exit after {took:.1?}, 3 calls"
    ));
}
