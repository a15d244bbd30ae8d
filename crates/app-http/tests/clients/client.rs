use std::process::Command;

use serde::Serialize;

use crate::tools;

/// A client that people read streams with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    BrowserEventSource,
    NpmEventSource,
    FetchEventSource,
    NodeOpenAi,
    PythonOpenAi,
    HttpxSse,
    SseclientPy,
    Curl,
}

/// One stream to read.
#[derive(Serialize)]
pub struct Reading {
    pub path: String,
    pub token: Option<String>,
}

impl Client {
    pub const ALL: [Self; 8] = [
        Self::BrowserEventSource,
        Self::NpmEventSource,
        Self::FetchEventSource,
        Self::NodeOpenAi,
        Self::PythonOpenAi,
        Self::HttpxSse,
        Self::SseclientPy,
        Self::Curl,
    ];

    /// The command that runs it; none where it is not installed, which is said loudly.
    ///
    /// # Panics
    /// Where it is not installed when `CI` is `true`.
    pub fn command(self) -> Option<Command> {
        let found = match self {
            Self::BrowserEventSource => tools::browser("browser_event_source.mjs"),
            Self::FetchEventSource => tools::browser("fetch_event_source.mjs"),
            Self::NpmEventSource => tools::node("npm_eventsource.mjs"),
            Self::NodeOpenAi => tools::node("openai_sdk.mjs"),
            Self::PythonOpenAi => tools::python("openai_sdk.py"),
            Self::HttpxSse => tools::python("httpx_sse_client.py"),
            Self::SseclientPy => tools::python("sseclient_py_client.py"),
            Self::Curl => tools::on_path(&["curl"]).and_then(|_| tools::python("curl.py")),
        };
        found
            .inspect_err(|missing| tools::say_skipped(&format!("{self:?}"), missing))
            .ok()
    }

    /// Whether it comes back after a clean end, too, until it is told that there is nothing more.
    pub const fn returns_after_the_end(self) -> bool {
        matches!(self, Self::BrowserEventSource | Self::NpmEventSource)
    }

    /// Whether it cannot send a token as a header.
    pub const fn sends_no_headers(self) -> bool {
        matches!(self, Self::BrowserEventSource)
    }

    /// Whether those who use it are told the events' ids.
    pub const fn tells_ids(self) -> bool {
        !matches!(self, Self::NodeOpenAi | Self::PythonOpenAi)
    }
}
