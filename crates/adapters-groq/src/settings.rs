use std::fmt;
use std::time::Duration;

use domain::ports::BoxError;
use secrecy::SecretString;
use thiserror::Error;

/// Where and how the model is asked.
#[derive(Clone)]
pub struct GroqSettings {
    /// What `/chat/completions` is appended to, with or without a slash at the end.
    pub base_url: String,
    /// The key; hosts in one's own network often need none.
    pub api_key: Option<SecretString>,
    /// The model's name.
    pub model: String,
    /// How much it reasons before it answers, in a word that it takes, such as `low`; none leaves
    /// that to the host.
    pub reasoning_effort: Option<String>,
    /// How long to wait for what.
    pub timeouts: Timeouts,
}

impl fmt::Debug for GroqSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the URL: people put tokens into those, too.
        formatter
            .debug_struct("GroqSettings")
            .field("model", &self.model)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}

/// How long to wait for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection.
    pub connect: Duration,
    /// From the request to the first text or reasoning.
    pub first_token: Duration,
    /// For the next bytes of an answer, whatever they mean.
    pub idle: Duration,
    /// From the request to the end of the answer.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            first_token: Duration::from_secs(30),
            idle: Duration::from_mins(1),
            total: Duration::from_mins(10),
        }
    }
}

/// Why no client can be built from the settings.
#[derive(Debug, Error)]
pub enum GroqSettingsError {
    /// The base URL is none.
    #[error("the base URL is not a URL")]
    BaseUrl(#[source] BoxError),
    /// The base URL is one, but no HTTP endpoint can be under it.
    #[error("the base URL must be http or https, without a user name or password")]
    UnusableBaseUrl,
    /// The key has characters that no HTTP header can have, such as a line break.
    #[error("the API key has characters that cannot be sent")]
    ApiKey(#[source] BoxError),
    /// TLS or the like could not be set up.
    #[error("the HTTP client could not be built")]
    Client(#[source] BoxError),
}
