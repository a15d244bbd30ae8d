//! Every endpoint, asked by everybody.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Session, TestApp};

/// An id that nothing has.
const NOTHING: &str = "00000000-0000-7000-8000-000000000000";

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Stranger,
    Owner,
    OtherUser,
    Agent,
    Admin,
}

const EVERYBODY: [Who; 5] = [
    Who::Stranger,
    Who::Owner,
    Who::OtherUser,
    Who::Agent,
    Who::Admin,
];

/// One endpoint, and what each of [`EVERYBODY`] is answered, in that order.
struct Row {
    method: Method,
    /// `{ticket}`, `{message}`, `{reply}` and `{user}` stand for the owner's things.
    path: &'static str,
    body: Value,
    statuses: [u16; 5],
}

fn row(method: Method, path: &'static str, body: Value, statuses: [u16; 5]) -> Row {
    Row {
        method,
        path,
        body,
        statuses,
    }
}

/// In an order in which none takes away what a later one needs.
fn rows() -> Vec<Row> {
    let get = |path, statuses| row(Method::GET, path, Value::Null, statuses);
    let post = |path, body, statuses| row(Method::POST, path, body, statuses);
    let patch = |path, body, statuses| row(Method::PATCH, path, body, statuses);
    let mut rows = template_rows();
    rows.extend([
        get("/health/live", [200; 5]),
        get("/health/ready", [200; 5]),
        get("/health/stream", [200; 5]),
        get("/problems/not_found", [200; 5]),
        get("/openapi.json", [200; 5]),
        get("/docs", [200; 5]),
        get("/docs/index.html", [200; 5]),
        get("/auth/me", [401, 200, 200, 200, 200]),
        post("/auth/signup", json!({}), [422; 5]),
        post("/auth/login", json!({}), [422; 5]),
        post("/auth/refresh", json!({}), [422; 5]),
        post(
            "/auth/password",
            json!({"current_password": "wrong", "new_password": "another horse battery"}),
            [401, 403, 403, 403, 403],
        ),
        get("/tickets", [401, 200, 200, 200, 200]),
        get("/tickets?user_id={user}", [401, 200, 403, 200, 200]),
        get("/tickets?assignee_id=none", [401, 403, 403, 200, 200]),
        post(
            "/tickets",
            json!({"title": "Question", "description": "Where?"}),
            [401, 201, 201, 201, 201],
        ),
        get("{ticket}", [401, 200, 404, 200, 200]),
        patch("{ticket}", json!({}), [401, 200, 404, 200, 200]),
        patch(
            "{ticket}",
            json!({"title": "Another question"}),
            [401, 200, 404, 200, 200],
        ),
        patch(
            "{ticket}",
            json!({"priority": "high", "category": "shipping"}),
            [401, 200, 404, 200, 200],
        ),
        patch("{ticket}", json!({"tags": []}), [401, 403, 404, 200, 200]),
        patch(
            "{ticket}",
            json!({"assignee_id": null}),
            [401, 403, 404, 200, 200],
        ),
        patch(
            "{ticket}",
            json!({"assistant_enabled": true}),
            [401, 403, 404, 200, 200],
        ),
        get("{ticket}/messages", [401, 200, 404, 200, 200]),
        post(
            "{ticket}/messages",
            json!({"content": "Note", "visibility": "internal"}),
            [401, 403, 404, 201, 201],
        ),
        row(
            Method::HEAD,
            "{ticket}/ai-response",
            Value::Null,
            [401, 200, 404, 200, 200],
        ),
        get("{ticket}/ai-response", [401, 200, 404, 200, 200]),
        post(
            "{ticket}/ai-response/retry",
            Value::Null,
            [401, 409, 404, 409, 409],
        ),
        post(
            "{ticket}/ai-response/cancel",
            Value::Null,
            [401, 200, 404, 200, 200],
        ),
        post(
            "{ticket}/stream-token",
            Value::Null,
            [401, 200, 404, 200, 200],
        ),
        get("{ticket}/replies/{reply}", [401, 403, 404, 200, 200]),
        row(
            Method::PUT,
            "{ticket}/messages/{message}/feedback",
            json!({"rating": "up"}),
            [401, 200, 404, 403, 403],
        ),
        get("/users", [401, 403, 403, 403, 200]),
        patch("/users/{user}", json!({}), [401, 403, 403, 403, 200]),
        get("/admin/stats", [401, 403, 403, 403, 200]),
        post("{ticket}/handoff", Value::Null, [401, 200, 404, 200, 200]),
    ]);
    rows.extend(article_rows());
    // Ends the sessions that asked all of the above.
    rows.push(post("/auth/logout", Value::Null, [401, 204, 204, 204, 204]));
    rows
}

/// Of prompt templates.
fn template_rows() -> Vec<Row> {
    let get = |path, statuses| row(Method::GET, path, Value::Null, statuses);
    let post = |path, body, statuses| row(Method::POST, path, body, statuses);
    vec![
        get("/prompt-templates", [401, 403, 403, 403, 200]),
        get("/prompt-templates/variables", [401, 403, 403, 403, 200]),
        row(
            Method::PUT,
            "/prompt-templates/default",
            json!({"system": "Be kind.", "user": "{{ latest_message }}"}),
            [401, 403, 403, 403, 200],
        ),
        get("/prompt-templates/default", [401, 403, 403, 403, 200]),
        get(
            "/prompt-templates/default/versions",
            [401, 403, 403, 403, 200],
        ),
        post(
            "/prompt-templates/default/preview",
            json!({"ticket_id": NOTHING}),
            [401, 403, 403, 403, 422],
        ),
        row(
            Method::DELETE,
            "/prompt-templates/default",
            Value::Null,
            [401, 403, 403, 403, 204],
        ),
    ]
}

/// Those about help articles, of which `{draft}` is an agent's.
fn article_rows() -> Vec<Row> {
    let get = |path, statuses| row(Method::GET, path, Value::Null, statuses);
    vec![
        get("/articles", [401, 200, 200, 200, 200]),
        get("/articles/search?q=refund", [401, 200, 200, 200, 200]),
        row(
            Method::POST,
            "/articles",
            json!({"title": "Refunds", "body": "Soon."}),
            // The agent's takes the slug.
            [401, 403, 403, 201, 409],
        ),
        get("/articles/{draft}", [401, 404, 404, 200, 200]),
        row(
            Method::PATCH,
            "/articles/{draft}",
            json!({}),
            [401, 403, 403, 200, 200],
        ),
        get("/articles/synonyms", [401, 403, 403, 200, 200]),
        row(
            Method::PUT,
            "/articles/synonyms",
            json!({"groups": []}),
            [401, 403, 403, 200, 200],
        ),
        row(
            Method::DELETE,
            "/articles/synonyms",
            Value::Null,
            [401, 403, 403, 204, 204],
        ),
        row(
            Method::DELETE,
            "/articles/{draft}",
            Value::Null,
            [401, 403, 403, 204, 404],
        ),
    ]
}

/// The owner's things.
struct Things {
    ticket: String,
    message: String,
    reply: String,
    user: String,
    /// An agent's.
    draft: String,
}

impl Things {
    async fn of(owner: &Session<'_>, agent: &Session<'_>) -> Self {
        let title = format!("Draft {}", owner.id().await);
        let draft = json!({"title": title, "body": "Soon.", "published": false});
        let draft = agent.post("/articles", &draft).await.expect_status(201);
        let ticket = owner.open_ticket().await;
        let mut stream = owner.stream(&ticket).await;
        while stream.next().await.is_some() {}
        let messages = owner.messages(&ticket).await;
        let reply = owner.reply_state(&ticket).await;
        Self {
            message: messages[0]["id"].as_str().expect("an id").to_owned(),
            reply: reply["id"].as_str().expect("an id").to_owned(),
            user: owner.id().await,
            draft: draft.text_of("id"),
            ticket,
        }
    }

    /// The path, with the ids of these things.
    fn path(&self, pattern: &str) -> String {
        pattern
            .replace("{ticket}", &self.ticket)
            .replace("{message}", &self.message)
            .replace("{reply}", &self.reply)
            .replace("{user}", &self.user)
            .replace("{draft}", &self.draft)
    }

    /// The path, with ids that nothing has.
    fn missing(pattern: &str) -> String {
        pattern
            .replace("{ticket}", &format!("/tickets/{NOTHING}"))
            .replace("{message}", NOTHING)
            .replace("{reply}", NOTHING)
            .replace("{user}", NOTHING)
            .replace("{draft}", NOTHING)
    }
}

/// The path as the API's description has it.
fn template(pattern: &str) -> String {
    let path = pattern.split('?').next().expect("a path");
    path.replace("{ticket}", "/tickets/{ticket_id}")
        .replace("{message}", "{message_id}")
        .replace("{reply}", "{reply_id}")
        .replace("{user}", "{user_id}")
        .replace("{draft}", "{article_id}")
        .replace("not_found", "{code}")
        .replace("index.html", "{file}")
        .replace("templates/default", "templates/{name}")
}

async fn ask(session: &Session<'_>, row: &Row, path: &str) -> Answer {
    let request = session.request(row.method.clone(), path);
    let request = if row.body.is_null() {
        request
    } else {
        request.json(&row.body)
    };
    Answer::to(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_may_do_what_their_role_allows_and_nothing_else() {
    let app = TestApp::start().await;
    let sessions = [
        app.stranger(),
        app.customer("owner").await,
        app.customer("other").await,
        app.agent("agent").await,
        app.admin("admin").await,
    ];
    let things = Things::of(&sessions[1], &sessions[3]).await;
    for row in rows() {
        for ((who, session), status) in EVERYBODY.into_iter().zip(&sessions).zip(row.statuses) {
            let path = things.path(row.path);
            let answer = ask(session, &row, &path).await;
            assert_eq!(
                answer.status, status,
                "{who:?} {} {path}: {}",
                row.method, answer.body
            );
            if (400..500).contains(&status) && row.method != Method::HEAD {
                let code = answer.json()["code"].as_str().expect("a code").to_owned();
                answer.expect_problem(status, &code);
            }
        }
    }
}

/// Whoever adds an operation says who may do it.
#[tokio::test(flavor = "multi_thread")]
async fn every_documented_operation_is_asked_by_everybody() {
    let app = TestApp::start().await;
    let document = app.stranger().get("/openapi.json").await;
    let document = document.expect_status(200).json();
    let paths = document["paths"].as_object().expect("paths");
    let documented: BTreeSet<String> = paths
        .iter()
        .flat_map(|(path, operations)| {
            let methods = operations.as_object().expect("operations").keys();
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let asked = rows().into_iter().filter(|row| row.method != Method::HEAD);
    let asked: BTreeSet<String> = asked
        .map(|row| format!("{} {}", row.method, template(row.path)))
        .collect();
    assert_eq!(asked, documented);
}

/// What tells one problem from another, save for the path asked for and the request's own id.
fn told(answer: &Answer, path: &str) -> (u16, String, BTreeSet<(String, String)>) {
    let body = answer
        .body
        .replace(answer.header("x-request-id"), "REQUEST")
        .replace(path.split('?').next().expect("a path"), "PATH");
    let own = ["x-request-id", "date", "content-length"];
    let headers = answer.headers.iter().map(|(name, value)| {
        let value = value.to_str().expect("a printable header");
        (name.to_string(), value.to_owned())
    });
    let headers = headers.filter(|(name, _)| !own.contains(&name.as_str()));
    (answer.status.as_u16(), body, headers.collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn other_peoples_things_look_like_missing_ones_to_the_byte() {
    let app = TestApp::start().await;
    let owner = app.customer("owner").await;
    let other = app.customer("other").await;
    let agent = app.agent("agent").await;
    let things = Things::of(&owner, &agent).await;
    for row in rows() {
        if row.statuses[2] != 404 {
            continue;
        }
        let (theirs, missing) = (things.path(row.path), Things::missing(row.path));
        let answers = [
            told(&ask(&other, &row, &theirs).await, &theirs),
            told(&ask(&other, &row, &missing).await, &missing),
        ];
        assert_eq!(answers[0], answers[1], "{} {}", row.method, row.path);
    }
}

/// A thing of one ticket is not reached through another.
#[tokio::test(flavor = "multi_thread")]
async fn ids_of_another_ticket_lead_nowhere() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.customer("ada").await, app.customer("bob").await);
    let grace = app.agent("grace").await;
    let (hers, his) = (
        Things::of(&ada, &grace).await,
        Things::of(&bob, &grace).await,
    );
    let feedback = format!("{}/messages/{}/feedback", hers.ticket, his.message);
    ada.put(&feedback, &json!({"rating": "down"}))
        .await
        .expect_problem(404, "not_found");
    grace
        .get(&format!("{}/replies/{}", hers.ticket, his.reply))
        .await
        .expect_problem(404, "not_found");
    let list = ada.get("/tickets?limit=100").await.expect_status(200);
    assert!(!list.body.contains(&his.user), "{}", list.body);
}
