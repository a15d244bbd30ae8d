//! Looks at everything that the product needs to work, and says in plain words what is wrong and
//! what to change.
//!
//! It looks and must not change anything.

mod articles;
mod stream;

use std::io::{self, Write};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use domain::ports::Clock as _;
use reqwest::Url;

use crate::causes::causes;
use crate::composition::examination::{self, ModelState};
use crate::config::Config;
use crate::system::SystemClock;

/// What makes sessions end early or late, and leases of replicas disagree.
const TOLERABLE_SKEW: TimeDelta = TimeDelta::seconds(2);
/// What a database that answers at all answers within.
const SLOW: Duration = Duration::from_millis(250);

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gravity {
    Good,
    /// It works, but not as it should.
    Doubtful,
    Bad,
}

/// What was found out about one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    about: &'static str,
    gravity: Gravity,
    words: String,
}

impl Finding {
    fn good(about: &'static str, words: impl Into<String>) -> Self {
        Self::new(about, Gravity::Good, words)
    }

    fn doubtful(about: &'static str, words: impl Into<String>) -> Self {
        Self::new(about, Gravity::Doubtful, words)
    }

    fn bad(about: &'static str, words: impl Into<String>) -> Self {
        Self::new(about, Gravity::Bad, words)
    }

    fn new(about: &'static str, gravity: Gravity, words: impl Into<String>) -> Self {
        Self {
            about,
            gravity,
            words: words.into(),
        }
    }
}

/// Tells what is found while it is found, one line each. Whether nothing was bad.
///
/// # Errors
/// When nobody takes what is told.
pub(crate) async fn examine(config: &Config, public: Option<&Url>) -> io::Result<bool> {
    let mut report = Report::default();
    report.tell(Finding::good("configuration", "every setting can be used"))?;
    examine_store(config, &mut report).await?;
    report.tell(model(config).await)?;
    match public {
        Some(url) => {
            for finding in stream::examine(url).await {
                report.tell(finding)?;
            }
        }
        None => report.tell(Finding::good(
            "stream",
            "not tried; give --url with the address that clients use to see what proxies do to it",
        ))?,
    }
    Ok(report.healthy)
}

struct Report {
    healthy: bool,
}

impl Default for Report {
    fn default() -> Self {
        Self { healthy: true }
    }
}

impl Report {
    fn tell(&mut self, finding: Finding) -> io::Result<()> {
        let Finding {
            about,
            gravity,
            words,
        } = finding;
        self.healthy &= gravity != Gravity::Bad;
        let mark = match gravity {
            Gravity::Good => "ok  ",
            Gravity::Doubtful => "WARN",
            Gravity::Bad => "FAIL",
        };
        writeln!(io::stdout(), "{mark}  {about}: {words}")
    }
}

async fn examine_store(config: &Config, report: &mut Report) -> io::Result<()> {
    let store = match examination::store(config) {
        Ok(Some(store)) => store,
        Ok(None) => {
            return report.tell(Finding::good(
                "database",
                "the file is not there yet; the first start makes it",
            ));
        }
        Err(error) => {
            return report.tell(Finding::bad(
                "database",
                format!("{error:#}. Look at DATABASE_URL"),
            ));
        }
    };
    let asked = Instant::now();
    if let Err(error) = store.health.ping().await {
        let causes = causes(&error);
        return report.tell(Finding::bad(
            "database",
            format!(
                "{causes}. Look at DATABASE_URL, whether the database runs, and whether it lets \
                 this machine in"
            ),
        ));
    }
    let took = asked.elapsed();
    let words = format!("answers in {} ms", took.as_millis());
    report.tell(if took < SLOW {
        Finding::good("database", words)
    } else {
        Finding::doubtful(
            "database",
            format!("{words}, which every request waits for"),
        )
    })?;

    let migrated = store.health.is_migrated().await;
    report.tell(match &migrated {
        Ok(true) => Finding::good("migrations", "the newest is applied"),
        Ok(false) => Finding::doubtful(
            "migrations",
            "some are missing; the next start applies them, and so does `support-assistant migrate`",
        ),
        Err(error) => Finding::bad("migrations", causes(error)),
    })?;
    report.tell(match store.health.now().await {
        Ok(now) => clock(now - SystemClock.now()),
        Err(error) => Finding::bad("clock", causes(&error)),
    })?;
    if !matches!(migrated, Ok(true)) {
        return Ok(());
    }
    for finding in articles::examine(&store, config.search_language).await {
        report.tell(finding)?;
    }
    Ok(())
}

fn clock(skew: TimeDelta) -> Finding {
    let milliseconds = skew.num_milliseconds().abs();
    let words = format!("the database's is {milliseconds} ms from this machine's");
    if skew.abs() <= TOLERABLE_SKEW {
        Finding::good("clock", words)
    } else {
        Finding::bad(
            "clock",
            format!("{words}: have both set by the network's time (NTP)"),
        )
    }
}

async fn model(config: &Config) -> Finding {
    let about = "model";
    let (model, state) = match examination::model(config).await {
        Ok(None) => return Finding::good(about, "none is wanted: help articles are quoted"),
        Ok(Some(found)) => found,
        Err(error) => return Finding::bad(about, format!("{error:#}")),
    };
    match state {
        ModelState::Ready => {
            Finding::good(about, format!("the host takes the key and has {model}"))
        }
        ModelState::Untold => Finding::doubtful(
            about,
            format!(
                "the host answers, but does not tell its models: whether it has {model} is open"
            ),
        ),
        ModelState::Missing => Finding::bad(
            about,
            format!("the host has no model {model}. Set GROQ_MODEL to one that it has"),
        ),
        ModelState::KeyRefused => Finding::bad(about, "the host refuses the key. Set GROQ_API_KEY"),
        ModelState::Limited => Finding::doubtful(
            about,
            "the host has had too many requests for now; customers wait or are handed over",
        ),
        ModelState::Unreachable(why) => Finding::bad(
            about,
            format!("{why}. Look at GROQ_BASE_URL, and whether this machine may reach that host"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_differ_are_bad() {
        for (skew, gravity) in [
            (-2_000, Gravity::Good),
            (2_001, Gravity::Bad),
            (-3_000, Gravity::Bad),
        ] {
            assert_eq!(
                clock(TimeDelta::milliseconds(skew)).gravity,
                gravity,
                "{skew}"
            );
        }
    }
}
