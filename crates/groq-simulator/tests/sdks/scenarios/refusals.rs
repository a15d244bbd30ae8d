use std::time::Duration;

use groq_simulator::Reply;
use serde_json::json;

use crate::{ANSWER, expected::Expected, scenario::Scenario};

/// Statuses that do not go away.
pub fn statuses() -> Vec<Scenario> {
    let denied = json!({"error": {"message": "Access denied."}});
    let page = "<html><body>Sorry, you have been blocked</body></html>";
    let page_expected = Expected::error("groq.PermissionDeniedError", 403);
    vec![
        refused(400, "groq.BadRequestError", 1),
        refused(401, "groq.AuthenticationError", 1),
        refused(403, "groq.PermissionDeniedError", 1),
        refused(404, "groq.NotFoundError", 1),
        refused(409, "groq.ConflictError", 3),
        refused(422, "groq.UnprocessableEntityError", 1),
        refused(500, "groq.InternalServerError", 3),
        refused(502, "groq.InternalServerError", 3),
        refused(503, "groq.InternalServerError", 3),
        without_class(408, 3),
        without_class(413, 1),
        without_class(424, 1),
        without_class(498, 1),
        without_class(499, 1),
        Scenario::new(
            "a refusal in JSON",
            [Reply::status(403).body(denied.to_string())],
            Expected::error("groq.PermissionDeniedError", 403)
                .saying("Access denied.")
                .body(denied),
        ),
        Scenario::new(
            "a refusal in HTML",
            [Reply::status(403).body(page)],
            page_expected.clone().body(json!(page)),
        )
        // It has the page in its message only.
        .in_javascript(page_expected.saying("you have been blocked")),
        Scenario::new(
            "a refusal of an asynchronous request",
            [Reply::status(404)],
            Expected::error("groq.NotFoundError", 404).saying("model_not_found"),
        )
        .asked("stream asynchronously")
        .in_javascript(Expected::error("groq.NotFoundError", 404).saying("model_not_found")),
    ]
}

/// Statuses that the SDKs wait for, as long as they are told or as they like.
pub fn waits() -> Vec<Scenario> {
    let second = |status| Reply::status(status).retry_after(Duration::from_secs(1));
    let told = |wait: &str| Reply::status(429).with_header("retry-after", wait);
    let answer = || Reply::text(ANSWER);
    let answered = || Expected::text(ANSWER);
    let limited = || Expected::error("groq.RateLimitError", 429).saying("rate_limit_exceeded");
    vec![
        Scenario::new("429, then well", [second(429), answer()], answered())
            .requests(2)
            .waiting(1.0, 1.0),
        Scenario::new("503, then well", [second(503), answer()], answered())
            .requests(2)
            .waiting(1.0, 1.0),
        Scenario::new(
            "429, then well, asynchronously",
            [second(429), answer()],
            answered(),
        )
        .asked("stream asynchronously")
        .requests(2)
        .waiting(1.0, 1.0),
        Scenario::new("429 for ever", vec![second(429); 3], limited())
            .requests(3)
            .waiting(1.0, 1.0),
        Scenario::new(
            "a wait of a fraction of a second",
            [
                Reply::status(503).with_header("retry-after", "0.2"),
                answer(),
            ],
            answered(),
        )
        .requests(2)
        .waiting(0.2, 0.2),
        // Python does not wait that long, JavaScript would.
        Scenario::new(
            "a wait of more than a minute",
            [told("61"), answer()],
            answered(),
        )
        .requests(2)
        .waiting(0.37, 61.0)
        .in_python_only(),
        Scenario::new("no wait", [told("0"), answer()], answered())
            .requests(2)
            .waiting(0.37, 0.0),
        Scenario::new(
            "a wait that is not in seconds",
            [told("1m30s"), answer()],
            answered(),
        )
        .requests(2)
        .waiting(0.37, 1.0),
        Scenario::new(
            "a wait that is not told",
            [Reply::status(429).without_retry_after(), answer()],
            answered(),
        )
        .requests(2)
        .waiting(0.37, 0.37),
        Scenario::new(
            "503 that is not to be repeated",
            [Reply::status(503).with_header("x-should-retry", "false")],
            Expected::error("groq.InternalServerError", 503).saying("over capacity"),
        ),
        Scenario::new(
            "498 with a wait",
            [second(498)],
            Expected::error("groq.APIStatusError", 498).saying("capacity_exceeded"),
        )
        .in_javascript(Expected::error("groq.APIError", 498).saying("capacity_exceeded")),
        Scenario::new(
            "498 that is to be repeated",
            [
                Reply::status(498).with_header("x-should-retry", "true"),
                answer(),
            ],
            answered(),
        )
        .requests(2),
    ]
}

fn refused(status: u16, kind: &'static str, requests: usize) -> Scenario {
    // The SDKs wait for as short a time as possible.
    let reply = Reply::status(status).with_header("retry-after", "0.01");
    let expected = Expected::error(kind, status);
    Scenario::new(&format!("always {status}"), vec![reply; 3], expected).requests(requests)
}

/// The SDKs have no class for this status.
fn without_class(status: u16, requests: usize) -> Scenario {
    refused(status, "groq.APIStatusError", requests)
        .in_javascript(Expected::error("groq.APIError", status))
}
