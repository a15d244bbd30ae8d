//! What is asked of the simulator, and what the SDKs make of it.

use std::time::Duration;

use groq_simulator::{Reply, Simulator};
use serde_json::{Value, json};

use crate::{ANSWER, expected::Expected, sdk::Sdk};

/// No SDK waits as long as this between two requests here.
const PATIENCE: Duration = Duration::from_secs(30);

/// The same for both, or each its own.
#[derive(Clone, Debug)]
pub struct Both<T> {
    pub python: T,
    pub javascript: T,
}

#[derive(Debug)]
pub struct Scenario {
    pub name: String,
    ask: &'static str,
    timeout: Option<f64>,
    replies: Vec<Reply>,
    expected: Both<Expected>,
    /// How many requests the simulator sees.
    requests: usize,
    only: Option<Sdk>,
    /// How many seconds there are between two of them at least.
    gap: Both<f64>,
}

/// A scenario after it was played.
pub struct Played {
    pub told: Value,
    scenario: Scenario,
    /// When the requests came.
    requests: Vec<Duration>,
}

impl<T> Both<T> {
    fn of(&self, sdk: Sdk) -> &T {
        match sdk {
            Sdk::Python => &self.python,
            Sdk::JavaScript => &self.javascript,
        }
    }
}

impl<T: Clone> Both<T> {
    fn same(value: T) -> Self {
        Self {
            python: value.clone(),
            javascript: value,
        }
    }
}

impl Scenario {
    pub fn new(name: &str, replies: impl Into<Vec<Reply>>, expected: Expected) -> Self {
        Self {
            name: name.to_owned(),
            ask: "stream",
            timeout: None,
            replies: replies.into(),
            expected: Both::same(expected),
            requests: 1,
            only: None,
            gap: Both::same(0.0),
        }
    }

    /// An answer without any fault, asked for in this way.
    pub fn plain(ask: &'static str) -> Self {
        let scenario = Self::new(ask, [Reply::text(ANSWER)], Expected::text(ANSWER));
        Self { ask, ..scenario }
    }

    pub fn asked(mut self, ask: &'static str) -> Self {
        self.ask = ask;
        self
    }

    pub fn requests(mut self, requests: usize) -> Self {
        self.requests = requests;
        self
    }

    pub fn in_javascript(mut self, expected: Expected) -> Self {
        self.expected.javascript = expected;
        self
    }

    pub fn in_python_only(mut self) -> Self {
        self.only = Some(Sdk::Python);
        self
    }

    pub fn in_javascript_only(mut self) -> Self {
        self.only = Some(Sdk::JavaScript);
        self
    }

    pub fn is_for(&self, sdk: Sdk) -> bool {
        self.only.is_none_or(|only| only == sdk)
    }

    /// How many seconds the SDKs wait before they ask again.
    pub fn waiting(mut self, python: f64, javascript: f64) -> Self {
        self.gap = Both { python, javascript };
        self
    }

    /// The SDK's timeout in seconds.
    pub fn timeout(mut self, seconds: f64) -> Self {
        self.timeout = Some(seconds);
        self
    }

    fn question(&self, simulator: &Simulator) -> Value {
        json!({
            "name": self.name,
            // The SDKs add /openai/v1 themselves.
            "base_url": format!("http://{}", simulator.address()),
            "ask": self.ask,
            "model": "openai/gpt-oss-20b",
            "timeout": self.timeout,
        })
    }
}

impl Played {
    /// What is not as expected.
    pub fn differences(&self, sdk: Sdk) -> Vec<String> {
        let Scenario { name, gap, .. } = &self.scenario;
        let mut differences = self.scenario.expected.of(sdk).differences(&self.told);
        if self.requests.len() != self.scenario.requests {
            differences.push(format!("there are {} requests", self.requests.len()));
        }
        for pair in self.requests.windows(2) {
            let wait = pair[1].saturating_sub(pair[0]);
            if wait.as_secs_f64() < *gap.of(sdk) || wait > PATIENCE {
                differences.push(format!("a request comes after {wait:?}"));
            }
        }
        let differences = differences.into_iter();
        differences
            .map(|difference| format!("{name}: {difference}"))
            .collect()
    }
}

/// Plays them, each against a simulator of its own; none when the SDK is not there.
pub async fn play(sdk: Sdk, scenarios: Vec<Scenario>) -> Option<Vec<Played>> {
    let mut simulators = Vec::new();
    for scenario in &scenarios {
        let simulator = Simulator::start().await.expect("a simulator");
        for reply in &scenario.replies {
            simulator.enqueue(reply.clone());
        }
        simulators.push(simulator);
    }
    let asked = scenarios.iter().zip(&simulators);
    let asked = asked.map(|(scenario, simulator)| scenario.question(simulator));
    let told = sdk.play(&asked.collect()).await?;
    assert_eq!(told.len(), scenarios.len(), "an account of each scenario");

    let requests = simulators.iter().map(|simulator| {
        let requests = simulator.requests().into_iter();
        requests.map(|request| request.received_after).collect()
    });
    let played = scenarios.into_iter().zip(told).zip(requests);
    Some(
        played
            .map(|((scenario, told), requests)| Played {
                told,
                scenario,
                requests,
            })
            .collect(),
    )
}
