//! Guesses are counted once, whichever replica they are tried at.

use futures_util::future::join_all;
use reqwest::Client;
use serde_json::json;
use testkit::postgres::fresh_database;

use crate::fleet::Fleet;
use crate::harness::Answer;

const REPLICAS: usize = 3;
const GUESSES: usize = 36;

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_all_replicas_at_once_are_counted_together() {
    let Some(database) = fresh_database().await else {
        return;
    };
    let mut fleet = Fleet::start(database.url(), REPLICAS, &[]).await;
    let client = Client::new();
    let body = json!({"email": "somebody@example.com", "password": "wrong"});
    let guesses: Vec<_> = (0..GUESSES)
        .map(|number| {
            let base_url = fleet.replica(number % REPLICAS).base_url();
            let request = client.post(format!("{base_url}/auth/login")).json(&body);
            Answer::to(request)
        })
        .collect();
    let answers = join_all(guesses).await;
    let looked_at = answers.iter().filter(|answer| answer.status == 401);
    let refused = answers.iter().filter(|answer| answer.status == 429);
    assert_eq!((looked_at.count(), refused.count()), (10, GUESSES - 10));
}
