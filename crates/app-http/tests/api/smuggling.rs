use futures_util::future::join_all;

use crate::harness::TestApp;

/// What must not be served: another request, hidden where one is attacked.
const HIDDEN: &str = "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n";

fn post(headers: &str, body: &str) -> String {
    format!(
        "POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{headers}\r\n\
         {body}"
    )
}

async fn assert_refused(app: &TestApp, request: &str) {
    let connection = app.send_raw(format!("{request}{HIDDEN}").as_bytes()).await;
    let statuses = connection.statuses();
    let refused = matches!(statuses[..], [400..=499]);
    assert!(refused, "{statuses:?} for {request:?}");
    assert!(!connection.text().contains("\"ok\""), "{request:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_has_one_length() {
    let app = TestApp::start().await;
    for headers in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 0\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n",
        "Content-Length: 5, 5\r\n",
        "Content-Length: 5 5\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -5\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: 5\u{b}\r\n",
        "Content-Length:\r\n",
        "Content-Length: 99999999999999999999999\r\n",
    ] {
        assert_refused(&app, &post(headers, "0\r\n\r\n")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_transfer_encoding_is_chunked() {
    let app = TestApp::start().await;
    for value in [
        "xchunked",
        "identity",
        "identity, chunked",
        "chunked, identity",
        "gzip, chunked",
        "chunked;q=1",
        "\"chunked\"",
        "\u{b}chunked",
        "chunked,",
        "",
        "chunked\r\nTransfer-Encoding: identity",
        "chunked\r\nTransfer-Encoding: chunked",
    ] {
        let headers = format!("Transfer-Encoding: {value}\r\n");
        assert_refused(&app, &post(&headers, "0\r\n\r\n")).await;
    }
    let old = "POST /auth/login HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    assert_refused(&app, old).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn chunks_say_their_size_in_plain_hexadecimal() {
    let app = TestApp::start().await;
    for body in [
        "FFFFFFFFFFFFFFFFF\r\n",
        "10000000000000005\r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        " 5\r\nhello\r\n0\r\n\r\n",
        "5\nhello\r\n0\r\n\r\n",
        "5;a\nb\r\nhello\r\n0\r\n\r\n",
        "4\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello0\r\n\r\n",
        "g\r\n\r\n",
        "\r\n\r\n",
    ] {
        assert_refused(&app, &post("Transfer-Encoding: chunked\r\n", body)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_of_a_head_are_read_in_one_way_only() {
    let app = TestApp::start().await;
    for headers in [
        // Folded lines.
        "Transfer-Encoding:\r\n chunked\r\n",
        "X-A: a\r\n b\r\n",
        "X-A: a\r\n\tTransfer-Encoding: chunked\r\n",
        // Names that are none.
        "Content-Length : 5\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding\u{b}: chunked\r\n",
        " Transfer-Encoding: chunked\r\n",
        ": chunked\r\n",
        "chunked\r\n",
        // Line ends that are none.
        "X-A: a\nTransfer-Encoding: chunked\r\n",
        "X-A: a\rTransfer-Encoding: chunked\r\n",
        "X-A: a\r\nX-B: b\n",
        "X-A: a\0b\r\n",
    ] {
        assert_refused(&app, &post(headers, "0\r\n\r\n")).await;
    }
    for head in [
        "GET /health/live HTTP/1.1\nHost: a\n\n",
        "GET /health/live HTTP/1.1\r\nHost: a\n\r\n",
        "GET /health/live HTTP/1.1\r\nHost: a\r\n\n",
    ] {
        assert_refused(&app, head).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_feed_alone_is_refused_on_a_connection_in_use_and_in_pieces() {
    let app = TestApp::start().await;
    for pieces in [
        [
            "GET /health/live HTTP/1.1\r\nX-A: a\n",
            "X-B: b\r\nHost: a\r\n\r\n",
        ],
        ["GET /health/live HTTP/1.1\r\nHost: a\r\nX-A: a", "\n\r\n"],
    ] {
        let mut connection = app.connect().await;
        for _ in 0..3 {
            connection.answered.clear();
            connection.send(HIDDEN.as_bytes()).await;
            connection.until("\"ok\"}").await;
        }
        connection.answered.clear();
        for piece in pieces {
            connection.send(piece.as_bytes()).await;
        }
        connection.until_closed().await;
        assert_eq!(connection.statuses(), [400], "{pieces:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_protocols_are_refused() {
    let app = TestApp::start().await;
    let requests = [
        "GET /health/live\r\n",
        "GET /health/live HTTP/0.9\r\nHost: a\r\n\r\n",
        "GET /health/live HTTP/1.2\r\nHost: a\r\n\r\n",
        "GET /health/live HTTP/2.0\r\nHost: a\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET /health/live HTTP/1.1\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
        &post("Upgrade: WebSocket\r\nContent-Length: 2\r\n", "{}"),
        &post(
            "Upgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 2\r\n",
            "{}",
        ),
    ];
    join_all(requests.map(|request| assert_refused(&app, request))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_nobody_reads_is_no_request() {
    let app = TestApp::start().await;
    let hidden = HIDDEN.len();
    for request in [
        format!("POST /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: {hidden}\r\n\r\n{HIDDEN}"),
        format!(
            "POST /tickets HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{hidden:x}\r\n\
             {HIDDEN}\r\n0\r\n\r\n"
        ),
    ] {
        let mut connection = app.connect().await;
        connection.send(request.as_bytes()).await;
        connection.until_closed().await;
        let statuses = connection.statuses();
        assert!(matches!(statuses[..], [400..=499]), "{statuses:?}");
        assert!(!connection.text().contains("\"ok\""), "{request:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_in_a_row_are_all_served() {
    let app = TestApp::start().await;
    let request = post("Content-Length: 2\r\n", "{}");
    let last = HIDDEN.replace("Host: a", "Host: a\r\nConnection: close");
    let together = format!("\r\n{HIDDEN}{request}{HIDDEN}{request}{last}");
    let connection = app.send_raw(together.as_bytes()).await;
    assert_eq!(connection.statuses(), [200, 422, 200, 422, 200]);
}
