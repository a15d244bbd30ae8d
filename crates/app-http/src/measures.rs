//! What is counted and timed, in the text format of Prometheus, on a listener of its own: who may
//! ask the API should not learn how busy it is.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::OnceLock;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::Method;
use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Context as _;
use domain::handoff::HandoffReason;
use domain::ports::HandoffTally;
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_process::Collector;

use crate::config::MetricsListener;

/// What the default address is given up for: somebody else has it.
const DEFAULT_TAKEN: &str = "the default of METRICS_ADDR is taken: no metrics";

/// Upper bounds of buckets, in seconds: from a query to a slow answer.
const SECONDS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0,
];
/// Upper bounds of buckets for how many replies a batch has text of.
const REPLIES: [f64; 9] = [1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 1000.0];

/// How often what was recorded is put into its buckets.
const UPKEEP: Duration = Duration::from_secs(5);

/// There is one recorder in a process, whoever serves in it.
static RECORDER: OnceLock<Result<PrometheusHandle, BuildError>> = OnceLock::new();

/// Records from here on, and listens for those who ask; none where that is switched off.
pub(crate) fn listen(wanted: &MetricsListener) -> anyhow::Result<Option<Server>> {
    let listener = match *wanted {
        MetricsListener::Off => return Ok(None),
        MetricsListener::At(address) => bind(address)
            .with_context(|| format!("cannot listen on {address}, which METRICS_ADDR says"))?,
        MetricsListener::Default => match bind(MetricsListener::DEFAULT) {
            Ok(listener) => listener,
            Err(error) => {
                tracing::info!(%error, "{DEFAULT_TAKEN}");
                return Ok(None);
            }
        },
    };
    let recorder = match RECORDER.get_or_init(install) {
        Ok(recorder) => recorder.clone(),
        Err(error) => anyhow::bail!("cannot record metrics: {error}"),
    };
    tracing::info!("metrics on http://{}/metrics", listener.local_addr()?);
    let server = HttpServer::new(move || {
        let recorder = web::Data::new(recorder.clone());
        let resource = web::resource("/metrics")
            .route(web::get().to(show))
            .route(web::head().to(show))
            .default_service(web::to(|| async {
                HttpResponse::MethodNotAllowed()
                    .insert_header(("allow", "GET, HEAD"))
                    .finish()
            }));
        App::new().app_data(recorder).service(resource)
    })
    .workers(1)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok(Some(server))
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address)
}

async fn show(recorder: web::Data<PrometheusHandle>) -> HttpResponse {
    Collector::default().collect();
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(recorder.render())
}

/// Puts what was recorded into its buckets for ever, so that it takes no room until somebody asks.
pub(crate) async fn keep_up() {
    loop {
        tokio::time::sleep(UPKEEP).await;
        if let Some(Ok(recorder)) = RECORDER.get() {
            recorder.run_upkeep();
        }
    }
}

fn install() -> Result<PrometheusHandle, BuildError> {
    let batch = Matcher::Full("support_assistant_log_batch_replies".to_owned());
    let recorder = PrometheusBuilder::new()
        .set_buckets(&SECONDS)?
        .set_buckets_for_metric(batch, &REPLIES)?
        .install_recorder()?;
    describe();
    Collector::default().describe();
    gauge!("support_assistant_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1);
    Ok(recorder)
}

/// Every metric of ours, in the words of its `HELP` line.
fn describe() {
    for (name, help) in COUNTERS {
        describe_counter!(name, help);
    }
    for (name, help) in GAUGES {
        describe_gauge!(name, help);
    }
    for (name, help) in HISTOGRAMS {
        describe_histogram!(name, help);
    }
}

const COUNTERS: [(&str, &str); 7] = [
    (
        "support_assistant_http_requests_total",
        "Requests by method, route and status.",
    ),
    (
        "support_assistant_replies_total",
        "Generations that this process ended, by outcome and its detail.",
    ),
    (
        "support_assistant_handoffs_total",
        "Tickets for which this process switched the assistant off, by reason.",
    ),
    (
        "support_assistant_reply_tokens_total",
        "Tokens of stored replies, by model and direction (input or output).",
    ),
    (
        "support_assistant_upstream_requests_total",
        "Requests to the model's host, by model and outcome.",
    ),
    (
        "support_assistant_upstream_retries_total",
        "Requests to the model's host that repeat a failed one, by model.",
    ),
    (
        "support_assistant_database_unavailable_total",
        "Units of work that the database did not do, by store.",
    ),
];

const GAUGES: [(&str, &str); 6] = [
    ("support_assistant_build_info", "1, with the version."),
    (
        "support_assistant_streams_open",
        "Readers of reply streams.",
    ),
    (
        "support_assistant_generations_running",
        "Replies that this process generates.",
    ),
    (
        "support_assistant_upstream_breaker_open",
        "1 while the model's host is left alone because it kept failing, by model.",
    ),
    (
        "support_assistant_database_connections",
        "Connections in the pool, by store and state (idle or busy).",
    ),
    (
        "support_assistant_password_hashes_waiting",
        "Passwords that wait for a core to be checked on.",
    ),
];

const HISTOGRAMS: [(&str, &str); 8] = [
    (
        "support_assistant_http_request_seconds",
        "Time until a response begins, by method and route.",
    ),
    (
        "support_assistant_first_token_seconds",
        "Time from the begin of a generation to its first text.",
    ),
    (
        "support_assistant_token_gap_seconds",
        "Time between two texts of a generation.",
    ),
    (
        "support_assistant_log_append_seconds",
        "Time to store a batch of texts.",
    ),
    (
        "support_assistant_log_batch_replies",
        "Replies that a stored batch has text of.",
    ),
    (
        "support_assistant_database_wait_seconds",
        "Time until a unit of work has a connection, by store.",
    ),
    (
        "support_assistant_database_work_seconds",
        "Time that a unit of work takes, by store and kind.",
    ),
    (
        "support_assistant_password_hash_seconds",
        "Time to hash one password.",
    ),
];

/// A request was answered.
pub(crate) fn request(method: &Method, route: String, status: u16, took: Duration) {
    // What clients invent is not to make up names without end.
    let method = match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => {
            known.to_owned()
        }
        _ => "other".to_owned(),
    };
    histogram!(
        "support_assistant_http_request_seconds",
        "method" => method.clone(), "route" => route.clone()
    )
    .record(took);
    counter!(
        "support_assistant_http_requests_total",
        "method" => method, "route" => route, "status" => status.to_string()
    )
    .increment(1);
}

/// Counts the tickets that people took over by themselves; the engine counts the others.
#[derive(Debug)]
pub(crate) struct CountedHandoffs;

impl HandoffTally for CountedHandoffs {
    fn handed_off(&self, reason: HandoffReason) {
        counter!("support_assistant_handoffs_total", "reason" => reason.as_str()).increment(1);
    }
}

/// A reader of a stream; dropping it says that they left.
#[derive(Debug)]
pub(crate) struct OpenStream(());

impl OpenStream {
    pub(crate) fn begin() -> Self {
        gauge!("support_assistant_streams_open").increment(1);
        Self(())
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        gauge!("support_assistant_streams_open").decrement(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_find_every_metric_explained() {
        let guide = include_str!("../../../docs/OPERATIONS.md");
        let all = COUNTERS.iter().chain(&GAUGES).chain(&HISTOGRAMS);
        for (name, _) in all {
            assert!(guide.contains(&format!("`{name}`")), "{name} is not there");
        }
    }
}
