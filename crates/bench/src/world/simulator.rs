//! The upstream: groq-simulator in a process of its own.

use clap::Args;
use groq_simulator::{Config, Reply, Simulator as Server};

use super::child::{Role, serve_until_abandoned};
use crate::sse::MARK;

/// How every answer goes.
#[derive(Args, Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Tokens of an answer.
    #[arg(long)]
    pub(crate) tokens: u32,
    /// Tokens a second.
    #[arg(long)]
    pub(crate) tokens_per_second: u32,
}

/// A running simulator.
pub(crate) struct Simulator(Role);

impl Simulator {
    pub(crate) fn start(pace: Pace) -> anyhow::Result<Self> {
        let arguments = [
            "simulator".to_owned(),
            format!("--tokens={}", pace.tokens),
            format!("--tokens-per-second={}", pace.tokens_per_second),
        ];
        Ok(Self(Role::start(&arguments)?))
    }

    pub(crate) fn pid(&self) -> u32 {
        self.0.pid()
    }

    pub(crate) const fn address(&self) -> std::net::SocketAddr {
        self.0.address
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/openai/v1", self.0.address)
    }

    /// A request for an answer, as the server sends it.
    pub(crate) fn request() -> Vec<u8> {
        let body = r#"{"model":"openai/gpt-oss-20b","stream":true,"messages":[{"role":"system","content":"Answer the customer."},{"role":"user","content":"How do I reset my password?"}]}"#;
        let path = "/openai/v1/chat/completions";
        crate::client::request("POST", path, super::server::MODEL_KEY, Some(body))
    }
}

/// Serves until whoever started this process is gone.
///
/// # Errors
/// When it cannot listen.
pub async fn serve(pace: Pace) -> anyhow::Result<()> {
    let token = format!(" wor{}ld", char::from(MARK));
    let tokens = (0..pace.tokens).map(|_| token.clone());
    let reply = Reply::new()
        .with_pieces(tokens)
        .tokens_per_second(pace.tokens_per_second);
    let config = Config {
        replies: vec![reply],
        journal_capacity: 1,
        ..Config::default()
    };
    let simulator = Server::start_with(config).await?;
    serve_until_abandoned(simulator.address()).await?;
    simulator.stop().await;
    Ok(())
}
