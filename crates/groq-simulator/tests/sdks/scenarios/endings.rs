use std::time::Duration;

use groq_simulator::{ErrorForm, Reply};
use serde_json::{Value, json};

use crate::{ANSWER, expected::Expected, scenario::Scenario};

const CAPACITY: &str = "openai/gpt-oss-20b is currently over capacity. Please try again and back \
     off exponentially. Visit https://groqstatus.com to see if there is an active incident.";

fn half() -> Reply {
    Reply::new().with_pieces(["Please", " restart"])
}

/// Errors in the middle of a stream. What came before them is delivered.
pub fn errors() -> Vec<Scenario> {
    let failing = |form| half().error_frame_after(2).error_frame_form(form);
    let body: Value = json!({
        "message": CAPACITY, "type": "internal_server_error", "status_code": 503,
    });
    let raised = || Expected::error("groq.APIError", None).after("Please");
    vec![
        Scenario::new(
            "an error event",
            [failing(ErrorForm::Event)],
            raised().saying(CAPACITY).body(body.clone()),
        ),
        Scenario::new(
            "an error event, asynchronously",
            [failing(ErrorForm::Event)],
            raised().saying(CAPACITY).body(body.clone()),
        )
        .asked("stream asynchronously"),
        Scenario::new(
            "an error without an event's name",
            [failing(ErrorForm::Object)],
            raised().saying(CAPACITY).body(body),
        ),
        Scenario::new(
            "an error that is a text",
            [failing(ErrorForm::Text)],
            raised()
                .saying("An error occurred during streaming")
                .body(json!(CAPACITY)),
        )
        .in_javascript(raised().saying(CAPACITY).body(json!(CAPACITY))),
        Scenario::new(
            "an error within a chunk",
            [failing(ErrorForm::XGroq)],
            Expected::text("Please"),
        ),
    ]
}

pub fn cuts() -> Vec<Scenario> {
    let cut = |kind| Expected::error(kind, None).after("Please");
    let terminated = |code| cut("TypeError").saying("terminated").caused_by(code);
    let unreachable = || Expected::error("groq.APIConnectionError", None);
    vec![
        Scenario::new(
            "the end of the connection",
            [half().cut_after(2)],
            cut("httpx.RemoteProtocolError").saying("incomplete chunked read"),
        )
        .in_javascript(terminated("UND_ERR_SOCKET")),
        Scenario::new(
            "the end of the connection, asynchronously",
            [half().cut_after(2)],
            cut("httpx.RemoteProtocolError"),
        )
        .asked("stream asynchronously")
        .in_javascript(terminated("UND_ERR_SOCKET")),
        Scenario::new(
            "a reset of the connection",
            // Node.js takes a reset right behind the text for a mere end.
            [half().tokens_per_second(2).cut_after(2).by_reset()],
            cut("httpx.ReadError"),
        )
        .in_javascript(terminated("ECONNRESET")),
        Scenario::new(
            "a cut before the head",
            vec![Reply::new().cut_before_head(); 3],
            unreachable(),
        )
        .requests(3),
        Scenario::new(
            "a reset before the head",
            vec![Reply::new().cut_before_head().by_reset(); 3],
            unreachable(),
        )
        .requests(3),
        Scenario::new(
            "no finish reason",
            [half().without_finish()],
            Expected::text("Please restart"),
        ),
        Scenario::new(
            "no [DONE]",
            [Reply::text(ANSWER).without_done()],
            Expected::text(ANSWER),
        ),
        Scenario::new(
            "a last event without its blank line",
            [half().without_finish().unterminated()],
            Expected::text("Please"),
        ),
    ]
}

/// The timeouts are of half a second and more: the SDKs share a machine with the simulators.
pub fn silences() -> Vec<Scenario> {
    let late = || Reply::text(ANSWER).first_token_after(Duration::from_secs(4));
    let answered = || Expected::text(ANSWER);
    vec![
        Scenario::new(
            "a silence in the middle",
            [half().stall_after(2)],
            Expected::error("httpx.ReadTimeout", None).after("Please"),
        )
        .timeout(2.5)
        // It has no timeout there, so that the stream has to end by itself.
        .in_python_only(),
        Scenario::new("a late beginning", [late()], answered())
            .timeout(2.5)
            .in_javascript_only(),
        Scenario::new(
            "a late beginning with comments",
            [late().comment_every(Duration::from_millis(200))],
            answered(),
        )
        .timeout(2.5),
        Scenario::new(
            "a late head",
            vec![half().headers_after(Duration::from_mins(1)); 3],
            Expected::error("groq.APITimeoutError", None),
        )
        .timeout(0.5)
        .requests(3)
        .in_javascript(Expected::error("groq.APIConnectionTimeoutError", None)),
    ]
}
