use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use groq_simulator::{Reply, Simulator};
use serde_json::json;

use super::{AT_ONCE, SECOND, app_on, ask};
use crate::harness::shown_text;

/// Refuses, and may be asked again at once.
fn refusal(status: u16) -> Reply {
    Reply::status(status).retry_after(Duration::ZERO)
}

/// What the host says is none of the customer's business.
const LEAKS: [&str; 8] = [
    "org_",
    "groq",
    "API Key",
    "gsk_",
    "cloudflare",
    "html",
    "Access denied",
    "req_",
];

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_is_asked_again_or_not_and_ends_in_its_code_quoting_nothing() {
    let denied = r#"{"error":{"message":"Access denied. Please check your network settings."}}"#;
    let completion = r#"{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}"#;
    let cases = [
        (refusal(206), 1, "upstream_unavailable"),
        (
            Reply::status(200).body(completion),
            1,
            "upstream_unavailable",
        ),
        (refusal(400).code("tool_use_failed"), 1, "upstream_rejected"),
        (
            refusal(400).code("model_decommissioned"),
            1,
            "upstream_rejected",
        ),
        (refusal(401), 1, "upstream_rejected"),
        // A page of the proxy in front of the service.
        (refusal(403), 1, "upstream_rejected"),
        (Reply::status(403).body(denied), 1, "upstream_rejected"),
        (refusal(404), 1, "upstream_rejected"),
        (refusal(408), 3, "upstream_timeout"),
        (refusal(409), 3, "upstream_unavailable"),
        (refusal(422), 1, "upstream_rejected"),
        (refusal(424), 1, "upstream_rejected"),
        (refusal(429), 3, "upstream_rate_limited"),
        (refusal(498), 3, "upstream_rate_limited"),
        (refusal(499), 1, "upstream_rejected"),
        (refusal(500), 3, "upstream_unavailable"),
        // A page of a gateway.
        (refusal(502), 3, "upstream_unavailable"),
        (refusal(503), 3, "upstream_unavailable"),
        (refusal(503).cut_at_byte(9), 3, "upstream_unavailable"),
        (refusal(504), 3, "upstream_unavailable"),
        (Reply::new().cut_before_head(), 3, "upstream_unavailable"),
        (
            Reply::new().cut_before_head().by_reset(),
            3,
            "upstream_unavailable",
        ),
        (Reply::new().cut_at_byte(50), 3, "upstream_unavailable"),
        (Reply::new().error_frame_after(1), 3, "upstream_unavailable"),
        (Reply::new().garbage_after(1), 1, "upstream_unavailable"),
    ];
    let played =
        stream::iter(cases).for_each_concurrent(AT_ONCE, async |(reply, requests, code)| {
            let script = format!("{reply:?}");
            let simulator = Simulator::start().await.expect("a simulator");
            for _ in 0..requests {
                simulator.enqueue(reply.clone());
            }
            let app = app_on(&simulator, &[]).await;
            let ada = app.customer("ada").await;
            let (ticket, events) = ask(&ada).await;
            let failed = events.last().expect("an end");
            assert_eq!(failed.name, "response.failed", "{script}");
            let error = &failed.data["response"]["error"];
            let retryable = code != "upstream_rejected";
            assert_eq!(
                (&error["code"], &error["retryable"]),
                (&json!(code), &json!(retryable)),
                "{script}"
            );
            let told = failed.data.to_string();
            for leak in LEAKS {
                assert!(!told.contains(leak), "{told}");
            }
            assert_eq!(simulator.requests().len(), requests, "{script}");
            assert_eq!(shown_text(&events), "");
            assert!(ada.messages(&ticket).await.is_empty());
        });
    played.await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_recovers_costs_the_customer_nothing() {
    let simulator = Simulator::start().await.expect("a simulator");
    simulator.enqueue(refusal(503));
    simulator.enqueue(Reply::new().with_pieces(["Parcels"]).cut_after(0));
    simulator.enqueue(Reply::text("Two to four days."));
    let app = app_on(&simulator, &[]).await;
    let ada = app.customer("ada").await;
    let (ticket, events) = ask(&ada).await;
    assert_eq!(shown_text(&events), "Two to four days.");
    let completed = &events.last().expect("an end").data["response"];
    assert_eq!(
        (&completed["attempt"], &completed["status"]),
        (&json!(1), &json!("completed"))
    );
    assert_eq!(simulator.requests().len(), 3);
    assert_eq!(ada.messages(&ticket).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_always_breaks_off_before_the_first_word_is_left_for_another_model() {
    let simulator = Simulator::start().await.expect("a simulator");
    for broken in [
        Reply::new().cut_at_byte(300).by_reset(),
        Reply::new().error_frame_after(1),
        Reply::new().with_reasoning(["Hm"]).cut_after(2),
    ] {
        simulator.enqueue(broken);
    }
    simulator.enqueue(Reply::text("Two to four days."));
    let app = app_on(&simulator, &[("GROQ_FALLBACK_MODELS", SECOND)]).await;
    let ada = app.customer("ada").await;
    let (ticket, events) = ask(&ada).await;
    assert_eq!(shown_text(&events), "Two to four days.");
    assert_eq!(simulator.requests().len(), 4);
    assert_eq!(ada.messages(&ticket).await.len(), 1);
}
