//! Clients that go away in the middle of an answer, in each of the ways there are.

use std::time::Instant;

use groq_simulator::Reply;
use testkit::say;

use crate::fleet::{Fleet, ON_FILE, words};
use crate::harness::soon;
use crate::process::Process;
use crate::raw_client::RawClient;

/// Clients of each kind.
const CLIENTS: usize = 20;
/// Streams that are broken off one after the other, some at a time.
const ABORTED: usize = 500;
const AT_A_TIME: usize = 50;

/// SQLite, so that every socket but a few is a client's.
async fn server(settings: &[(&str, &str)]) -> (Fleet, Process) {
    let mut fleet = Fleet::start(ON_FILE, 1, settings).await;
    let process = Process::new(fleet.replica(0).pid());
    (fleet, process)
}

async fn clients(fleet: &mut Fleet, ticket: &str, count: usize, buffer: u32) -> Vec<RawClient> {
    let token = fleet.token();
    let server = &*fleet.replica(0);
    let opening = (0..count).map(|_| RawClient::open(server, ticket, &token, buffer));
    futures_util::future::join_all(opening).await
}

/// An answer that lasts until everybody has left, and some time longer.
async fn begin(
    fleet: &mut Fleet,
    text: &str,
    words_a_second: u32,
) -> (String, crate::reader::Reader) {
    let reply = Reply::text(text).tokens_per_second(words_a_second);
    fleet.simulator.enqueue(reply);
    let ticket = fleet.ticket().await;
    let mut reader = fleet.reader(&ticket, 0);
    reader.until("response.output_text.delta").await;
    (ticket, reader)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_closes_or_resets_is_forgotten_and_the_answer_is_stored() {
    let (mut fleet, process) = server(&[]).await;
    let text = words("on", 120);
    let (ticket, mut reader) = begin(&mut fleet, &text, 20).await;
    let before = soon("all is quiet", process.sockets_at_rest()).await;

    let polite = clients(&mut fleet, &ticket, CLIENTS, RawClient::LARGE).await;
    assert!(
        process.sockets() >= before + CLIENTS - 1,
        "they are counted"
    );
    let started = Instant::now();
    futures_util::future::join_all(polite.into_iter().map(RawClient::leave_politely)).await;
    soon(
        "no socket of theirs is left",
        process.until_sockets_are_at_most(before),
    )
    .await;
    let politely = started.elapsed();

    let gone = clients(&mut fleet, &ticket, CLIENTS, RawClient::LARGE).await;
    assert!(
        process.sockets() >= before + CLIENTS - 1,
        "they are counted"
    );
    let started = Instant::now();
    gone.into_iter().for_each(RawClient::vanish);
    soon(
        "no socket of theirs is left",
        process.until_sockets_are_at_most(before),
    )
    .await;
    let reset = started.elapsed();

    // Without this reader nobody would be left: leaving is not cancelling.
    reader.disconnect();
    soon(
        "nobody reads",
        process.until_sockets_are_at_most(before - 1),
    )
    .await;
    let state = fleet.state(&ticket).await;
    assert_eq!(
        state["status"], "streaming",
        "the answer ended too early for this test"
    );
    reader.finish().await;
    fleet.assert_answered(&ticket, &text, &[&reader]).await;
    assert_eq!(fleet.simulator.counts().received, 1);
    say(&format!(
        "lost_clients: gone {politely:.1?} after a close, {reset:.1?} after a reset"
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_falls_silent_is_given_up_and_the_answer_is_stored() {
    let (mut fleet, process) = server(&[("CLIENT_TIMEOUT_SECONDS", "2")]).await;
    let piece = "x".repeat(4 * 1024);
    let reply = Reply::new().with_pieces(vec![piece.clone(); 100]);
    fleet.simulator.enqueue(reply.tokens_per_second(50));
    let ticket = fleet.ticket().await;
    let mut reader = fleet.reader(&ticket, 0);
    reader.until("response.created").await;
    let before = soon("all is quiet", process.sockets_at_rest()).await;

    let silent = clients(&mut fleet, &ticket, CLIENTS, RawClient::TINY).await;
    let started = Instant::now();
    reader.finish().await;
    let ended = started.elapsed();
    soon(
        "they are given up",
        process.until_sockets_are_at_most(before - 1),
    )
    .await;
    let given_up = started.elapsed();
    drop(silent);

    fleet
        .assert_answered(&ticket, &piece.repeat(100), &[&reader])
        .await;
    say(&format!(
        "lost_clients: silent ones given up after {given_up:.1?}, the end came at {ended:.1?}"
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_broken_streams_leave_no_socket_behind() {
    let (mut fleet, process) = server(&[]).await;
    let reply = Reply::text("Please wait for the rest").stall_after(3);
    fleet.simulator.enqueue(reply);
    let ticket = fleet.ticket().await;
    let mut reader = fleet.reader(&ticket, 0);
    reader.until("response.output_text.delta").await;
    let before = soon("all is quiet", process.sockets_at_rest()).await;

    let started = Instant::now();
    for _ in 0..ABORTED / AT_A_TIME {
        let clients = clients(&mut fleet, &ticket, AT_A_TIME, RawClient::LARGE).await;
        for (number, client) in clients.into_iter().enumerate() {
            if number % 2 == 0 {
                client.vanish();
            } else {
                drop(client);
            }
        }
    }
    soon(
        "no socket of theirs is left",
        process.until_sockets_are_at_most(before),
    )
    .await;
    let took = started.elapsed();
    say(&format!(
        "lost_clients: {ABORTED} came and went in {took:.1?}"
    ));
}
