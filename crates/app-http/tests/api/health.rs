use serde_json::json;

use crate::harness::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_running_server_is_live_and_ready() {
    let app = TestApp::start().await;
    let live = app.stranger().get("/health/live").await.expect_status(200);
    assert_eq!(live.json(), json!({"status": "ok"}));
    let ready = app.stranger().get("/health/ready").await.expect_status(200);
    assert_eq!(
        ready.json(),
        json!({"status": "ready", "checks": {"database": "ok", "migrations": "ok", "accepting": "ok"}})
    );
}
