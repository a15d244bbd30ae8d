use std::path::Path;
use std::process::{Command, Stdio};

use groq_simulator::Simulator;
use serde_json::json;

use crate::binary::{Server, binary};
use crate::harness::{Answer, Home};

const JWT_KEY: &str = "w3Xy7Lq9Rt2Vb5Nm8Kd4Hs6Fg1Jc0PzA";
const PREVIOUS_KEY: &str = "e8Uk2Yx6Qv4Mb9Zw3Tn7Rd5Hc1Lg0JsF";
const MODEL_KEY: &str = "gsk_not_a_real_key_but_kept_like_one";
const PASSWORD: &str = "correct horse battery";
const NEW_PASSWORD: &str = "another horse battery";
const QUESTION: &str = "Where did the marmalade parcel go?";

/// Secrets stay out of the log however much of it is asked for, and so does what people write.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_is_ever_logged() {
    let simulator = Simulator::start().await.expect("a simulator");
    let home = Home::new().await;
    let url = home.setting("DATABASE_URL").expect("a database");
    let host = simulator.base_url();
    let settings = [
        ("DATABASE_URL", url.as_str()),
        ("JWT_SECRET", JWT_KEY),
        ("JWT_SECRET_PREVIOUS", PREVIOUS_KEY),
        ("GROQ_API_KEY", MODEL_KEY),
        ("GROQ_BASE_URL", host.as_str()),
        ("RUST_LOG", "trace"),
    ];
    let folder = tempfile::TempDir::new().expect("a folder");
    make_admin(folder.path(), &settings);
    let mut server = Server::start(folder.path(), &settings).await;
    let mut secrets = vec![
        JWT_KEY.to_owned(),
        PREVIOUS_KEY.to_owned(),
        MODEL_KEY.to_owned(),
        PASSWORD.to_owned(),
        NEW_PASSWORD.to_owned(),
        "ada@example.com".to_owned(),
        "root@example.com".to_owned(),
        QUESTION.to_owned(),
    ];
    secrets.extend(password_in(&url));

    server.new_customer().await;
    let ada = log_in(&server, &mut secrets, "ada").await;
    let refresh = json!({"refresh_token": secrets.last()});
    let renewed = server.post("/auth/refresh", "", refresh.clone()).await;
    let renewed = renewed.expect_status(200);
    secrets.extend(["access_token", "refresh_token"].map(|member| renewed.text_of(member)));
    let change = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD});
    let changed = server.post("/auth/password", &ada, change).await;
    changed.expect_status(204);

    let ticket = json!({"title": "Parcel", "description": QUESTION});
    let ticket = server.post("/tickets", &ada, ticket).await;
    let ticket = format!("/tickets/{}", ticket.expect_status(201).text_of("id"));
    let issued = server
        .post(&format!("{ticket}/stream-token"), &ada, json!(null))
        .await;
    let stream_token = issued.expect_status(200).text_of("token");
    let stream = format!("{ticket}/ai-response?stream_token={stream_token}");
    secrets.push(stream_token);
    let stream = reqwest::get(format!("{}{stream}", server.base_url())).await;
    let stream = stream.expect("a response").text().await.expect("a stream");
    assert!(stream.contains("response.completed"), "{stream}");

    // What is refused is not logged either.
    let reused = server.post("/auth/refresh", "", refresh).await;
    reused.expect_problem(401, "invalid_refresh_token");
    let guess = json!({"email": "ada@example.com", "password": "a guess of a password"});
    secrets.push("a guess of a password".to_owned());
    let refused = server.post("/auth/login", "", guess).await;
    refused.expect_problem(401, "wrong_credentials");
    let root = log_in(&server, &mut secrets, "root").await;
    Answer::to(server.request("/users?email=ada%40example.com", &root))
        .await
        .expect_status(200);
    let out = server.post("/auth/logout", &root, json!(null)).await;
    out.expect_status(204);

    let (_, log) = server.terminate();
    assert!(
        log.contains("TRACE") && log.contains("/ai-response"),
        "{log}"
    );
    for secret in &secrets {
        let line = log.lines().find(|line| line.contains(secret.as_str()));
        assert_eq!(line, None, "{secret}");
    }
}

/// Signs in, and notes the tokens; the refresh token last.
async fn log_in(server: &Server, secrets: &mut Vec<String>, name: &str) -> String {
    let credentials = json!({"email": format!("{name}@example.com"), "password": PASSWORD});
    let pair = server.post("/auth/login", "", credentials).await;
    let pair = pair.expect_status(200);
    secrets.extend(["access_token", "refresh_token"].map(|member| pair.text_of(member)));
    pair.text_of("access_token")
}

fn make_admin(folder: &Path, settings: &[(&str, &str)]) {
    let mut command: Command = binary(folder, settings);
    let mut process = command
        .args(["user", "create", "--email", "root@example.com"])
        .args(["--role", "admin", "--password-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the binary starts");
    let mut stdin = process.stdin.take().expect("a pipe");
    std::io::Write::write_all(&mut stdin, PASSWORD.as_bytes()).expect("it reads");
    drop(stdin);
    assert!(process.wait().expect("an end").success());
}

/// The database's password, if its URL has one that could be told from other text.
fn password_in(url: &str) -> Option<String> {
    let (credentials, _) = url.split_once("://")?.1.split_once('@')?;
    let (_, password) = credentials.split_once(':')?;
    Some(password.to_owned()).filter(|password| password.len() > 7)
}
