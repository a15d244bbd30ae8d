use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use crate::{
    limits::RateLimits,
    reply::{ChunkShape, Reply},
};

/// How a simulator listens and how it answers when nothing else was scripted.
#[derive(Clone)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub address: SocketAddr,
    /// Threads that serve requests. One is enough for thousands of paced streams.
    pub workers: usize,
    /// The only key that is accepted; `None` accepts any that is not empty.
    pub api_key: Option<String>,
    /// Pace of an answer; 0 sends it as fast as the client reads.
    pub tokens_per_second: f64,
    /// Time from the response head to the first chunk.
    pub first_token_after: Duration,
    /// Answers to the requests without a scripted one, in turn and over and over; if there are
    /// none, the simulator writes its own.
    pub replies: Vec<Reply>,
    /// Length of an answer that was not scripted; `None` leaves it to the text.
    pub answer_tokens: Option<usize>,
    /// Whether an answer that was not scripted starts with reasoning.
    pub reasoning: bool,
    /// What chunks look like, if a script does not say.
    pub chunk_shape: ChunkShape,
    /// Two simulators with the same seed answer the same requests in the same way.
    pub seed: u64,
    /// How many requests the journal keeps; the oldest go first, the counts keep counting.
    pub journal_capacity: usize,
    /// Off by default; the rate-limit headers then always say the same.
    pub rate_limits: RateLimits,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            workers: 1,
            api_key: None,
            tokens_per_second: 0.0,
            first_token_after: Duration::ZERO,
            replies: Vec::new(),
            answer_tokens: None,
            reasoning: false,
            chunk_shape: ChunkShape::default(),
            seed: 0,
            journal_capacity: 10_000,
            rate_limits: RateLimits::default(),
        }
    }
}
