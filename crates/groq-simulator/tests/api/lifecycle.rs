use std::{io, sync::Arc};

use groq_simulator::{Config, Reply, Simulator};
use tokio::{net::TcpStream, task::JoinSet, time::timeout};

use crate::harness::{DEADLINE, Harness, plain, read_to_the_end};

#[tokio::test]
async fn a_stopped_simulator_refuses_connections_and_breaks_streams_off() {
    let harness = Harness::scripted(Reply::text("Hi").stall_after(1)).await;
    let request = harness.chat(&plain());
    let stalled = harness.open_stream().await;

    harness.simulator.stop().await;

    let refused = request.send().await.expect_err("nobody listens");
    assert!(refused.is_connect(), "{refused:?}");
    let (_, error) = read_to_the_end(stalled).await;
    assert!(error.is_some());
}

#[tokio::test]
async fn a_dropped_simulator_stops_listening() {
    let simulator = Simulator::start().await.expect("a simulator");
    let address = simulator.address();
    assert!(address.ip().is_loopback());

    drop(simulator);

    let refused = async { while TcpStream::connect(address).await.is_ok() {} };
    timeout(DEADLINE, refused)
        .await
        .expect("the listener is closed");
}

#[tokio::test]
async fn an_address_that_is_taken_is_an_error() {
    let simulator = Simulator::start().await.expect("a simulator");
    let config = Config {
        address: simulator.address(),
        ..Config::default()
    };

    let second = Simulator::start_with(config).await;

    let error = second.err().expect("one address serves one simulator");
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_simulator_can_be_started_and_awaited_from_any_task() {
    let mut tasks = JoinSet::new();
    tasks.spawn(async {
        let harness = Arc::new(Harness::start().await);
        let awaiting = Arc::clone(&harness);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            awaiting
                .simulator
                .wait_for_requests(1, DEADLINE)
                .await
                .is_ok()
        });
        tasks.spawn(async move { harness.ask(&plain()).await.status == 200 });
        tasks.join_all().await
    });

    assert_eq!(tasks.join_all().await, [[true, true]]);
}
