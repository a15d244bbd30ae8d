use futures_util::future::join_all;

use super::http2_host::Http2Host;
use crate::binary::Server;
use crate::harness::{EventReader, Home, shown_text};

/// The product over a host that takes `at_once` requests at a time over one connection, asked a
/// question and then `together` at once. Gives the requests of each connection, or nothing where
/// there can be no such host.
async fn ask_at_once(at_once: u32, together: usize) -> Option<Vec<usize>> {
    let host = Http2Host::start(at_once, 1 + together).await?;
    let home = Home::new().await;
    let mut settings = home.settings();
    settings.extend([
        ("GROQ_API_KEY", "gsk_not_a_real_key".to_owned()),
        ("GROQ_BASE_URL", host.base_url()),
        ("SSL_CERT_FILE", host.issuer().display().to_string()),
        ("RATE_LIMITS", "off".to_owned()),
    ]);
    let settings: Vec<_> = settings
        .iter()
        .map(|(name, it)| (*name, it.as_str()))
        .collect();
    let server = Server::start(home.folder.path(), &settings).await;
    let ada = server.new_customer().await;
    let mut tickets = Vec::new();
    for _ in 0..=together {
        tickets.push(server.new_ticket(&ada).await);
    }
    let ask = async |ticket: &String| {
        let request = server.request(&format!("{ticket}/ai-response"), &ada);
        let events = EventReader::open(request).await.rest().await;
        assert_eq!(shown_text(&events), "Hello");
        let end = events.last().expect("an end");
        assert_eq!(end.name, "response.completed", "{}", end.data);
    };
    let (first, others) = tickets.split_first().expect("tickets");
    ask(first).await;
    join_all(others.iter().map(ask)).await;
    Some(host.requests())
}

#[tokio::test(flavor = "multi_thread")]
async fn many_answers_come_over_one_connection() {
    if let Some(requests) = ask_at_once(100, 60).await {
        assert_eq!(requests, [61]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_waits_for_another_because_a_connection_is_full() {
    if let Some(requests) = ask_at_once(100, 130).await {
        assert_eq!(requests.iter().sum::<usize>(), 131);
        assert_eq!(requests[0], 101, "{requests:?}");
    }
}
