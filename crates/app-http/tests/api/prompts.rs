//! What is made from prompt templates: replies, and previews of them.

use std::sync::Arc;

use groq_simulator::Simulator;
use serde_json::{Value, json};
use testkit::fakes::ScriptedChatModel;

use crate::harness::TestApp;
use crate::prompt_templates::{USER, parts, path};

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_is_made_from_the_template_of_its_category() {
    let simulator = Simulator::start().await.expect("a simulator");
    let base_url = simulator.base_url();
    let settings = [
        ("GROQ_API_KEY", "gsk_not_a_real_key"),
        ("GROQ_BASE_URL", base_url.as_str()),
        ("GROQ_MAX_COMPLETION_TOKENS", "321"),
    ];
    let app = TestApp::with_settings(&settings, None).await;
    let (root, ada) = (app.admin("root").await, app.customer("ada").await);
    root.put(
        &path("billing"),
        &parts("About money.", "B {{ category }} {{ latest_message }}"),
    )
    .await
    .expect_status(201);
    root.put(
        &path("default"),
        &parts("About all else.", "D {{ priority }} {{ latest_message }}"),
    )
    .await
    .expect_status(200);
    let cases = [
        (
            json!("billing"),
            "About money.",
            "B billing Refund\n\nHow long?",
            "billing",
            1,
        ),
        (
            json!("other"),
            "About all else.",
            "D normal Refund\n\nHow long?",
            "default",
            2,
        ),
        (
            Value::Null,
            "About all else.",
            "D normal Refund\n\nHow long?",
            "default",
            2,
        ),
    ];
    for (number, (category, system, user, name, version)) in cases.into_iter().enumerate() {
        let body = json!({"title": "Refund", "description": "How long?", "category": category});
        let ticket = ada.post("/tickets", &body).await.expect_status(201);
        let ticket = format!("/tickets/{}", ticket.text_of("id"));
        ada.stream(&ticket).await.rest().await;
        let asked = &simulator.requests()[number].body;
        let turns = json!([
            {"role": "system", "content": system},
            {"role": "user", "content": user},
        ]);
        assert_eq!(asked["messages"], turns);
        assert_eq!(asked["max_completion_tokens"], 321);
        let reply = ada.messages(&ticket).await[0]["reply_id"].clone();
        let receipt = format!("{ticket}/replies/{}", reply.as_str().expect("an id"));
        let receipt = root.get(&receipt).await.expect_status(200).json();
        let template = json!({"name": name, "version": version});
        assert_eq!(receipt["prompt_template"], template);
        let digest = receipt["prompt_sha256"].as_str().expect("a digest");
        assert_eq!(digest.len(), 64);

        // Trying it later tells the same of the prompt, and asks nobody.
        let preview = format!("/prompt-templates/{name}/preview");
        let id = ticket.trim_start_matches("/tickets/");
        let preview = root.post(&preview, &json!({"ticket_id": id})).await;
        let preview = preview.expect_status(200).json();
        assert_eq!(preview["turns"], turns);
        assert_eq!(preview["prompt_sha256"], digest);
        assert_eq!(preview["version"], version);
        assert_eq!(preview["max_completion_tokens"], 321);
        assert_eq!(preview["max_prompt_tokens"], 131_072 - 321);
        assert_eq!(simulator.requests().len(), number + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_tried_on_a_ticket_and_asks_no_model() {
    let model = Arc::new(ScriptedChatModel::replying(["Hello"]));
    let app = TestApp::with_model(model.clone()).await;
    let (root, ada) = (app.admin("root").await, app.customer("ada").await);
    let agent = app.agent("grace").await;
    let ticket = ada.open_ticket().await;
    ada.send(&ticket, "And my refund?").await;
    let note = json!({"content": "A thief.", "visibility": "internal"});
    agent
        .post(&format!("{ticket}/messages"), &note)
        .await
        .expect_status(201);
    let id = ticket.trim_start_matches("/tickets/");
    let draft = json!({"ticket_id": id, "system": "Be brief, it is {{ today }}.", "user": USER});
    let preview = root.post("/prompt-templates/new/preview", &draft).await;
    let preview = preview.expect_status(200).json();
    let system = preview["turns"][0]["content"].as_str().expect("text");
    assert!(system.starts_with("Be brief, it is 20"), "{system}");
    assert_eq!(
        preview["turns"][1]["content"],
        "Question\n\nWhere is my parcel?"
    );
    assert_eq!(preview["turns"][2]["content"], "Question: And my refund?");
    assert_eq!(preview["turns"].as_array().map(Vec::len), Some(3));
    assert_eq!(preview["version"], Value::Null);
    assert!(preview["estimated_tokens"].as_u64() > Some(10), "{preview}");
    assert!(model.requests().is_empty());

    let half = json!({"ticket_id": id, "user": "Just {{ latest_message }}"});
    root.post("/prompt-templates/new/preview", &half)
        .await
        .expect_problem(404, "not_found");
    let preview = root.post("/prompt-templates/default/preview", &half).await;
    assert_eq!(
        preview.expect_status(200).json()["turns"][2]["content"],
        "Just And my refund?"
    );
    let bad = json!({"ticket_id": id, "user": "{{ sources }}"});
    let refused = root.post("/prompt-templates/default/preview", &bad).await;
    refused
        .expect_problem(422, "validation_failed")
        .naming(&["user"]);
    let nowhere = json!({"ticket_id": "00000000-0000-7000-8000-000000000000"});
    let refused = root
        .post("/prompt-templates/default/preview", &nowhere)
        .await;
    refused
        .expect_problem(422, "validation_failed")
        .naming(&["ticket_id"]);
}
