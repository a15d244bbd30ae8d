//! The database crashes in the middle of an answer and comes back.

use std::time::Instant;

use groq_simulator::Reply;
use testkit::postgres::own_cluster;
use testkit::say;

use crate::fleet::{Fleet, QUICK, words};
use crate::harness::soon;
use crate::stored::Stored;

#[tokio::test(flavor = "multi_thread")]
async fn owner_and_follower_outlive_a_restart_of_the_database() {
    let Some(mut cluster) = own_cluster().await else {
        return;
    };
    let url = cluster.url("postgres");
    let fleet = Fleet::start(&url, 2, QUICK).await;
    let texts = ["first", "second", "third"].map(|name| words(name, 60));
    for text in &texts {
        fleet
            .simulator
            .enqueue(Reply::text(text).tokens_per_second(20));
    }
    let ticket = fleet.ticket().await;
    let (mut at_owner, mut elsewhere) = (fleet.reader(&ticket, 0), fleet.reader(&ticket, 1));
    at_owner.until("response.output_text.delta").await;
    elsewhere.until("response.output_text.delta").await;

    let started = Instant::now();
    cluster.stop();
    for replica in [0, 1] {
        soon("it is noticed", fleet.until_ready_is(replica, 503)).await;
    }
    soon("the database starts again", cluster.resume()).await;
    let down = started.elapsed();
    tokio::join!(at_owner.finish(), elsewhere.finish());

    let text = fleet.state(&ticket).await["output_text"]
        .as_str()
        .expect("a text")
        .to_owned();
    assert!(texts.contains(&text), "{text}");
    fleet
        .assert_answered(&ticket, &text, &[&at_owner, &elsewhere])
        .await;
    Stored::open(&url).await.assert_sound().await;
    let restarts = elsewhere.count("response.restarted");
    let calls = fleet.simulator.counts().received;
    say(&format!(
        "database_restart: {down:.1?} down, {restarts} restarts, {calls} calls"
    ));
}
