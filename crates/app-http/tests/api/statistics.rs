use serde_json::{Value, json};

use crate::harness::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_sees_what_happened_in_numbers() {
    let app = TestApp::start().await;
    let (ada, root) = (app.customer("ada").await, app.admin("root").await);
    let ticket = ada.open_ticket().await;
    let mut stream = ada.stream(&ticket).await;
    while stream.next().await.is_some() {}
    let messages = ada.messages(&ticket).await;
    let answer = messages[0]["id"].as_str().expect("an id");
    ada.put(
        &format!("{ticket}/messages/{answer}/feedback"),
        &json!({"rating": "up"}),
    )
    .await
    .expect_status(200);
    let other = ada.open_ticket().await;
    ada.post(&format!("{other}/handoff"), &Value::Null)
        .await
        .expect_status(200);

    let stats = root.get("/admin/stats").await.expect_status(200).json();
    assert_eq!(stats["tickets"]["opened"], 2);
    assert_eq!(
        stats["tickets"]["by_status"],
        json!({"open": 1, "pending": 1, "resolved": 0, "closed": 0})
    );
    assert_eq!(stats["tickets"]["handoff_rate"], 0.5);
    assert_eq!(stats["replies"]["by_status"]["completed"], 1);
    assert_eq!(stats["replies"]["attempts"], 1);
    assert_eq!(
        stats["feedback"],
        json!({"up": 1, "down": 0, "rating": 1.0})
    );
    for latency in ["first_token_ms", "total_ms"] {
        let p50 = stats["latency"][latency]["p50"].as_f64().expect("a number");
        assert!(p50 >= 0.0, "{stats}");
    }

    let before = "/admin/stats?from=2020-01-01T00:00:00Z&to=2020-02-01T01:00:00%2B01:00";
    let stats = root.get(before).await.expect_status(200).json();
    assert_eq!(stats["from"], "2020-01-01T00:00:00Z");
    assert_eq!(stats["to"], "2020-02-01T00:00:00Z");
    assert_eq!(stats["tickets"]["opened"], 0);
    for nothing in [
        &stats["tickets"]["handoff_rate"],
        &stats["feedback"]["rating"],
        &stats["latency"]["total_ms"],
    ] {
        assert_eq!(*nothing, Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn times_that_make_no_period_are_refused() {
    let app = TestApp::start().await;
    let root = app.admin("root").await;
    for (query, field) in [
        ("from=yesterday", "from"),
        ("to=2020-01-01", "to"),
        ("to=", "to"),
        ("from=2020-01-02T00:00:00Z&to=2020-01-01T00:00:00Z", "to"),
        ("from=2020-01-01T00:00:00Z&to=2020-01-01T00:00:00Z", "to"),
        ("from=2020-01-01T00:00:00Z&to=2022-01-01T00:00:00Z", "to"),
        ("from=9999-12-31T23:59:59Z", "to"),
        ("since=2020-01-01T00:00:00Z", "since"),
    ] {
        root.get(&format!("/admin/stats?{query}"))
            .await
            .expect_problem(422, "validation_failed")
            .naming(&[field]);
    }
    let first = "from=0000-01-01T00:00:00Z&to=0000-02-01T00:00:00Z";
    root.get(&format!("/admin/stats?{first}"))
        .await
        .expect_status(200);
    root.get("/admin/stats?to=0000-01-01T00:00:00Z")
        .await
        .expect_status(200);
}
