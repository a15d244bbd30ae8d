//! What is asked of the simulator, and what the SDKs make of it.

use std::time::Duration;

use groq_simulator::{Reply, Simulator};
use serde_json::{Value, json};

use crate::ANSWER;
use crate::sdk::Sdk;

/// What an SDK tells its caller.
#[derive(Clone, Copy)]
pub enum Expected {
    Text(&'static str),
    Error(&'static str, Option<u16>),
}

/// The same for both, or each its own.
#[derive(Clone, Copy)]
pub struct Both {
    python: Expected,
    javascript: Expected,
}

impl Both {
    pub fn of(self, sdk: Sdk) -> Expected {
        match sdk {
            Sdk::Python => self.python,
            Sdk::JavaScript => self.javascript,
        }
    }
}

pub struct Scenario {
    pub name: String,
    ask: &'static str,
    replies: Vec<Reply>,
    pub expected: Both,
    /// Requests that the simulator sees.
    pub requests: usize,
    /// Seconds that it takes at least.
    pub at_least: f64,
}

impl Scenario {
    /// An answer without any fault.
    pub fn plain(ask: &'static str) -> Self {
        Self::new(ask, [Reply::text(ANSWER)], Expected::Text(ANSWER), 1)
    }

    fn new(
        name: &str,
        replies: impl Into<Vec<Reply>>,
        expected: Expected,
        requests: usize,
    ) -> Self {
        let ask = match name {
            "complete" => "complete",
            "models" => "models",
            _ => "stream",
        };
        Self {
            name: name.to_owned(),
            ask,
            replies: replies.into(),
            expected: Both {
                python: expected,
                javascript: expected,
            },
            requests,
            at_least: 0.0,
        }
    }

    fn in_javascript(mut self, expected: Expected) -> Self {
        self.expected.javascript = expected;
        self
    }

    fn lasting(mut self, at_least: f64) -> Self {
        self.at_least = at_least;
        self
    }
}

/// A refusal that is repeated as often as it is asked for.
fn refused(status: u16, kind: &'static str, requests: usize) -> Scenario {
    let replies = vec![Reply::status(status); 3];
    let expected = Expected::Error(kind, Some(status));
    Scenario::new(&format!("always {status}"), replies, expected, requests)
}

pub fn scenarios() -> Vec<Scenario> {
    let half = || Reply::new().with_pieces(["Please", " restart"]);
    let second = |status| Reply::status(status).retry_after(Duration::from_secs(1));
    let answered = Expected::Text(ANSWER);
    let answer = || Reply::text(ANSWER);
    vec![
        Scenario::plain("stream"),
        refused(400, "groq.BadRequestError", 1),
        refused(401, "groq.AuthenticationError", 1),
        refused(403, "groq.PermissionDeniedError", 1),
        refused(404, "groq.NotFoundError", 1),
        refused(413, "groq.APIStatusError", 1)
            .in_javascript(Expected::Error("groq.APIError", Some(413))),
        refused(422, "groq.UnprocessableEntityError", 1),
        refused(424, "groq.APIStatusError", 1)
            .in_javascript(Expected::Error("groq.APIError", Some(424))),
        refused(498, "groq.APIStatusError", 1)
            .in_javascript(Expected::Error("groq.APIError", Some(498))),
        refused(499, "groq.APIStatusError", 1)
            .in_javascript(Expected::Error("groq.APIError", Some(499))),
        refused(500, "groq.InternalServerError", 3),
        refused(502, "groq.InternalServerError", 3),
        refused(503, "groq.InternalServerError", 3),
        Scenario::new("429, then well", [second(429), answer()], answered, 2).lasting(1.0),
        Scenario::new("503, then well", [second(503), answer()], answered, 2).lasting(1.0),
        Scenario::new(
            "always 429",
            vec![second(429); 3],
            Expected::Error("groq.RateLimitError", Some(429)),
            3,
        )
        .lasting(2.0),
        Scenario::new(
            "503 that is not to be repeated",
            [Reply::status(503).with_header("x-should-retry", "false")],
            Expected::Error("groq.InternalServerError", Some(503)),
            1,
        ),
        Scenario::new(
            "498 that is to be repeated",
            [
                Reply::status(498).with_header("x-should-retry", "true"),
                answer(),
            ],
            answered,
            2,
        ),
        Scenario::new(
            "an error in the middle",
            [half().error_frame_after(2)],
            Expected::Error("groq.APIError", None),
            1,
        ),
        Scenario::new(
            "a cut in the middle",
            [half().cut_after(2)],
            Expected::Error("httpx.RemoteProtocolError", None),
            1,
        )
        .in_javascript(Expected::Error("TypeError", None)),
        Scenario::new(
            "no finish reason",
            [half().without_finish()],
            Expected::Text("Please restart"),
            1,
        ),
        Scenario::new("no [DONE]", [answer().without_done()], answered, 1),
    ]
}

/// Plays them, each against a simulator of its own. What the SDK told and how many requests it
/// sent; none when the SDK is not there.
pub async fn play(sdk: Sdk, scenarios: Vec<Scenario>) -> Option<Vec<(Scenario, Value, usize)>> {
    let mut simulators = Vec::new();
    let mut asked = Vec::new();
    for scenario in &scenarios {
        let simulator = Simulator::start().await.expect("a simulator");
        for reply in &scenario.replies {
            simulator.enqueue(reply.clone());
        }
        asked.push(json!({
            "name": scenario.name,
            "base_url": format!("http://{}", simulator.address()),
            "ask": scenario.ask,
            "model": "openai/gpt-oss-20b",
        }));
        simulators.push(simulator);
    }
    let told = sdk.play(&Value::from(asked)).await?;
    assert_eq!(told.len(), scenarios.len(), "a line for each scenario");
    let requests = simulators.iter().map(|it| it.requests().len());
    let played = scenarios.into_iter().zip(told).zip(requests);
    Some(
        played
            .map(|((scenario, told), requests)| (scenario, told, requests))
            .collect(),
    )
}
