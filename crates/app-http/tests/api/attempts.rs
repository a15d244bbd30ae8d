use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::harness::{Answer, TestApp};

const PASSWORD: &str = "correct horse battery";

/// A server that takes this machine for a proxy, so that a test can be anybody.
async fn behind_a_proxy(settings: &[(&str, &str)]) -> TestApp {
    let mut settings = settings.to_vec();
    settings.push(("TRUSTED_PROXIES", "127.0.0.1"));
    TestApp::with_settings(&settings, None).await
}

impl TestApp {
    async fn ask_from(&self, address: &str, path: &str, body: &Value) -> Answer {
        let request = self.stranger().request(Method::POST, path).json(body);
        Answer::to(request.header("X-Forwarded-For", address)).await
    }

    async fn try_password(&self, email: &str, password: &str, from: &str) -> Answer {
        let body = json!({"email": email, "password": password});
        self.ask_from(from, "/auth/login", &body).await
    }

    async fn sign_up_from(&self, email: &str, from: &str) -> Answer {
        let body = json!({"email": email, "password": PASSWORD});
        self.ask_from(from, "/auth/signup", &body).await
    }
}

/// Whole seconds from one to that many.
#[track_caller]
fn assert_seconds(text: &str, most: u64) -> u64 {
    let seconds: u64 = text.parse().expect("whole seconds");
    assert!((1..=most).contains(&seconds), "{seconds}");
    seconds
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_guesses_at_once_ten_are_looked_at() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    for email in ["ada@example.com", "nobody@example.com"] {
        let body = json!({"email": email, "password": "wrong"});
        let guesses = (0..20).map(|_| {
            let request = app.client.post(app.url("/auth/login")).json(&body);
            Answer::to(request)
        });
        let answers = futures_util::future::join_all(guesses).await;
        let mut statuses: Vec<_> = answers.iter().map(|a| a.status.as_u16()).collect();
        statuses.sort_unstable();
        let expected = [[401; 10], [429; 10]].concat();
        assert_eq!(statuses, expected, "{email}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_too_often_is_told_when_to_come_back() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut bodies = Vec::new();
    for email in ["ada@example.com", "nobody@example.com"] {
        let wrong = json!({"email": email, "password": "wrong"});
        for _ in 0..10 {
            let answer = app.stranger().post("/auth/login", &wrong).await;
            answer.expect_problem(401, "wrong_credentials");
        }
        let answer = app.stranger().post("/auth/login", &wrong).await;
        let wait = assert_seconds(answer.header("retry-after"), 90);
        assert_eq!(
            answer.header("ratelimit-policy"),
            "\"login-account\";q=10;w=900, \"login-address\";q=100;w=3600"
        );
        let limit = format!("\"login-account\";r=0;t={wait}");
        assert_eq!(answer.header("ratelimit"), limit);
        let mut problem = answer.expect_problem(429, "too_many_attempts").json();
        problem["request_id"].take();
        bodies.push(problem);
    }
    assert_eq!(bodies[0], bodies[1]);

    let right = json!({"email": "ada@example.com", "password": PASSWORD});
    let answer = app.stranger().post("/auth/login", &right).await;
    answer.expect_problem(429, "too_many_attempts");
}

#[tokio::test(flavor = "multi_thread")]
async fn right_passwords_never_use_up_the_attempts() {
    let settings = [("LOGIN_FAILURES_PER_ACCOUNT", "2")];
    let app = TestApp::with_settings(&settings, None).await;
    app.customer("ada").await;
    let mut right = json!({"email": "ada@example.com", "password": PASSWORD});
    for _ in 0..12 {
        let answer = app.stranger().post("/auth/login", &right).await;
        answer.expect_status(200);
    }
    right["password"] = json!("wrong");
    for status in [401, 401, 429] {
        let answer = app.stranger().post("/auth/login", &right).await;
        answer.expect_status(status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_from_elsewhere_lock_nobody_out() {
    let app = behind_a_proxy(&[("LOGIN_FAILURES_PER_ACCOUNT", "2")]).await;
    app.customer("ada").await;
    let attackers = ["203.0.113.1", "203.0.113.2", "2001:db8:0:1::1"];
    for from in attackers {
        for status in [401, 401, 429, 429] {
            let answer = app.try_password("ada@example.com", "wrong", from).await;
            answer.expect_status(status);
        }
        let answer = app.try_password("ada@example.com", PASSWORD, from).await;
        answer.expect_status(429);
    }
    // The same network by another address is the same attacker.
    for from in ["::ffff:203.0.113.1", "2001:db8:0:1:ffff::2"] {
        let answer = app.try_password("ada@example.com", PASSWORD, from).await;
        answer.expect_status(429);
    }
    for from in ["198.51.100.1", "2001:db8:0:2::1"] {
        let answer = app.try_password("ada@example.com", PASSWORD, from).await;
        answer.expect_status(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_from_one_network_are_bounded_over_all_accounts() {
    let app = behind_a_proxy(&[("LOGIN_FAILURES_PER_ADDRESS", "5")]).await;
    app.customer("ada").await;
    for number in 0..5 {
        let email = format!("user-{number}@example.com");
        let answer = app.try_password(&email, "wrong", "203.0.113.1").await;
        answer.expect_status(401);
    }
    let answer = app
        .try_password("ada@example.com", PASSWORD, "203.0.113.1")
        .await;
    let wait = assert_seconds(answer.header("retry-after"), 720);
    let limit = format!("\"login-address\";r=0;t={wait}");
    assert_eq!(answer.header("ratelimit"), limit);
    answer.expect_problem(429, "too_many_attempts");
    let answer = app
        .try_password("ada@example.com", PASSWORD, "203.0.113.2")
        .await;
    answer.expect_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ups_are_bounded_per_network_and_duplicates_count() {
    let app = behind_a_proxy(&[("SIGNUPS_PER_ADDRESS", "3")]).await;
    for (email, status) in [("ada", 201), ("ada", 409), ("ada", 409), ("bob", 429)] {
        let email = format!("{email}@example.com");
        let answer = app.sign_up_from(&email, "203.0.113.1").await;
        answer.expect_status(status);
    }
    let answer = app.sign_up_from("ada@example.com", "203.0.113.1").await;
    assert_seconds(answer.header("retry-after"), 1_200);
    assert_eq!(
        answer.header("ratelimit-policy"),
        "\"signup-address\";q=3;w=3600"
    );
    answer.expect_problem(429, "too_many_attempts");
    let answer = app.sign_up_from("bob@example.com", "203.0.113.2").await;
    answer.expect_status(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_do_not_get_new_attempts_by_naming_other_addresses() {
    let settings = [
        ("LOGIN_FAILURES_PER_ACCOUNT", "2"),
        ("TRUSTED_PROXIES", "192.0.2.7, 10.0.0.0/8"),
    ];
    let app = TestApp::with_settings(&settings, None).await;
    app.customer("ada").await;
    for (number, status) in (0..6).zip([401, 401, 429, 429, 429, 429]) {
        let body = json!({"email": "ada@example.com", "password": "wrong"});
        let request = app.stranger().request(Method::POST, "/auth/login");
        let address = format!("203.0.113.{number}");
        let request = request
            .header("X-Forwarded-For", &address)
            .header("Forwarded", format!("for={address}"))
            .header("X-Real-IP", &address)
            .json(&body);
        Answer::to(request).await.expect_status(status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_clients_write_before_a_proxys_word_gives_them_no_new_attempts() {
    let app = behind_a_proxy(&[("LOGIN_FAILURES_PER_ACCOUNT", "2")]).await;
    app.customer("ada").await;
    for (number, status) in (0..6).zip([401, 401, 429, 429, 429, 429]) {
        let spoofed = format!("198.51.100.{number}, 203.0.113.1");
        let answer = app.try_password("ada@example.com", "wrong", &spoofed).await;
        answer.expect_status(status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_can_be_switched_off() {
    let app = TestApp::with_settings(&[("RATE_LIMITS", "off")], None).await;
    app.customer("ada").await;
    let wrong = json!({"email": "ada@example.com", "password": "wrong"});
    let mut guesses = JoinSet::new();
    for _ in 0..120 {
        let request = app.client.post(app.url("/auth/login")).json(&wrong);
        guesses.spawn(Answer::to(request));
    }
    for answer in guesses.join_all().await {
        answer.expect_status(401);
    }
}
