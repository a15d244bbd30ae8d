use serde_json::json;

use crate::harness::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_kept_as_typed_in_the_order_they_came() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let texts = [
        "first",
        "  second\r\nline  ",
        "dritte 🚀 \u{2028} data: [DONE]",
    ];
    for text in texts {
        ada.send(&ticket, text).await;
    }
    let messages = ada.messages(&ticket).await;
    let shown: Vec<_> = messages.iter().map(|message| &message["content"]).collect();
    assert_eq!(shown, texts);
    for message in &messages {
        assert_eq!(message["author"], "customer");
        assert_eq!(message["is_ai"], false);
        assert_eq!(message["is_complete"], true);
        assert_eq!(message["visibility"], "public");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_messages_continue_where_the_ticket_ended() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    for number in 0..103 {
        ada.send(&ticket, &format!("{number}")).await;
    }
    let shown = ada.get(&ticket).await.expect_status(200).json();
    assert_eq!(shown["messages"].as_array().map(Vec::len), Some(100));
    let cursor = shown["messages_next_cursor"]
        .as_str()
        .expect("more messages");
    let rest = ada
        .get(&format!("{ticket}/messages?limit=100&cursor={cursor}"))
        .await
        .json();
    let contents: Vec<_> = rest["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|m| m["content"].clone())
        .collect();
    assert_eq!(contents, ["100", "101", "102"]);
    assert!(rest["next_cursor"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_written_at_once_are_all_kept() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let sending = (0..20).map(|number| ada.send(&ticket, Box::leak(format!("{number}").into())));
    futures_util::future::join_all(sending).await;
    let mut contents: Vec<u32> = ada
        .messages(&ticket)
        .await
        .iter()
        .map(|message| {
            message["content"]
                .as_str()
                .expect("text")
                .parse()
                .expect("a number")
        })
        .collect();
    contents.sort_unstable();
    assert_eq!(contents, (0..20).collect::<Vec<_>>());
    assert_eq!(ada.get(&ticket).await.json()["version"], 21);
}

#[tokio::test(flavor = "multi_thread")]
async fn internal_notes_are_for_staff_only() {
    let app = TestApp::start().await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket().await;
    let note = json!({"content": "a difficult one", "visibility": "internal"});
    let path = format!("{ticket}/messages");

    ada.post(&path, &note)
        .await
        .expect_problem(403, "forbidden");
    let written = agent.post(&path, &note).await.expect_status(201).json();
    assert_eq!(written["author"], "agent");
    assert_eq!(written["visibility"], "internal");

    assert_eq!(agent.messages(&ticket).await.len(), 1);
    assert!(!ada.get(&path).await.body.contains("difficult"));
    assert!(!ada.get(&ticket).await.body.contains("difficult"));
    assert_eq!(ada.get(&ticket).await.json()["assistant_enabled"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_are_customers_on_their_own_tickets() {
    let app = TestApp::start().await;
    let agent = app.agent("grace").await;
    let ticket = agent.open_ticket().await;
    agent.send(&ticket, "I have a question, too").await;
    let messages = agent.messages(&ticket).await;
    assert_eq!(messages[0]["author"], "customer");
    assert_eq!(agent.get(&ticket).await.json()["assistant_enabled"], true);
}
