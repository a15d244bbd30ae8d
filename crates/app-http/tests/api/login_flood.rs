use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use app_http::composition::Wiring;
use serde_json::json;
use tokio::task::JoinSet;

use crate::harness::{Answer, DEADLINE, Home, TestApp, soon};

const LOGINS: usize = 200;

/// Each login takes a quarter of a second of a core, so all of them take many seconds; what is not
/// behind them in a queue is answered while most of them wait.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_logins_slows_no_other_endpoint() {
    let wiring = Wiring {
        bcrypt_cost: 12,
        ..Wiring::default()
    };
    let home = Arc::new(Home::new().await);
    let app = TestApp::wired(home, &[("RATE_LIMITS", "off")], wiring).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;

    let answered = Arc::new(AtomicUsize::new(0));
    let mut logins = JoinSet::new();
    for number in 0..LOGINS {
        let body = json!({"email": format!("user-{number}@example.com"), "password": "wrong"});
        let request = app.client.post(app.url("/auth/login")).json(&body);
        let answered = Arc::clone(&answered);
        logins.spawn(async move {
            let answer = Answer::to(request.timeout(10 * DEADLINE)).await;
            answered.fetch_add(1, Ordering::SeqCst);
            answer.status
        });
    }
    let first = soon("a login is answered", logins.join_next()).await;
    assert_eq!(first.expect("a login").expect("no panic"), 401);

    for path in ["/health/live", "/health/ready", "/tickets", &ticket].repeat(3) {
        ada.get(path).await.expect_status(200);
    }
    ada.send(&ticket, "Is anybody there?").await;
    let answered = answered.load(Ordering::SeqCst);
    assert!(answered < LOGINS / 2, "{answered} logins came first");
}
