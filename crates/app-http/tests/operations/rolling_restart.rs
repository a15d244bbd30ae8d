//! Three replicas behind nginx are restarted one after the other while customers ask and read.
//!
//! `ROLLING_RESTARTS` is how many rounds there are, one unless set.

use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use groq_simulator::{Reply, Simulator};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::postgres::fresh_database;
use testkit::say;
use tokio::task::JoinSet;

use crate::binary::Server;
use crate::harness::{Answer, soon};
use crate::nginx::{Buffering, Nginx, free_address};
use crate::reader::{Addresses, Customer, Reader};
use crate::stored::Stored;

const REPLICAS: usize = 3;
const CUSTOMERS: usize = 4;
const TEXT: &str = "It takes two to four days from here to there, and we tell you when it leaves.";
/// Between two tries of a request, where the server does not say.
const PAUSE: Duration = Duration::from_millis(100);
/// How often clients repeat a request; that of the usual HTTP libraries is 2 to 5.
const REPEATS: usize = 5;

/// What came of the load.
#[derive(Default)]
struct Tally {
    answers: AtomicUsize,
    requests: AtomicUsize,
    repeated: AtomicUsize,
    moves: AtomicUsize,
}

/// Sends a request as a careful client does: once more when there was no answer or one that asks
/// to come back. Every one of these may be repeated: it reads, or it has an idempotency key.
async fn send(request: RequestBuilder, tally: &Tally) -> Answer {
    tally.requests.fetch_add(1, Ordering::Relaxed);
    for _ in 0..REPEATS {
        let attempt = request.try_clone().expect("a body that is kept");
        match attempt.send().await {
            Ok(response) if !may_be_repeated(response.status()) => {
                return Answer::of(response).await;
            }
            Ok(_) | Err(_) => {}
        }
        tally.repeated.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(PAUSE).await;
    }
    panic!("refused {REPEATS} times: {request:?}");
}

/// What clients repeat by themselves.
fn may_be_repeated(status: StatusCode) -> bool {
    [502, 503, 504].contains(&status.as_u16())
}

/// Asks and reads until the replicas are through.
async fn ask_and_read(
    customer: Customer,
    base_url: String,
    done: Arc<AtomicBool>,
    tally: Arc<Tally>,
) {
    let mut number = 0;
    while !done.load(Ordering::Relaxed) {
        number += 1;
        let key = format!("{}-{number}", customer.token.len());
        let ticket = json!({"title": "Parcel", "description": "How long does it take?"});
        let request = customer.client.post(format!("{base_url}/tickets"));
        let request = request
            .bearer_auth(&customer.token)
            .header("Idempotency-Key", &key)
            .json(&ticket);
        let made = send(request, &tally).await.expect_status(201);
        let path = format!("/tickets/{}", made.text_of("id"));
        let mut reader = Reader::new(customer.clone(), 0, &path);
        reader.finish().await;
        assert_eq!(reader.last().name, "response.completed");
        assert_eq!(reader.text, TEXT);
        tally.moves.fetch_add(reader.moves.len(), Ordering::Relaxed);

        let request = customer.client.get(format!("{base_url}{path}"));
        let shown = send(request.bearer_auth(&customer.token), &tally).await;
        let shown = shown.expect_status(200).json();
        let messages = shown["messages"].as_array().expect("a list");
        let texts: Vec<&Value> = messages.iter().map(|message| &message["content"]).collect();
        assert_eq!(texts, [TEXT]);
        tally.answers.fetch_add(1, Ordering::Relaxed);
    }
}

async fn customer(client: &Client, base_url: &str, number: usize) -> Customer {
    let account = json!({
        "email": format!("customer{number}@example.com"),
        "password": "correct horse battery",
    });
    for (path, status) in [("signup", 201), ("login", 200)] {
        let url = format!("{base_url}/auth/{path}");
        let answer = Answer::to(client.post(url).json(&account))
            .await
            .expect_status(status);
        if path == "login" {
            let addresses = Addresses::default();
            addresses.set(0, base_url);
            return Customer {
                client: client.clone(),
                addresses,
                token: answer.text_of("access_token"),
            };
        }
    }
    panic!("no token");
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_are_restarted_one_by_one_and_no_answer_is_lost() {
    let Some(database) = fresh_database().await else {
        return;
    };
    let answers = groq_simulator::Config {
        replies: vec![Reply::text(TEXT).tokens_per_second(20)],
        ..groq_simulator::Config::default()
    };
    let simulator = Simulator::start_with(answers).await.expect("a simulator");
    let model = simulator.base_url();
    let folder = TempDir::new().expect("a temporary folder");
    let addresses: Vec<_> = (0..REPLICAS).map(|_| free_address()).collect();
    let ports: Vec<_> = addresses
        .iter()
        .map(|address| address.port().to_string())
        .collect();
    let settings = |replica: usize| {
        [
            ("DATABASE_URL", database.url()),
            ("JWT_SECRET", "q1Zk9vT3mXw8RbYp5LcJd7HfGs2NaEuV"),
            ("GROQ_API_KEY", "gsk_not_a_real_key"),
            ("GROQ_BASE_URL", model.as_str()),
            ("RATE_LIMITS", "off"),
            ("SHUTDOWN_SECONDS", "10"),
            ("PORT", ports[replica].as_str()),
        ]
    };
    let mut replicas = Vec::new();
    for replica in 0..REPLICAS {
        replicas.push(Server::start(folder.path(), &settings(replica)).await);
    }
    let Some(nginx) = Nginx::start(&addresses, Buffering::Off).await else {
        return;
    };

    let client = Client::new();
    let (done, tally) = (Arc::new(AtomicBool::new(false)), Arc::new(Tally::default()));
    let mut load = JoinSet::new();
    for number in 0..CUSTOMERS {
        let customer = customer(&client, &nginx.base_url(), number).await;
        load.spawn(ask_and_read(
            customer,
            nginx.base_url(),
            done.clone(),
            tally.clone(),
        ));
    }
    let rounds = env::var_os("ROLLING_RESTARTS").map_or(1, |rounds| {
        let rounds = rounds.into_string().expect("UTF-8");
        rounds.parse().expect("a number")
    });
    let begun = Instant::now();
    for _ in 0..rounds {
        for (number, replica) in replicas.iter_mut().enumerate() {
            answered(&tally, CUSTOMERS).await;
            replica.signal("TERM");
            let code = soon("the replica's end", replica.exit_code()).await;
            assert_eq!(code, Some(0));
            *replica = Server::start(folder.path(), &settings(number)).await;
        }
    }
    answered(&tally, CUSTOMERS).await;
    done.store(true, Ordering::Relaxed);
    // A customer whose check fails ends the test here.
    while let Some(ended) = soon("the last answers", load.join_next()).await {
        ended.expect("a customer who was served");
    }

    Stored::open(database.url()).await.assert_sound().await;
    let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
    say(&format!(
        "rolling restart: {} restarts in {:.1?}, {} answers, {} requests, {} of them repeated, \
         {} readers moved, {} calls of the model",
        rounds * REPLICAS,
        begun.elapsed(),
        count(&tally.answers),
        count(&tally.requests),
        count(&tally.repeated),
        count(&tally.moves),
        simulator.counts().received,
    ));
}

/// Waits for that many answers more, so that each restart meets customers at work.
async fn answered(tally: &Tally, more: usize) {
    let wanted = tally.answers.load(Ordering::Relaxed) + more;
    soon("answers", async {
        while tally.answers.load(Ordering::Relaxed) < wanted {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}
