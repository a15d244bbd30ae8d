//! Settings, read from environment variables and a `.env` file. This is the only place that reads
//! the environment.

mod assistant;
mod edge;
mod limits;
mod metrics;
mod reader;
mod signing_keys;
mod weak_secret;

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use domain::handoff::HandoffRules;
use domain::ports::{ReplyLimits, TokenQuotas};
use domain::use_cases::AttemptLimits;
use secrecy::SecretString;
use tracing_subscriber::EnvFilter;

pub use self::assistant::{Assistant, Groq};
pub use self::edge::Edge;
pub use self::metrics::MetricsListener;
use self::reader::Reader;
use self::signing_keys::{read_jwt_secret, read_previous_jwt_secret};

/// Everything that can be set.
#[derive(Debug)]
pub struct Config {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
    /// Where data is kept.
    pub database: Database,
    /// Connections kept to a PostgreSQL server at most.
    pub database_pool: u32,
    /// The key that signs access tokens; none to use the one kept beside the database.
    pub jwt_secret: Option<SecretString>,
    /// The key before it, whose tokens are good until they expire.
    pub jwt_secret_previous: Option<SecretString>,
    /// Who answers.
    pub assistant: Assistant,
    /// The language that help articles are in, by its English name; `none` for any.
    pub search_language: &'static str,
    /// How long a process may be silent before its replies are taken over.
    pub lease: Duration,
    /// Each ticket owner's limits; none when they are switched off.
    pub reply_limits: Option<ReplyLimits>,
    /// How many tokens may be spent on a day.
    pub token_quotas: TokenQuotas,
    /// When questions go to people before a model is asked.
    pub handoff_rules: HandoffRules,
    /// How often strangers may try; none when the limits are switched off.
    pub attempt_limits: Option<AttemptLimits>,
    /// What lies between clients and this server.
    pub edge: Edge,
    /// How long a shutdown may take.
    pub shutdown: Duration,
    /// How long a client may leave what it was sent unacknowledged before it is given up.
    pub client_timeout: Duration,
    /// Where metrics are told.
    pub metrics: MetricsListener,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Which log lines are written, in the notation of `RUST_LOG`.
    pub log_filter: String,
}

/// Where data is kept.
#[derive(Clone, Debug)]
pub enum Database {
    /// A file.
    Sqlite(PathBuf),
    /// A server, by its URL, which holds a password.
    Postgres(SecretString),
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// For machines, one object a line.
    Json,
}

/// One setting that is wrong. Values stay unsaid, since they may be secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    /// The variable.
    pub name: &'static str,
    /// What it should be.
    pub expected: String,
}

/// Every setting that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors(pub Vec<ConfigProblem>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration is invalid:")?;
        for problem in &self.0 {
            write!(f, "\n  {}: {}", problem.name, problem.expected)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

/// Those whose word forms the search knows.
const SEARCH_LANGUAGES: [&str; 19] = [
    "none",
    "arabic",
    "danish",
    "dutch",
    "english",
    "finnish",
    "french",
    "german",
    "greek",
    "hungarian",
    "italian",
    "norwegian",
    "portuguese",
    "romanian",
    "russian",
    "spanish",
    "swedish",
    "tamil",
    "turkish",
];

impl Config {
    /// Reads the settings from the process' environment, then from `.env` in the working folder.
    ///
    /// # Errors
    /// [`ConfigErrors`] with every problem at once.
    pub fn from_environment() -> Result<Self, ConfigErrors> {
        let spoilt = |name, expected: &str| {
            let expected = expected.to_owned();
            ConfigErrors(vec![ConfigProblem { name, expected }])
        };
        let file: HashMap<String, String> = match dotenvy::from_path_iter(".env") {
            Ok(lines) => lines
                .collect::<Result<_, _>>()
                .map_err(|_invalid| spoilt(".env", "must consist of lines NAME=value"))?,
            Err(error) if error.not_found() => HashMap::new(),
            // Whoever made the file does not want the defaults.
            Err(_unreadable) => return Err(spoilt(".env", "must be a file that can be read")),
        };
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that reads the environment"
        )]
        let variable = |name: &str| std::env::var(name).ok();
        Self::from_lookup(&|name| variable(name).or_else(|| file.get(name).cloned()))
    }

    /// Reads the settings from anything that knows values by name. An empty value counts as none.
    ///
    /// # Errors
    /// [`ConfigErrors`] with every problem at once.
    pub fn from_lookup(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigErrors> {
        let mut reader = Reader::new(lookup);
        let database = read_database(&mut reader);
        let (reply_limits, attempt_limits) = limits::read(&mut reader);
        let token_quotas = limits::read_quotas(&mut reader);
        let handoff_rules = limits::read_handoff_rules(&mut reader);
        let config = Self {
            host: reader.parsed(
                "HOST",
                IpAddr::V4(Ipv4Addr::LOCALHOST),
                "must be an IP address",
            ),
            port: reader.parsed("PORT", 8080, "must be a port number from 0 to 65535"),
            jwt_secret: read_jwt_secret(&mut reader, &database),
            jwt_secret_previous: read_previous_jwt_secret(&mut reader),
            database_pool: reader.number("DATABASE_POOL_SIZE", 10, 1..=1_000),
            database,
            assistant: Assistant::read(&mut reader),
            search_language: reader.one_of(
                "SEARCH_LANGUAGE",
                "english",
                &SEARCH_LANGUAGES.map(|name| (name, name)),
            ),
            lease: reader.seconds("LEASE_SECONDS", 15, 1..=300),
            reply_limits,
            token_quotas,
            handoff_rules,
            attempt_limits,
            edge: Edge::read(&mut reader),
            shutdown: reader.seconds("SHUTDOWN_SECONDS", 25, 1..=300),
            client_timeout: reader.seconds("CLIENT_TIMEOUT_SECONDS", 30, 1..=3_600),
            metrics: MetricsListener::read(&mut reader),
            log_format: reader.one_of(
                "LOG_FORMAT",
                LogFormat::Pretty,
                &[("pretty", LogFormat::Pretty), ("json", LogFormat::Json)],
            ),
            log_filter: read_log_filter(&mut reader),
        };
        reader.finish(config)
    }
}

fn read_log_filter(reader: &mut Reader<'_>) -> String {
    let name = "RUST_LOG";
    let filter = reader.text(name, "info,actix_server=warn");
    if EnvFilter::try_new(&filter).is_err() {
        reader.complain(
            name,
            "must be levels, also by module, such as info,actix_server=warn",
        );
    }
    filter
}

fn read_database(reader: &mut Reader<'_>) -> Database {
    let name = "DATABASE_URL";
    let url = reader.text(name, "sqlite://data/support.db");
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Database::Postgres(SecretString::from(url));
    }
    let path = url
        .strip_prefix("sqlite://")
        .or_else(|| url.strip_prefix("sqlite:"));
    match path {
        Some(path) if !path.is_empty() && path != ":memory:" => {}
        _ => reader.complain(
            name,
            "must be sqlite:// followed by the path of a file, or the URL of a PostgreSQL \
             database that begins with postgres://",
        ),
    }
    Database::Sqlite(PathBuf::from(path.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(settings: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
        Config::from_lookup(&|name| {
            settings
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn nothing_needs_to_be_set() {
        let config = config(&[]).unwrap();
        assert_eq!(config.port, 8080);
        let Database::Sqlite(path) = config.database else {
            panic!("not SQLite")
        };
        assert_eq!(path, PathBuf::from("data/support.db"));
        assert!(matches!(config.assistant, Assistant::Extractive));
    }

    #[test]
    fn a_key_switches_the_model_on() {
        let groq = config(&[("GROQ_API_KEY", "gsk_not_a_real_key")]).unwrap();
        assert!(matches!(groq.assistant, Assistant::Groq(_)));
        let quoting = config(&[
            ("GROQ_API_KEY", "gsk_not_a_real_key"),
            ("ASSISTANT", "extractive"),
        ])
        .unwrap();
        assert!(matches!(quoting.assistant, Assistant::Extractive));
    }

    #[test]
    fn all_problems_are_reported_at_once_and_without_values() {
        let errors = config(&[
            ("PORT", "eighty"),
            ("LEASE_SECONDS", "0"),
            ("JWT_SECRET", "hunter2hunter2"),
            ("DATABASE_URL", "mysql://u:hunter2@localhost/db"),
            ("ASSISTANT", "groq"),
            ("LOG_FORMAT", "xml"),
        ])
        .unwrap_err();
        let names: Vec<_> = errors.0.iter().map(|problem| problem.name).collect();
        assert_eq!(
            names,
            [
                "DATABASE_URL",
                "PORT",
                "JWT_SECRET",
                "GROQ_API_KEY",
                "LEASE_SECONDS",
                "LOG_FORMAT"
            ]
        );
        assert!(!errors.to_string().contains("hunter2"));
    }

    #[test]
    fn postgresql_needs_a_signing_key_that_all_replicas_share() {
        let url = ("DATABASE_URL", "postgres://app:hunter2@db/support");
        for secret in [None, Some("changeme"), Some("short-but-set")] {
            let settings: Vec<_> = [Some(url), secret.map(|secret| ("JWT_SECRET", secret))]
                .into_iter()
                .flatten()
                .collect();
            let errors = config(&settings).unwrap_err();
            let names: Vec<_> = errors.0.iter().map(|problem| problem.name).collect();
            assert_eq!(names, ["JWT_SECRET"]);
            let told = errors.to_string();
            assert!(
                !told.contains("hunter2") && secret.is_none_or(|s| !told.contains(s)),
                "{told}"
            );
        }
        let strong = ("JWT_SECRET", "x7Qp2mN9vB4kL8sD1fG6hJ3wE5rT0yUz");
        let config = config(&[url, strong]).unwrap();
        assert!(matches!(config.database, Database::Postgres(_)));
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn debug_output_shows_no_secret() {
        let config = config(&[
            ("GROQ_API_KEY", "gsk_not_a_real_key"),
            ("JWT_SECRET", "x7Qp2mN9vB4kL8sD1fG6hJ3wE5rT0yUz"),
        ])
        .unwrap();
        let shown = format!("{config:?}");
        assert!(
            !shown.contains("gsk_not") && !shown.contains("x7Qp2m"),
            "{shown}"
        );
    }
}
