use std::fs;

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, sleep, timeout},
};

use crate::{
    command_line::Program,
    harness::{DEADLINE, streaming},
};

const STREAMS: usize = 10_000;
/// Files a process has open beside its connections, and a margin.
const OTHER_FILES: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_streams_are_open_at_once() {
    let count = STREAMS.min(open_files().saturating_sub(OTHER_FILES));
    let program = Program::start(&["--port", "0", "--journal-capacity", "1"]);
    let script = json!(vec![json!({"stall_after": 3}); count]);
    let queued = reqwest::Client::new()
        .post(program.control_url("replies"))
        .json(&script)
        .send()
        .await
        .expect("an answer");
    assert_eq!(queued.status(), 200);

    let address = program.address();
    let opened = stream::iter(0..count)
        .map(|_| open(address))
        .buffer_unordered(256)
        .collect::<Vec<_>>();
    let opened = timeout(DEADLINE * 3, opened).await.expect("all are open");

    let open = counts(&program).await;
    assert_eq!(open["received"], count);
    assert_eq!(open["in_progress"], count);
    drop(opened);
    let deadline = Instant::now() + DEADLINE;
    loop {
        let left = counts(&program).await;
        if left["client_left"] == count {
            break;
        }
        assert!(Instant::now() < deadline, "{left}");
        sleep(DEADLINE / 200).await;
    }
}

/// A stream of which three chunks have arrived.
async fn open(address: &str) -> TcpStream {
    let body = streaming().to_string();
    let request = format!(
        "POST /openai/v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n\
         authorization: Bearer gsk_test\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut connection = TcpStream::connect(address).await.expect("a connection");
    connection
        .write_all(request.as_bytes())
        .await
        .expect("the request is taken");
    let mut received = Vec::new();
    while received.windows(2).filter(|pair| pair == b"\n\n").count() < 3 {
        let read = connection.read_buf(&mut received).await.expect("a part");
        assert!(read > 0, "{}", String::from_utf8_lossy(&received));
    }
    connection
}

async fn counts(program: &Program) -> Value {
    let response = reqwest::get(program.control_url("requests")).await;
    let journal: Value = response
        .expect("an answer")
        .json()
        .await
        .expect("a JSON body");
    journal["counts"].clone()
}

/// How many files this process and its children may have open.
fn open_files() -> usize {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let limit = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))
        .and_then(|limits| limits.split_whitespace().next()?.parse().ok());
    limit.unwrap_or(256)
}
