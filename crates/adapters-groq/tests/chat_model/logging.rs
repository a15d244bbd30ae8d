use std::io;
use std::sync::{Arc, Mutex};

use domain::ports::ChatModelError;
use testkit::slow_upstream::{LAST_CHUNK, Step, chunk, response};
use tracing::Level;
use tracing::subscriber::DefaultGuard;

use crate::harness::{
    KEY, ROLE, ask, delta, error_of, greeting, model_at, upstream, upstream_saying,
};

const LEAK: &str = "org_01secret";

/// What this thread has logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Logs everything until the guard goes.
    fn start() -> (Self, DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(Level::TRACE)
            .with_writer(move || writer.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    /// The lines that the adapter wrote.
    fn lines(&self) -> Vec<String> {
        let bytes = self.0.lock().expect("no writer has panicked");
        let text = String::from_utf8_lossy(&bytes);
        text.lines()
            .filter(|line| line.contains("adapters_groq"))
            .map(String::from)
            .collect()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .expect("no writer has panicked")
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[track_caller]
fn assert_tells_only_the_request(log: &Log) {
    let lines = log.lines();
    assert!(lines.iter().any(|line| line.contains("req_1")), "{lines:?}");
    for line in lines {
        assert!(!line.contains(LEAK) && !line.contains(KEY), "{line}");
    }
}

#[tokio::test]
async fn a_refusal_is_logged_with_its_status_and_request_id_only() {
    let body = format!(r#"{{"error":{{"message":"{LEAK}","code":"{LEAK}"}}}}"#);
    let headers = [("x-request-id", "req_1"), ("x-groq-region", LEAK)];
    let upstream = upstream([Step::Send(response("400 Bad Request", &headers, body))]).await;
    let (log, _guard) = Log::start();
    let error = error_of(&model_at(upstream.base_url())).await;
    assert!(matches!(error, ChatModelError::Rejected { status: 400 }));
    assert!(
        log.lines().iter().any(|line| line.contains("400")),
        "{:?}",
        log.lines()
    );
    assert_tells_only_the_request(&log);
}

#[tokio::test]
async fn a_broken_answer_is_logged_with_its_request_id_only() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-request-id: req_1\r\n\
                transfer-encoding: chunked\r\n\r\n";
    let error = format!("event: error\ndata: {{\"error\":{{\"message\":\"{LEAK}\"}}}}\n\n");
    let events = chunk([ROLE, &delta(LEAK), &error].concat());
    let upstream = upstream([
        Step::Send([head.as_bytes(), &events].concat()),
        Step::Send(LAST_CHUNK.into()),
    ])
    .await;
    let (log, _guard) = Log::start();
    ask(&model_at(upstream.base_url())).await.error();
    assert!(
        log.lines().iter().any(|line| line.contains("WARN")),
        "{:?}",
        log.lines()
    );
    assert_tells_only_the_request(&log);
}

#[tokio::test]
async fn nothing_is_warned_of_when_all_goes_well() {
    let upstream = upstream_saying(greeting()).await;
    let (log, _guard) = Log::start();
    ask(&model_at(upstream.base_url())).await.finish();
    assert!(
        !log.lines().iter().any(|line| line.contains("WARN")),
        "{:?}",
        log.lines()
    );
}
