//! Which request an answer's log lines belong to.

use groq_simulator::{Reply, Simulator};

use crate::binary::Server;
use crate::harness::Home;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// The answer outlives its request, and its lines are found by the request's trace all the same.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_logged_under_the_trace_of_the_request_that_began_it() {
    let simulator = Simulator::start().await.expect("a simulator");
    simulator.enqueue(Reply::status(401));
    let home = Home::new().await;
    let settings = home.settings_with_model(simulator.base_url());
    let settings: Vec<_> = settings.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let mut server = Server::start(home.folder.path(), &settings).await;
    let token = server.new_customer().await;
    let ticket = server.new_ticket(&token).await;
    let asked = server
        .request(&format!("{ticket}/ai-response"), &token)
        .header("traceparent", format!("00-{TRACE}-00f067aa0ba902b7-01"))
        .header("tracestate", "customer=own");
    let stream = asked.send().await.expect("a stream").text().await;
    assert!(stream.expect("a whole stream").contains("response.failed"));
    let (_, log) = server.terminate();

    for message in [
        "the model's host refused the request",
        "the model gave no whole answer",
        " request method=\"GET\" route=\"/tickets/{ticket_id}/ai-response\"",
    ] {
        let line = log.lines().find(|line| line.contains(message));
        let line = line.unwrap_or_else(|| panic!("no {message:?} in\n{log}"));
        assert!(line.contains(TRACE), "{line}");
    }
    let lines = log.lines().filter(|line| line.contains(TRACE));
    assert!(
        lines.count() < log.lines().count(),
        "not everything is of it"
    );
}
