//! Several processes of the server on one database, and the model behind them.

use std::time::Duration;

use futures_util::future::join_all;
use groq_simulator::Simulator;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::binary::Server;
use crate::harness::{Answer, Home, soon};
use crate::reader::{Addresses, Customer, Reader};

/// Settings with the shortest lease, and without limits on one customer's answers.
pub const QUICK: &[(&str, &str)] = &[("LEASE_SECONDS", "1"), ("RATE_LIMITS", "off")];
/// The same where no owner at work may lose its lease, however busy the machine is.
pub const STEADY: &[(&str, &str)] = &[("LEASE_SECONDS", "2"), ("RATE_LIMITS", "off")];
/// The same where nothing may wait for a lease's end, nor for its renewal.
pub const PATIENT: &[(&str, &str)] = &[("LEASE_SECONDS", "60"), ("RATE_LIMITS", "off")];
/// A database of one process, in its own folder.
pub const ON_FILE: &str = "sqlite://support.db";

/// The replicas, and one customer of theirs.
pub struct Fleet {
    replicas: Vec<Server>,
    running: Vec<bool>,
    settings: Vec<(String, String)>,
    home: Home,
    customer: Customer,
    pub simulator: Simulator,
}

impl Fleet {
    /// Starts so many replicas at once on an empty database.
    pub async fn start(database_url: &str, replicas: usize, settings: &[(&str, &str)]) -> Self {
        let simulator = Simulator::start().await.expect("a simulator");
        let home = Home::at(database_url.to_owned());
        let base_url = simulator.base_url();
        let model = [
            ("GROQ_API_KEY", "gsk_not_a_real_key"),
            ("GROQ_BASE_URL", &base_url),
        ];
        let given = settings.iter().chain(&model);
        let given = given.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let stored = home.settings().into_iter();
        let settings = given
            .chain(stored.map(|(name, value)| (name.to_owned(), value)))
            .collect();
        let mut fleet = Self {
            replicas: Vec::new(),
            running: vec![true; replicas],
            settings,
            home,
            customer: Customer {
                // A kept connection would hide what a new one meets.
                client: Client::builder()
                    .pool_max_idle_per_host(0)
                    .build()
                    .expect("a client"),
                addresses: Addresses::default(),
                token: String::new(),
            },
            simulator,
        };
        fleet.replicas = join_all((0..replicas).map(|_| fleet.serve())).await;
        for (replica, server) in fleet.replicas.iter().enumerate() {
            fleet.customer.addresses.set(replica, server.base_url());
        }
        fleet.customer.token = fleet.replicas[0].new_customer().await;
        fleet
    }

    async fn serve(&self) -> Server {
        let settings = self.settings.iter();
        let settings: Vec<_> = settings.map(|(n, v)| (n.as_str(), v.as_str())).collect();
        Server::start(self.home.folder.path(), &settings).await
    }

    /// One of the replicas.
    pub fn replica(&mut self, replica: usize) -> &mut Server {
        &mut self.replicas[replica]
    }

    /// Kills that replica.
    pub fn kill(&mut self, replica: usize) {
        self.running[replica] = false;
        self.replicas[replica].kill();
    }

    /// Waits for the end of a replica that was told to stop; gives its exit code.
    pub async fn exit_code(&mut self, replica: usize) -> Option<i32> {
        let code = soon("the replica's end", self.replicas[replica].exit_code()).await;
        self.running[replica] = false;
        code
    }

    /// Starts a replica in the place of one that is gone. Clients find it there.
    pub async fn start_again(&mut self, replica: usize) {
        let server = self.serve().await;
        self.customer.addresses.set(replica, server.base_url());
        self.replicas[replica] = server;
        self.running[replica] = true;
    }

    fn running(&self) -> impl DoubleEndedIterator<Item = usize> {
        (0..self.replicas.len()).filter(|replica| self.running[*replica])
    }

    /// What proves who the customer is.
    pub fn token(&self) -> String {
        self.customer.token.clone()
    }

    /// Opens a ticket and gives its path.
    pub async fn ticket(&self) -> String {
        let replica = self.running().next().expect("a running replica");
        self.replicas[replica]
            .new_ticket(&self.customer.token)
            .await
    }

    /// Opens a ticket that asks this, and gives its path.
    pub async fn ticket_about(&self, description: &str) -> String {
        let replica = self.running().next().expect("a running replica");
        let ticket = json!({"title": "Hello", "description": description});
        let opening = self.replicas[replica].post("/tickets", &self.customer.token, ticket);
        let ticket = opening.await.expect_status(201);
        format!("/tickets/{}", ticket.text_of("id"))
    }

    /// A reader of the ticket's answer who begins at that replica.
    pub fn reader(&self, ticket: &str, replica: usize) -> Reader {
        Reader::new(self.customer.clone(), replica, ticket)
    }

    /// Asks that replica.
    pub async fn ask(&self, replica: usize, method: Method, path: &str) -> Answer {
        let url = format!("{}{path}", self.replicas[replica].base_url());
        let Customer { client, token, .. } = &self.customer;
        let request = client.request(method, url).bearer_auth(token);
        Answer::to(request.header("Accept", "application/json")).await
    }

    /// Asks that replica until its readiness is such.
    pub async fn until_ready_is(&self, replica: usize, status: u16) {
        while self.ask(replica, Method::GET, "/health/ready").await.status != status {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The state of the ticket's answer, which every running replica must tell alike.
    pub async fn state(&self, ticket: &str) -> Value {
        let path = format!("{ticket}/ai-response");
        let asked = self
            .running()
            .map(|replica| self.ask(replica, Method::GET, &path));
        let mut told = Vec::new();
        for answer in join_all(asked).await {
            told.push(answer.expect_status(200).json());
        }
        assert!(told.iter().all(|state| *state == told[0]), "{told:?}");
        told.swap_remove(0)
    }

    /// The texts of the assistant's messages in the ticket.
    pub async fn answers(&self, ticket: &str) -> Vec<String> {
        let path = format!("{ticket}/messages");
        let last = self.running().last().expect("a running replica");
        let page = self.ask(last, Method::GET, &path).await;
        let page = page.expect_status(200).json();
        let messages = page["items"].as_array().expect("a list").iter();
        messages
            .filter(|message| message["is_ai"] == true)
            .map(|message| message["content"].as_str().expect("a text").to_owned())
            .collect()
    }

    /// Checks that the ticket has exactly one answer, that it is that one, and that the readers
    /// show it.
    pub async fn assert_answered(&self, ticket: &str, text: &str, readers: &[&Reader]) {
        let state = self.state(ticket).await;
        assert_eq!(
            (&state["status"], &state["output_text"]),
            (&json!("completed"), &json!(text))
        );
        assert_eq!(self.answers(ticket).await, [text]);
        for reader in readers {
            assert_eq!(reader.last().name, "response.completed");
            assert_eq!(reader.text, text);
        }
    }
}

/// A text of so many words that no other name gives.
pub fn words(name: &str, count: usize) -> String {
    let words: Vec<_> = (0..count).map(|n| format!("{name}{n}")).collect();
    words.join(" ")
}
