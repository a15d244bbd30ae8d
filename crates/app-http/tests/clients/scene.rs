use std::time::Duration;

use groq_simulator::{Reply, Simulator};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::fault_proxy::FaultProxy;

use crate::binary::Server;
use crate::client::{Client, Reading};
use crate::gate::Gate;
use crate::harness::Answer;
use crate::wire::Wire;

/// The server as it is shipped, a customer of its, and the model behind it.
pub struct Scene {
    pub gate: Gate,
    pub simulator: Simulator,
    server: Server,
    token: String,
    _folder: TempDir,
}

/// A client's way to the server. What the proxy lets through is seen on the wire.
pub struct Line {
    pub proxy: FaultProxy,
    pub wire: Wire,
}

impl Scene {
    pub async fn start() -> Self {
        let simulator = Simulator::start().await.expect("a simulator");
        let gate = Gate::start(simulator.address()).await;
        let folder = TempDir::new().expect("a temporary folder");
        let model = format!("http://{}/openai/v1", gate.address());
        let settings = [
            ("DATABASE_URL", "sqlite://support.db"),
            ("GROQ_API_KEY", "gsk_not_a_real_key"),
            ("GROQ_BASE_URL", &model),
        ];
        let server = Server::start(folder.path(), &settings).await;
        let token = server.new_customer().await;
        Self {
            gate,
            simulator,
            server,
            token,
            _folder: folder,
        }
    }

    pub async fn line(&self) -> Line {
        let server = self.server.base_url().trim_start_matches("http://");
        let wire = Wire::start(server.parse().expect("an address")).await;
        let proxy = FaultProxy::start(wire.address()).await.expect("a proxy");
        Line { proxy, wire }
    }

    /// A new ticket, which will be answered with these pieces of text.
    pub async fn ticket_answered(&self, pieces: &[&str]) -> String {
        self.simulator
            .enqueue(Reply::new().with_pieces(pieces.iter().copied()));
        self.server.new_ticket(&self.token).await
    }

    /// A new ticket whose customer asks for a person, so that its answer hands off.
    pub async fn ticket_of_who_wants_a_person(&self) -> String {
        let ticket = self.server.new_ticket(&self.token).await;
        let path = format!("{ticket}/messages");
        let wish = json!({"content": "Let me talk to a human, please."});
        self.server
            .post(&path, &self.token, wish)
            .await
            .expect_status(201);
        ticket
    }

    /// What that client needs to read the ticket's answer once.
    pub async fn reading(&self, client: Client, ticket: &str) -> Reading {
        let path = format!("{ticket}/ai-response");
        if !client.sends_no_headers() {
            let token = Some(self.token.clone());
            return Reading { path, token };
        }
        let wanted = format!("{ticket}/stream-token");
        let answer = self.server.post(&wanted, &self.token, Value::Null).await;
        let token = answer.expect_status(200).text_of("token");
        Reading {
            path: format!("{path}?stream_token={token}"),
            token: None,
        }
    }

    /// The text of the ticket's only answer, as it is stored.
    pub async fn stored_text(&self, ticket: &str) -> String {
        let page = self.get(&format!("{ticket}/messages")).await.json();
        let messages = page["items"].as_array().expect("a list");
        let mut texts = messages
            .iter()
            .filter(|message| message["is_ai"] == true)
            .map(|message| message["content"].as_str().expect("a text"));
        let text = texts.next().expect("an answer");
        assert_eq!(texts.next(), None);
        text.to_owned()
    }

    /// Waits until the ticket's answer is whole.
    pub async fn until_answered(&self, ticket: &str) {
        let path = format!("{ticket}/ai-response");
        while self.get(&path).await.json()["status"] != json!("completed") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Asks for a page as JSON, with the compression that most clients offer.
    pub async fn compressed(&self, path: &str) -> Answer {
        let request = self.server.request(path, &self.token);
        let request = request.header("Accept-Encoding", "gzip");
        let response = request.send().await.expect("an answer");
        Answer {
            status: response.status(),
            headers: response.headers().clone(),
            body: String::new(),
        }
    }

    async fn get(&self, path: &str) -> Answer {
        let request = self.server.request(path, &self.token);
        Answer::to(request.header("Accept", "application/json"))
            .await
            .expect_status(200)
    }
}

impl Line {
    pub fn base_url(&self) -> String {
        format!("http://{}", self.proxy.address())
    }
}
