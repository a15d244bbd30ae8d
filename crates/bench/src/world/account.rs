use std::cell::Cell;
use std::net::SocketAddr;

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::client::{Connection, request};

/// Over how many connections things are made.
const CONNECTIONS: usize = 16;

pub(crate) const PASSWORD: &str = "correct horse battery";

thread_local! {
    static ACCOUNTS: Cell<u32> = const { Cell::new(0) };
}

/// A customer who is signed in.
pub(crate) struct Account {
    address: SocketAddr,
    pub(crate) email: String,
    pub(crate) token: String,
}

impl Account {
    /// Signs somebody new up and in.
    pub(crate) async fn create(address: SocketAddr) -> anyhow::Result<Self> {
        let number = ACCOUNTS.replace(ACCOUNTS.get() + 1);
        let email = format!("customer-{number}@example.com");
        let mut account = Self {
            address,
            email,
            token: String::new(),
        };
        let credentials = account.credentials();
        account.post("/auth/signup", &credentials, 201).await?;
        let tokens = account.post("/auth/login", &credentials, 200).await?;
        account.token = text(&tokens, "access_token")?;
        Ok(account)
    }

    pub(crate) fn credentials(&self) -> Value {
        json!({"email": self.email, "password": PASSWORD})
    }

    /// Opens tickets and returns their ids.
    pub(crate) async fn open_tickets(&self, count: usize) -> anyhow::Result<Vec<String>> {
        let request = request("POST", "/tickets", &self.token, Some(&ticket().to_string()));
        let mut connections = JoinSet::new();
        for number in 0..CONNECTIONS.min(count) {
            let (address, request) = (self.address, request.clone());
            let share = (number..count).step_by(CONNECTIONS).count();
            connections.spawn_local(async move {
                let mut connection = Connection::open(address).await?;
                let mut ids = Vec::with_capacity(share);
                for _ in 0..share {
                    let (status, body) = connection.exchange(&request).await?;
                    ensure!(status == 201, "a ticket was refused with {status}");
                    ids.push(text(&serde_json::from_slice(body)?, "id")?);
                }
                anyhow::Ok(ids)
            });
        }
        let ids: anyhow::Result<Vec<_>> = connections.join_all().await.into_iter().collect();
        Ok(ids?.into_iter().flatten().collect())
    }

    /// Writes messages into a ticket.
    pub(crate) async fn write(&self, ticket: &str, messages: usize) -> anyhow::Result<()> {
        let path = format!("/tickets/{ticket}/messages");
        for _ in 0..messages {
            self.post(&path, &message(), 201).await?;
        }
        Ok(())
    }

    async fn post(&self, path: &str, body: &Value, expected: u16) -> anyhow::Result<Value> {
        let request = request("POST", path, &self.token, Some(&body.to_string()));
        let mut connection = Connection::open(self.address).await?;
        let (status, body) = connection.exchange(&request).await?;
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        ensure!(
            status == expected,
            "POST {path} was answered {status}: {body}"
        );
        Ok(body)
    }
}

pub(crate) fn ticket() -> Value {
    json!({
        "title": "I cannot sign in any more",
        "description": "Since this morning the app says that my password is wrong. I have not changed \
            it. How do I get back into my account?",
    })
}

pub(crate) fn message() -> Value {
    json!({"content": "I tried that, and the mail with the link has not come. Is there another way?"})
}

fn text(body: &Value, member: &str) -> anyhow::Result<String> {
    let member = body.get(member).and_then(Value::as_str);
    Ok(member
        .context("an answer without what was asked for")?
        .to_owned())
}
