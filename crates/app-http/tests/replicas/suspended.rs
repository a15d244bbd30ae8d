//! An owner that sleeps through the end of its lease and wakes up.

use groq_simulator::{Outcome, Reply};
use testkit::postgres::fresh_database;
use testkit::say;

use crate::fleet::{Fleet, STEADY, words};
use crate::harness::DEADLINE;
use crate::stored::Stored;

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_that_wakes_after_the_end_writes_nothing_and_shows_its_peers_answer() {
    let Some(database) = fresh_database().await else {
        return;
    };
    let mut fleet = Fleet::start(database.url(), 2, STEADY).await;
    let stored = Stored::open(database.url()).await;
    let text = words("peer", 20);
    let endless = Reply::text(words("own", 4_000)).tokens_per_second(20);
    fleet.simulator.enqueue(endless);
    fleet
        .simulator
        .enqueue(Reply::text(&text).tokens_per_second(40));
    let ticket = fleet.ticket().await;
    let (mut at_owner, mut at_peer) = (fleet.reader(&ticket, 0), fleet.reader(&ticket, 1));
    at_owner.until("response.output_text.delta").await;
    at_peer.until("response.output_text.delta").await;

    fleet.replica(0).signal("STOP");
    at_peer.finish().await;
    let log = stored.log().await;
    fleet.replica(0).signal("CONT");
    at_owner.finish().await;
    let dropped = fleet.simulator.wait_for_outcome(0, DEADLINE).await;

    assert_eq!(dropped.expect("an end"), Outcome::ClientLeft);
    assert_eq!(stored.log().await, log, "the old owner wrote nothing more");
    assert_eq!(at_owner.connections, 1, "its readers stayed with it");
    for reader in [&at_owner, &at_peer] {
        assert_eq!(reader.count("response.restarted"), 1);
        reader.assert_numbers_increase();
    }
    fleet
        .assert_answered(&ticket, &text, &[&at_owner, &at_peer])
        .await;
    stored.assert_sound().await;
    say(&format!(
        "suspended: {} calls",
        fleet.simulator.counts().received
    ));
}

/// The owner's whole answer has arrived by the time that it wakes, so that it goes on to store it
/// at once, while its peer still generates.
async fn wakes_with_its_whole_answer(own: Reply) {
    let Some(database) = fresh_database().await else {
        return;
    };
    let mut fleet = Fleet::start(database.url(), 2, STEADY).await;
    let stored = Stored::open(database.url()).await;
    let text = words("peer", 40);
    fleet.simulator.enqueue(own);
    let reply = Reply::text(&text).tokens_per_second(20);
    fleet.simulator.enqueue(reply);
    let ticket = fleet.ticket().await;
    let (mut at_owner, mut at_peer) = (fleet.reader(&ticket, 0), fleet.reader(&ticket, 1));
    at_owner.until("response.output_text.delta").await;
    at_peer.until("response.output_text.delta").await;

    fleet.replica(0).signal("STOP");
    at_peer.until("response.restarted").await;
    at_peer.until("response.output_text.delta").await;
    let arrived = fleet.simulator.wait_for_outcome(0, DEADLINE).await;
    assert_eq!(arrived.expect("an end"), Outcome::Completed);
    fleet.replica(0).signal("CONT");
    at_owner.finish().await;
    at_peer.finish().await;

    fleet
        .assert_answered(&ticket, &text, &[&at_owner, &at_peer])
        .await;
    for reader in [&at_owner, &at_peer] {
        assert_eq!(reader.count("response.restarted"), 1);
        reader.assert_numbers_increase();
    }
    assert_eq!(fleet.simulator.counts().received, 2);
    stored.assert_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_that_wakes_with_more_text_does_not_store_it() {
    wakes_with_its_whole_answer(Reply::text(words("own", 120)).tokens_per_second(60)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_that_wakes_with_nothing_but_the_end_does_not_store_it() {
    let text_then_nothing = [vec!["own text"], vec![""; 40]].concat();
    let reply = Reply::new().with_pieces(text_then_nothing);
    wakes_with_its_whole_answer(reply.tokens_per_second(20)).await;
}
