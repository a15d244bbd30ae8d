//! References of answers to help articles, over the sample articles.

use std::sync::Arc;

use serde_json::Value;
use testkit::fakes::ScriptedChatModel;

use crate::harness::{TestApp, shown_text};

#[tokio::test(flavor = "multi_thread")]
async fn streamed_and_stored_text_refer_to_given_sources_only() {
    let pieces = [
        "Reset it ",
        "[",
        "1",
        "]",
        "[",
        "99]",
        " like so: `a[99]`",
        " [1,",
        " 98]",
        ". See [9",
        "9](https://example.com) [",
    ];
    let app = TestApp::with_model(Arc::new(ScriptedChatModel::replying(pieces))).await;
    let ada = app.customer("ada").await;
    let ticket = ada
        .open_ticket_about("I forgot my password, how do I reset it?")
        .await;
    let events = ada.stream(&ticket).await.rest().await;
    let text = "Reset it [1] like so: `a[99]` [1]. See [99](https://example.com) [";
    assert_eq!(shown_text(&events), text);
    let end = &events.last().expect("an end").data["response"];
    assert_eq!(end["output_text"], text);
    let message = &ada.messages(&ticket).await[0];
    assert_eq!(message["content"], text);
    assert_eq!(ada.reply_state(&ticket).await["output_text"], text);

    let sources = end["sources"].as_array().expect("sources");
    assert!(!sources.is_empty());
    for source in sources {
        assert_eq!(source["cited"], source["number"] == 1, "{source}");
        assert!(source["title"].is_string() && source["article_id"].is_string());
    }
    // Every cut of the stored text is continued by its offset.
    for cut in 0..events.len() - 1 {
        let rest = ada.resume(&ticket, events[cut].id()).await.rest().await;
        assert_eq!(shown_text(&[&events[..=cut], &rest].concat()), text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_show_the_sources_that_they_were_made_from() {
    let model = ScriptedChatModel::replying(["Reset it [1]."]);
    let app = TestApp::with_model(Arc::new(model)).await;
    let ada = app.customer("ada").await;
    let ticket = ada
        .open_ticket_about("I forgot my password, how do I reset it?")
        .await;
    let events = ada.stream(&ticket).await.rest().await;
    ada.send(&ticket, "Thanks").await;
    let told = &events.last().expect("an end").data["response"]["sources"];
    let shown = ada.get(&ticket).await.expect_status(200).json();
    for messages in [
        &ada.messages(&ticket).await,
        shown["messages"].as_array().expect("messages"),
    ] {
        assert_eq!(&messages[0]["sources"], told);
        assert_eq!(messages[1]["sources"], Value::Array(Vec::new()));
    }
}
