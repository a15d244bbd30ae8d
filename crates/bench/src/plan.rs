use std::time::Duration;

use clap::ValueEnum;

/// What can be measured by itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Part {
    /// Memory at rest, and from start to ready.
    Start,
    /// Requests and answers.
    Rest,
    /// Sign-ins, and what they do to others.
    Login,
    /// Replies being written, each with one reader.
    Generations,
    /// Many readers of few replies.
    Readers,
    /// Many readers coming back at once.
    Reconnects,
}

/// How much of everything.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) name: &'static str,
    pub(crate) parts: Vec<Part>,
    pub(crate) sqlite_only: bool,
    /// Builds the server anew, rather than taking what there is.
    pub(crate) fresh: bool,
    /// How often everything is measured.
    pub(crate) runs: usize,
    pub(crate) connections: usize,
    pub(crate) tickets: usize,
    pub(crate) messages: usize,
    /// How long each load on requests lasts.
    pub(crate) load: Duration,
    /// How long sign-ins last; each takes a quarter of a second.
    pub(crate) logins: Duration,
    /// How many replies are written at the same time, case by case.
    pub(crate) generations: Vec<u32>,
    pub(crate) tokens_per_second: u32,
    /// Within which time they begin, evenly.
    pub(crate) spread: Duration,
    /// How long all of them go on at the same time.
    pub(crate) hold: Duration,
    /// Replies that many readers read.
    pub(crate) live: u32,
    pub(crate) readers: u32,
    /// Readers who come back, and within which time.
    pub(crate) reconnects: u32,
    pub(crate) reconnecting: Duration,
}

const EVERY_PART: [Part; 6] = [
    Part::Start,
    Part::Rest,
    Part::Login,
    Part::Generations,
    Part::Readers,
    Part::Reconnects,
];

impl Plan {
    pub(crate) fn all() -> Self {
        Self {
            name: "all",
            parts: EVERY_PART.to_vec(),
            sqlite_only: false,
            fresh: true,
            runs: 3,
            connections: 64,
            tickets: 50,
            messages: 20,
            load: Duration::from_secs(3),
            logins: Duration::from_secs(4),
            generations: vec![1, 100, 1000],
            tokens_per_second: 50,
            spread: Duration::from_secs(1),
            hold: Duration::from_secs(5),
            live: 100,
            readers: 10_000,
            reconnects: 5000,
            reconnecting: Duration::from_secs(5),
        }
    }

    pub(crate) fn quick() -> Self {
        Self {
            name: "quick",
            parts: EVERY_PART.to_vec(),
            sqlite_only: false,
            fresh: false,
            runs: 1,
            connections: 8,
            tickets: 50,
            messages: 20,
            load: Duration::from_millis(200),
            logins: Duration::from_millis(500),
            generations: vec![1, 10],
            tokens_per_second: 50,
            spread: Duration::from_millis(200),
            hold: Duration::from_millis(500),
            live: 2,
            readers: 40,
            reconnects: 20,
            reconnecting: Duration::from_millis(200),
        }
    }

    pub(crate) fn has(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }

    /// How many tokens keep a reply going for so long.
    pub(crate) fn tokens_for(&self, lasting: Duration) -> u32 {
        let tokens = lasting.as_millis() * u128::from(self.tokens_per_second) / 1000;
        u32::try_from(tokens).unwrap_or(u32::MAX)
    }

    /// The time from one token to the next.
    pub(crate) fn interval(&self) -> Duration {
        Duration::from_secs(1) / self.tokens_per_second
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_lasts_as_long_as_its_tokens_take() {
        let plan = Plan::all();

        assert_eq!(plan.tokens_for(Duration::from_secs(7)), 350);
        assert_eq!(plan.interval(), Duration::from_millis(20));
    }
}
