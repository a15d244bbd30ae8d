use serde_json::json;

use crate::harness::{Answer, Session, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_signs_up_logs_in_and_sees_the_own_account() {
    let app = TestApp::start().await;
    let body = json!({"email": "  Ada@Example.com ", "password": "correct horse battery"});
    let user = app
        .stranger()
        .post("/auth/signup", &body)
        .await
        .expect_status(201);
    assert_eq!(user.text_of("email"), "ada@example.com");
    assert_eq!(user.text_of("role"), "user");
    assert!(
        !user.body.contains("horse") && !user.body.contains("hash"),
        "{}",
        user.body
    );

    let session = app
        .stranger()
        .post("/auth/login", &body)
        .await
        .expect_status(200);
    assert_eq!(session.text_of("token_type"), "bearer");
    assert_eq!(session.json()["expires_in"], 900);

    let ada = Session::new(&app, Some(session.text_of("access_token")));
    let me = ada.get("/auth/me").await.expect_status(200);
    assert_eq!(me.json(), user.json());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_one_account_whatever_its_case() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let body = json!({"email": "ADA@example.COM", "password": "another password"});
    app.stranger()
        .post("/auth/signup", &body)
        .await
        .expect_problem(409, "email_taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_race_for_an_address_makes_one_account() {
    let app = TestApp::start().await;
    let body = json!({"email": "ada@example.com", "password": "correct horse battery"});
    let attempts = (0..8).map(|_| {
        let request = app.client.post(app.url("/auth/signup")).json(&body);
        Answer::to(request)
    });
    let answers = futures_util::future::join_all(attempts).await;
    let mut statuses: Vec<_> = answers
        .iter()
        .map(|answer| answer.status.as_u16())
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_addresses_and_wrong_passwords_are_told_apart_by_nothing() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let mut bodies = Vec::new();
    for email in ["ada@example.com", "nobody@example.com", "no address"] {
        let body = json!({"email": email, "password": "wrong"});
        let answer = app.stranger().post("/auth/login", &body).await;
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        let mut problem = answer.expect_problem(401, "wrong_credentials").json();
        problem["request_id"].take();
        bodies.push(problem);
    }
    assert_eq!(bodies[0], bodies[1]);
    assert_eq!(bodies[0], bodies[2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tools_log_in_by_the_oauth2_password_form() {
    let app = TestApp::start().await;
    app.customer("ada").await;
    let form = [
        ("grant_type", "password"),
        ("username", "ada@example.com"),
        ("password", "correct horse battery"),
    ];
    let form: Vec<_> = form
        .iter()
        .map(|(k, v)| format!("{k}={}", v.replace(' ', "+")))
        .collect();
    let request = app
        .client
        .post(app.url("/auth/login"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.join("&"));
    Answer::to(request)
        .await
        .expect_status(200)
        .text_of("access_token");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_character_of_a_long_password_counts() {
    let app = TestApp::start().await;
    let password = "ä".repeat(128);
    let body = json!({"email": "ada@example.com", "password": password});
    app.stranger()
        .post("/auth/signup", &body)
        .await
        .expect_status(201);
    app.stranger()
        .post("/auth/login", &body)
        .await
        .expect_status(200);
    let almost = format!("{}a", "ä".repeat(127));
    let body = json!({"email": "ada@example.com", "password": almost});
    app.stranger()
        .post("/auth/login", &body)
        .await
        .expect_problem(401, "wrong_credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_good_token_nothing_is_shown() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let good = ada.token.clone().expect("a token");
    let (head, signature) = good.rsplit_once('.').expect("a signature");
    let forged = format!("{head}.{}", signature.chars().rev().collect::<String>());
    let paths = [
        "/auth/me",
        "/tickets",
        &ticket,
        &format!("{ticket}/messages"),
        &format!("{ticket}/ai-response"),
    ];

    for path in paths {
        let answer = app.stranger().get(path).await;
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        let answer = answer.expect_problem(401, "unauthenticated");
        assert!(!answer.body.contains("parcel"));
        for token in [forged.as_str(), "x", "a.b.c"] {
            let answer = Session::new(&app, Some(token.to_owned())).get(path).await;
            assert_eq!(
                answer.header("www-authenticate"),
                "Bearer error=\"invalid_token\""
            );
            answer.expect_problem(401, "invalid_token");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_signed_in_is_told_that_first() {
    let app = TestApp::start().await;
    let answer = app
        .stranger()
        .post("/tickets", &json!({"nonsense": 1}))
        .await;
    answer.expect_problem(401, "unauthenticated");
    app.stranger()
        .get("/tickets?limit=x")
        .await
        .expect_problem(401, "unauthenticated");
}
