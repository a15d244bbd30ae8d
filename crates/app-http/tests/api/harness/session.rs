use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use super::{EventReader, TestApp, soon};

/// Somebody who talks to the server.
pub struct Session<'a> {
    app: &'a TestApp,
    pub token: Option<String>,
}

impl<'a> Session<'a> {
    pub fn new(app: &'a TestApp, token: Option<String>) -> Self {
        Self { app, token }
    }

    /// The same person in the same session.
    pub fn same(&self) -> Self {
        Self::new(self.app, self.token.clone())
    }

    /// A request with the person's token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.app.client.request(method, self.app.url(path));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::to(self.request(Method::POST, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        Answer::to(self.request(Method::PATCH, path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        Answer::to(self.request(Method::PUT, path).json(body)).await
    }

    /// The person's own id.
    pub async fn id(&self) -> String {
        self.get("/auth/me").await.expect_status(200).text_of("id")
    }

    /// Opens a ticket and gives its path.
    pub async fn open_ticket(&self) -> String {
        self.open_ticket_about("Where is my parcel?").await
    }

    pub async fn open_ticket_about(&self, description: &str) -> String {
        let body = json!({"title": "Question", "description": description});
        let answer = self.post("/tickets", &body).await.expect_status(201);
        format!("/tickets/{}", answer.text_of("id"))
    }

    /// Writes a message and gives its id.
    pub async fn send(&self, ticket: &str, content: &str) -> String {
        let path = format!("{ticket}/messages");
        self.post(&path, &json!({"content": content}))
            .await
            .expect_status(201)
            .text_of("id")
    }

    /// The ticket's messages, oldest first.
    pub async fn messages(&self, ticket: &str) -> Vec<Value> {
        let answer = self
            .get(&format!("{ticket}/messages"))
            .await
            .expect_status(200);
        answer.json()["items"].as_array().expect("a list").clone()
    }

    /// Opens the stream of the answer.
    pub async fn stream(&self, ticket: &str) -> EventReader {
        let request = self.request(Method::GET, &format!("{ticket}/ai-response"));
        EventReader::open(request).await
    }

    /// Continues behind an event.
    pub async fn resume(&self, ticket: &str, last_event_id: &str) -> EventReader {
        let request = self.request(Method::GET, &format!("{ticket}/ai-response"));
        EventReader::open(request.header("Last-Event-ID", last_event_id)).await
    }

    /// The state of the answer as JSON.
    pub async fn reply_state(&self, ticket: &str) -> Value {
        let request = self.request(Method::GET, &format!("{ticket}/ai-response"));
        let answer = Answer::to(request.header("Accept", "application/json")).await;
        answer.expect_status(200).json()
    }
}

/// A whole response.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub async fn to(request: RequestBuilder) -> Self {
        let response = soon("an answer", request.send()).await;
        Self::of(response.expect("an answer")).await
    }

    /// The whole of a response that has begun.
    pub async fn of(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = soon("a whole body", response.text())
            .await
            .expect("a whole body");
        Self {
            status,
            headers,
            body,
        }
    }

    #[track_caller]
    pub fn expect_status(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }

    /// Checks that it is a problem of that status and code, complete and without causes.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{}", self.body);
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], format!("/problems/{code}"));
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        for member in ["title", "detail", "instance"] {
            assert!(problem[member].is_string(), "no {member}: {}", self.body);
        }
        self
    }

    /// Checks that the problem names exactly these fields.
    #[track_caller]
    pub fn naming(self, fields: &[&str]) -> Self {
        let problem = self.json();
        let errors = problem["errors"].as_array().expect("errors");
        let named: Vec<_> = errors.iter().map(|error| &error["field"]).collect();
        assert_eq!(named, fields, "{}", self.body);
        self
    }

    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("a printable header"))
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    #[track_caller]
    pub fn text_of(&self, member: &str) -> String {
        self.json()[member].as_str().expect("a text").to_owned()
    }
}
