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
    /// Two servers on one database.
    Replicas,
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
    /// And those on a bare handler.
    pub(crate) bare: Duration,
    /// How long sign-ins last; each takes a quarter of a second.
    pub(crate) logins: Duration,
    /// Replies that are written at the same time, case by case.
    pub(crate) generations: Vec<Wave>,
    pub(crate) tokens_per_second: u32,
    /// Replies that many readers read.
    pub(crate) live: Wave,
    pub(crate) readers: u32,
    /// Readers who come back, and within which time.
    pub(crate) reconnects: u32,
    pub(crate) reconnecting: Duration,
    /// Replies that one server writes and another one is asked for.
    pub(crate) elsewhere: Wave,
    pub(crate) growth: Growth,
}

/// Replies that begin, and then go on together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wave {
    pub(crate) streams: u32,
    /// Within which time they are due to begin, evenly.
    pub(crate) spread: Duration,
    /// How long after that the last one may have its first text.
    pub(crate) settling: Duration,
    /// How long all of them go on at the same time.
    pub(crate) hold: Duration,
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

/// How much longer replies last than they are looked at.
const MARGIN: Duration = Duration::from_millis(500);

const EVERY_PART: [Part; 8] = [
    Part::Start,
    Part::Rest,
    Part::Login,
    Part::Generations,
    Part::Readers,
    Part::Reconnects,
    Part::Replicas,
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
            bare: Duration::from_secs(1),
            logins: Duration::from_secs(4),
            generations: vec![
                Wave::of(1, [0, 1000, 5000]),
                Wave::of(100, [1000, 1000, 5000]),
                Wave::of(1000, [4000, 4000, 8000]),
            ],
            tokens_per_second: 50,
            live: Wave::of(100, [1000, 3000, 5000]),
            readers: 10_000,
            reconnects: 5000,
            reconnecting: Duration::from_secs(5),
            elsewhere: Wave::of(100, [1000, 1000, 5000]),
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
            bare: Duration::from_millis(200),
            logins: Duration::from_millis(500),
            generations: vec![Wave::of(1, [0, 200, 500]), Wave::of(10, [200, 300, 500])],
            tokens_per_second: 50,
            live: Wave::of(2, [200, 300, 500]),
            readers: 40,
            reconnects: 20,
            reconnecting: Duration::from_millis(200),
            elsewhere: Wave::of(10, [200, 300, 500]),
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

    /// How many tokens keep replies going from their beginning to the end of a wave.
    pub(crate) fn tokens_of(&self, wave: &Wave) -> u32 {
        self.tokens_for(wave.begun_at_latest() + wave.hold + MARGIN)
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

impl Wave {
    /// Its times are in milliseconds.
    const fn of(streams: u32, [spread, settling, hold]: [u64; 3]) -> Self {
        Self {
            streams,
            spread: Duration::from_millis(spread),
            settling: Duration::from_millis(settling),
            hold: Duration::from_millis(hold),
        }
    }

    /// When all should have had their first text.
    pub(crate) fn begun_at_latest(&self) -> Duration {
        self.spread + self.settling
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
        assert_eq!(plan.tokens_of(&Wave::of(1, [1000, 500, 5000])), 350);
    }
}
