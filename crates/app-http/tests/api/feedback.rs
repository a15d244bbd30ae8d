use serde_json::{Value, json};

use crate::harness::{Session, TestApp};

/// A ticket that the assistant answered, and the path of the answer's feedback.
async fn answered(owner: &Session<'_>) -> (String, String) {
    let ticket = owner.open_ticket().await;
    owner.stream(&ticket).await.rest().await;
    let messages = owner.messages(&ticket).await;
    let answer = messages.last().expect("an answer");
    assert_eq!(
        (&answer["is_ai"], &answer["feedback"]),
        (&json!(true), &Value::Null)
    );
    let id = answer["id"].as_str().expect("an id");
    let path = format!("{ticket}/messages/{id}/feedback");
    (ticket, path)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_rates_an_answer_and_changes_their_mind() {
    let app = TestApp::start().await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let (ticket, path) = answered(&ada).await;
    let version = ada.get(&ticket).await.json()["version"].clone();
    for body in [
        json!({"rating": "up", "comment": "Thanks! 🦀"}),
        json!({"rating": "down", "comment": ""}),
        json!({"rating": "up"}),
        json!({"rating": "down", "comment": "ä".repeat(2000)}),
        json!({"rating": "down", "comment": null}),
    ] {
        let stored = ada.put(&path, &body).await.expect_status(200).json();
        assert_eq!(stored["rating"], body["rating"]);
        assert_eq!(stored["comment"], body["comment"]);
        for reader in [&ada, &agent] {
            let shown = reader.get(&ticket).await.json();
            assert_eq!(shown["messages"][0]["feedback"], stored);
            let messages = reader.messages(&ticket).await;
            assert_eq!(messages[0]["feedback"], stored);
        }
    }
    assert_eq!(ada.get(&ticket).await.json()["version"], version);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_owner_rates_and_only_answers() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.customer("ada").await, app.customer("eve").await);
    let agent = app.agent("grace").await;
    let (ticket, path) = answered(&ada).await;
    let body = json!({"rating": "up"});
    let refused = eve.put(&path, &body).await;
    refused.expect_problem(404, "not_found");
    let refused = agent.put(&path, &body).await;
    refused.expect_problem(403, "forbidden");

    let question = ada.send(&ticket, "And now?").await;
    let public = agent.send(&ticket, "Soon.").await;
    for message in [question, public] {
        let path = format!("{ticket}/messages/{message}/feedback");
        let refused = ada.put(&path, &body).await;
        refused.expect_problem(409, "not_rateable");
    }
    // A note is as good as missing, and so is an answer on another ticket.
    let note = json!({"content": "A regular.", "visibility": "internal"});
    let note = agent.post(&format!("{ticket}/messages"), &note).await;
    let note = note.expect_status(201).text_of("id");
    let (other, _) = answered(&ada).await;
    let foreign = path.replace(&ticket, &other);
    let unknown = "01920000-0000-7000-8000-000000000000";
    for path in [
        foreign,
        format!("{ticket}/messages/{note}/feedback"),
        format!("{ticket}/messages/{unknown}/feedback"),
        format!("{ticket}/messages/nonsense/feedback"),
    ] {
        let refused = ada.put(&path, &body).await;
        refused.expect_problem(404, "not_found");
    }
    let shown = ada.get(&ticket).await.json();
    assert_eq!(shown["messages"][0]["feedback"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn feedback_that_does_not_fit_is_422_and_names_the_field() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let (_, path) = answered(&ada).await;
    for (body, field) in [
        (json!({}), "rating"),
        (json!({"rating": "sideways"}), "rating"),
        (json!({"rating": null}), "rating"),
        (json!({"rating": "up", "comment": 1}), "comment"),
        (json!({"rating": "up", "comment": "a\0b"}), "comment"),
        (
            json!({"rating": "up", "comment": "x".repeat(2001)}),
            "comment",
        ),
        (json!({"rating": "up", "stars": 5}), "stars"),
    ] {
        let refused = ada.put(&path, &body).await;
        refused
            .expect_problem(422, "validation_failed")
            .naming(&[field]);
    }
}
