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
    /// More tickets, and longer replies.
    Growth,
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
    pub(crate) growth: Growth,
}

/// How far things grow, measured once.
#[derive(Clone, Debug)]
pub(crate) struct Growth {
    /// Tickets of one customer.
    pub(crate) own: [usize; 2],
    /// How many others' tickets are added.
    pub(crate) tickets: u32,
    /// How long each load lasts.
    pub(crate) load: Duration,
    /// How many of the staff search at the same time.
    pub(crate) staff: usize,
    /// Tokens of a reply.
    pub(crate) replies: [u32; 2],
    /// So many tokens are read by each reader in all, however long the replies are.
    pub(crate) tokens_in_all: u32,
    /// Tokens a second.
    pub(crate) pace: u32,
    /// How many replies are written at the same time, beside one alone.
    pub(crate) streams: u32,
}

const EVERY_PART: [Part; 7] = [
    Part::Start,
    Part::Rest,
    Part::Login,
    Part::Generations,
    Part::Readers,
    Part::Reconnects,
    Part::Growth,
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
            growth: Growth {
                own: [10, 1000],
                tickets: 1_000_000,
                load: Duration::from_secs(1),
                staff: 4,
                replies: [100, 10_000],
                tokens_in_all: 10_000,
                pace: 2000,
                streams: 4,
            },
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
            growth: Growth {
                own: [2, 20],
                tickets: 3000,
                load: Duration::from_millis(200),
                staff: 2,
                replies: [10, 100],
                tokens_in_all: 100,
                pace: 500,
                streams: 2,
            },
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
