//! What clients see while the database is away, and that it all comes back by itself.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use testkit::fakes::{Gate, ScriptedChatModel};
use testkit::fault_proxy::FaultProxy;
use testkit::postgres::{Cluster, FreshDatabase, fresh_database, own_cluster};

use crate::harness::{Answer, Home, Session, TestApp, shown_text, soon};

/// How long anybody is made to wait for a 503. Lists wait longest: first for the token's account.
const QUICKLY: Duration = Duration::from_secs(8);
/// How long a recovery may take.
const RECOVERY: Duration = Duration::from_secs(15);
/// How long it takes to look more than once whether readers may read on.
const LOOKS: Duration = Duration::from_secs(5);

/// A database behind a proxy that can be told to misbehave.
struct Faulty {
    proxy: FaultProxy,
    home: Arc<Home>,
    _database: FreshDatabase,
}

/// None where PostgreSQL is not installed, which testkit says.
async fn faulty() -> Option<Faulty> {
    let database = fresh_database().await?;
    let (before, rest) = database.url().split_once('@').expect("an account");
    let (host, name) = rest.split_once('/').expect("a database");
    let upstream: SocketAddr = host.parse().expect("an address with a port");
    let proxy = FaultProxy::start(upstream).await.expect("a proxy");
    let url = format!("{before}@{}/{name}", proxy.address());
    Some(Faulty {
        proxy,
        home: Arc::new(Home::at(url)),
        _database: database,
    })
}

fn model() -> Arc<ScriptedChatModel> {
    Arc::new(ScriptedChatModel::replying(["Hello", " there"]))
}

/// Asks until readiness answers so.
async fn until_ready_is(app: &TestApp, status: u16) {
    let asking = async {
        while app.stranger().get("/health/ready").await.status != status {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let in_time = tokio::time::timeout(RECOVERY, asking).await;
    assert!(in_time.is_ok(), "readiness did not become {status} in time");
}

/// Every endpoint that needs the database refuses politely and soon.
async fn assert_unavailable(ada: &Session<'_>, ticket: &str) {
    let credentials = json!({"email": "ada@example.com", "password": "correct horse battery"});
    let new_account = json!({"email": "new@example.com", "password": "correct horse battery"});
    let new_ticket = json!({"title": "T", "description": "D"});
    let message = json!({"content": "Hello?"});
    let (messages, stream) = (
        format!("{ticket}/messages"),
        format!("{ticket}/ai-response"),
    );
    let handoff = format!("{ticket}/handoff");
    let requests = [
        (Method::POST, "/auth/signup", Some(&new_account)),
        (Method::POST, "/auth/login", Some(&credentials)),
        (Method::GET, "/auth/me", None),
        (Method::GET, "/tickets", None),
        (Method::POST, "/tickets", Some(&new_ticket)),
        (Method::GET, ticket, None),
        (Method::GET, &messages, None),
        (Method::POST, &messages, Some(&message)),
        (Method::GET, &stream, None),
        (Method::POST, &handoff, None),
    ];
    let asking = requests.map(|(method, path, body)| async move {
        let mut request = ada.request(method.clone(), path);
        if let Some(body) = body {
            request = request.json(body);
        }
        let started = Instant::now();
        let answer = Answer::to(request).await;
        assert_eq!(answer.status, 503, "{method} {path}: {}", answer.body);
        assert!(
            started.elapsed() < QUICKLY,
            "{method} {path} took {:?}",
            started.elapsed()
        );
        assert!(!answer.header("retry-after").is_empty(), "{method} {path}");
        answer.expect_problem(503, "unavailable");
    });
    futures_util::future::join_all(asking).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_starts_before_its_database_waits_for_it() {
    let Some(faulty) = faulty().await else { return };
    faulty.proxy.refuse();
    let app = TestApp::at_home(Arc::clone(&faulty.home), &[], Some(model())).await;
    app.stranger().get("/health/live").await.expect_status(200);
    app.stranger().get("/health/ready").await.expect_status(503);
    let refused = app.stranger().get("/tickets").await;
    assert!(!refused.header("retry-after").is_empty());
    refused.expect_problem(503, "starting");

    faulty.proxy.pass();
    until_ready_is(&app, 200).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    assert_eq!(
        shown_text(&ada.stream(&ticket).await.rest().await),
        "Hello there"
    );
}

/// Everything is 503 while the database is away, and works when it is back, without a restart.
async fn goes_and_comes_back(break_off: fn(&FaultProxy)) {
    let Some(faulty) = faulty().await else { return };
    let app = TestApp::at_home(Arc::clone(&faulty.home), &[], Some(model())).await;
    until_ready_is(&app, 200).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;

    break_off(&faulty.proxy);
    assert_unavailable(&ada, &ticket).await;
    until_ready_is(&app, 503).await;
    app.stranger().get("/health/live").await.expect_status(200);

    faulty.proxy.pass();
    until_ready_is(&app, 200).await;
    assert_eq!(
        shown_text(&ada.stream(&ticket).await.rest().await),
        "Hello there"
    );
    assert_eq!(
        ada.messages(&ticket).await.len(),
        1,
        "no refused request left anything"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_refuses_connections_makes_everything_503_until_it_is_back() {
    goes_and_comes_back(FaultProxy::refuse).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_falls_silent_makes_everything_503_until_it_is_back() {
    goes_and_comes_back(FaultProxy::swallow).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_were_cut_are_replaced_unnoticed_soon() {
    let Some(faulty) = faulty().await else { return };
    let app = TestApp::at_home(Arc::clone(&faulty.home), &[], Some(model())).await;
    until_ready_is(&app, 200).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    for _ in 0..5 {
        faulty.proxy.cut();
        let serving = async {
            loop {
                let answer = ada.get(&ticket).await;
                if answer.status == 200 {
                    return;
                }
                answer.expect_problem(503, "unavailable");
            }
        };
        assert!(
            tokio::time::timeout(RECOVERY, serving).await.is_ok(),
            "it did not come back"
        );
    }
}

/// Whoever reads is not sent away because nobody can tell whether they may.
async fn keeps_readers(break_off: fn(&FaultProxy)) {
    let Some(faulty) = faulty().await else { return };
    let (model, gate) = ScriptedChatModel::gated(["Hello", " there"]);
    let model = Arc::new(model);
    let app = TestApp::at_home(Arc::clone(&faulty.home), &[], Some(model.clone())).await;
    until_ready_is(&app, 200).await;
    let (ada, grace) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket().await;
    gate.release(1);
    let [mut by_ada, mut by_grace] = [ada.stream(&ticket).await, grace.stream(&ticket).await];
    for stream in [&mut by_ada, &mut by_grace] {
        stream.expect("response.created").await;
        stream.expect("response.output_text.delta").await;
    }

    break_off(&faulty.proxy);
    until_ready_is(&app, 503).await;
    let sent_away = tokio::time::timeout(LOOKS, by_ada.next()).await;
    assert!(sent_away.is_err(), "{sent_away:?}");
    faulty.proxy.pass();
    until_ready_is(&app, 200).await;

    // It is looked again, and only that ends a stream.
    let out = grace.post("/auth/logout", &json!(null)).await;
    out.expect_status(204);
    let closing = by_grace.expect("stream.closing").await;
    assert_eq!(closing.data["reason"], "access_lost");
    gate.open();
    let rest = by_ada.rest().await;
    assert_eq!(shown_text(&rest), " there");
    let end = rest.last().map(|event| event.name.as_str());
    assert_eq!(end, Some("response.completed"));
    assert_eq!(model.calls(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_refuses_connections_ends_nobodys_stream() {
    keeps_readers(FaultProxy::refuse).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_falls_silent_ends_nobodys_stream() {
    keeps_readers(FaultProxy::swallow).await;
}

async fn stream_over(cluster: &Cluster) -> (TestApp, Gate) {
    let (model, gate) = ScriptedChatModel::gated(["one ", "two ", "three"]);
    let home = Arc::new(Home::at(cluster.url("postgres")));
    let settings = [("LEASE_SECONDS", "2")];
    let app = TestApp::at_home(home, &settings, Some(Arc::new(model))).await;
    until_ready_is(&app, 200).await;
    (app, gate)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_outlives_a_restart_of_the_database() {
    let Some(mut cluster) = own_cluster().await else {
        return;
    };
    let (app, gate) = stream_over(&cluster).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let mut stream = ada.stream(&ticket).await;
    gate.release(1);
    stream.expect("response.created").await;
    let mut seen = vec![stream.expect("response.output_text.delta").await];

    cluster.stop();
    gate.release(1);
    until_ready_is(&app, 503).await;
    soon("the database starts again", cluster.resume()).await;
    // A crash of the database may cost the last deltas. Then the answer restarts, and says so.
    gate.open();

    seen.extend(stream.rest().await);
    assert_eq!(shown_text(&seen), "one two three");
    assert_eq!(
        seen.last().map(|event| event.name.as_str()),
        Some("response.completed")
    );
    assert_eq!(ada.messages(&ticket).await.len(), 1);
}
