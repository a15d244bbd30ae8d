//! Only SQLite files get sample articles.

use crate::harness::{TestApp, shown_text};

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_the_sample_articles_are_quoted() {
    let app = TestApp::with_settings(&[], None).await;
    let ada = app.customer("ada").await;
    let ticket = ada
        .open_ticket_about("I forgot my password and cannot sign in.")
        .await;
    let events = ada.stream(&ticket).await.rest().await;
    let completed = events.last().expect("an end");
    assert_eq!(completed.name, "response.completed");
    assert_eq!(completed.data["response"]["model"], "extractive");
    let source = &completed.data["response"]["sources"][0];
    assert_eq!(source["number"], 1);
    assert!(shown_text(&events).contains(source["title"].as_str().expect("a title")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_article_answers_is_handed_off() {
    let app = TestApp::with_settings(&[], None).await;
    let ada = app.customer("ada").await;
    let ticket = ada
        .open_ticket_about("Can zebras juggle quantum chromodynamics?")
        .await;
    let events = ada.stream(&ticket).await.rest().await;
    assert_eq!(
        events.last().map(|e| e.name.as_str()),
        Some("response.completed")
    );
    let shown = ada.get(&ticket).await.json();
    assert_eq!(shown["assistant_enabled"], false);
    assert_eq!(shown["status"], "open");
}
