use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use testkit::fakes::ScriptedChatModel;

use crate::harness::{Answer, Session, TestApp, soon};

async fn patch_if(session: &Session<'_>, path: &str, if_match: &str, body: &Value) -> Answer {
    let request = session.request(Method::PATCH, path).json(body);
    Answer::to(request.header("If-Match", if_match)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_changes_everything_at_once() {
    let app = TestApp::start().await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket().await;
    let body = json!({
        "status": "resolved", "priority": "urgent", "title": "Parcel 📦", "category": "shipping",
        "tags": ["VIP", "late", "vip"], "assignee_id": agent.id().await, "assistant_enabled": false,
    });
    let changed = agent.patch(&ticket, &body).await.expect_status(200);
    assert_eq!(changed.header("etag"), "\"2\"");
    let shown = changed.json();
    for member in ["status", "priority", "title", "category", "assignee_id"] {
        assert_eq!(shown[member], body[member], "{member}");
    }
    assert_eq!(shown["tags"], json!(["late", "vip"]));
    assert_eq!(shown["assistant_enabled"], false);
    assert_eq!(shown["version"], 2);

    let page = agent.get(&ticket).await.expect_status(200).json();
    for member in ["category", "tags", "assignee_id", "updated_at", "status"] {
        assert_eq!(page[member], shown[member], "{member}");
    }

    let body = json!({"category": null, "assignee_id": null, "tags": []});
    let cleared = agent.patch(&ticket, &body).await.expect_status(200).json();
    assert_eq!(cleared["category"], Value::Null);
    assert_eq!(cleared["assignee_id"], Value::Null);
    assert_eq!(cleared["tags"], json!([]));
    assert_eq!(cleared["title"], "Parcel 📦");
    assert_eq!(ada.get(&ticket).await.json()["version"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_to_change_changes_nothing() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    let before = ada.get(&ticket).await.json();
    for body in [json!({}), json!({"status": "open", "title": "Question"})] {
        let answer = ada.patch(&ticket, &body).await.expect_status(200);
        assert_eq!(answer.header("etag"), "\"1\"");
        assert_eq!(answer.json()["updated_at"], before["updated_at"]);
    }
    assert_eq!(ada.get(&ticket).await.json(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_change_what_they_chose_and_resolve_and_nothing_else() {
    let app = TestApp::start().await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket().await;
    for (member, value) in [
        ("tags", json!(["vip"])),
        ("assignee_id", json!(null)),
        ("assignee_id", json!("01920000-0000-7000-8000-000000000000")),
        ("assistant_enabled", json!(true)),
    ] {
        let mut body = json!({"title": "Renamed"});
        body[member] = value;
        let answer = ada.patch(&ticket, &body).await;
        answer.expect_problem(403, "forbidden");
    }
    assert_eq!(ada.get(&ticket).await.json()["version"], 1);

    let refused = ada.patch(&ticket, &json!({"status": "closed"})).await;
    refused.expect_problem(409, "invalid_transition");
    let body = json!({
        "status": "resolved", "title": "Renamed", "priority": "low", "category": "shipping"
    });
    let resolved = ada.patch(&ticket, &body).await.expect_status(200).json();
    assert_eq!(resolved["status"], "resolved");
    assert_eq!(resolved["title"], "Renamed");
    let refused = ada.patch(&ticket, &json!({"status": "open"})).await;
    refused.expect_problem(409, "invalid_transition");

    let closed = agent.patch(&ticket, &json!({"status": "closed"})).await;
    closed.expect_status(200);
    let refused = ada.patch(&ticket, &json!({"title": "Again"})).await;
    refused.expect_problem(409, "ticket_closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn moves_that_the_status_machine_lacks_are_409() {
    let app = TestApp::start().await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket().await;
    let to = async |status: &str| agent.patch(&ticket, &json!({"status": status})).await;
    to("pending")
        .await
        .expect_problem(409, "invalid_transition");
    to("closed").await.expect_status(200);
    for status in ["resolved", "pending"] {
        to(status).await.expect_problem(409, "invalid_transition");
    }
    to("closed").await.expect_status(200);
    let reopened = to("open").await.expect_status(200).json();
    assert_eq!(
        (&reopened["status"], &reopened["version"]),
        (&json!("open"), &json!(3))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_another_version_is_412() {
    let app = TestApp::start().await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket().await;
    let etag = ada.get(&ticket).await.header("etag").to_owned();
    ada.send(&ticket, "One more thing").await;

    let body = json!({"priority": "high"});
    for stale in [
        etag.as_str(),
        "W/\"2\"",
        "\"other\"",
        "\"02\"",
        "\"1\", \"3\"",
    ] {
        let refused = patch_if(&agent, &ticket, stale, &body).await;
        refused.expect_problem(412, "version_mismatch");
    }
    let empty = patch_if(&agent, &ticket, &etag, &json!({})).await;
    empty.expect_problem(412, "version_mismatch");
    // What is wrong whatever the version comes first.
    let body = json!({"tags": ["vip"]});
    let refused = patch_if(&ada, &ticket, &etag, &body).await;
    refused.expect_problem(403, "forbidden");

    for fresh in ["\"2\"", "*", "\"1\" , \"4\"", "\"x\",\"5\""] {
        let body = json!({"title": fresh});
        let changed = patch_if(&agent, &ticket, fresh, &body).await;
        changed.expect_status(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_entity_tag_is_422() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    for malformed in ["1", "\"1", "", "\"1\" \"2\"", "*, \"1\"", "w/\"1\""] {
        let answer = patch_if(&ada, &ticket, malformed, &json!({})).await;
        answer
            .expect_problem(422, "validation_failed")
            .naming(&["If-Match"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_changes_of_one_version_one_is_done() {
    let app = TestApp::start().await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket().await;
    let changes = (0..20).map(|number| {
        let body = json!({"title": format!("Title {number}")});
        let (agent, ticket) = (&agent, &ticket);
        async move {
            patch_if(agent, ticket, "\"1\"", &body)
                .await
                .status
                .as_u16()
        }
    });
    let mut statuses = futures_util::future::join_all(changes).await;
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert!(
        statuses[1..].iter().all(|status| *status == 412),
        "{statuses:?}"
    );
    assert_eq!(ada.get(&ticket).await.json()["version"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_agents_whose_account_works_are_put_in_charge() {
    let app = TestApp::start().await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket().await;
    let nobody = "01920000-0000-7000-8000-000000000000".to_owned();
    for id in [nobody, ada.id().await] {
        let answer = agent.patch(&ticket, &json!({"assignee_id": id})).await;
        answer
            .expect_problem(422, "validation_failed")
            .naming(&["assignee_id"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_422_and_names_the_field() {
    let app = TestApp::start().await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket().await;
    let many: Vec<_> = (0..21).map(|number| format!("tag-{number}")).collect();
    for (member, value) in [
        ("status", json!("done")),
        ("status", json!(null)),
        ("status", json!(1)),
        ("priority", json!("HIGH")),
        ("priority", json!(null)),
        ("title", json!("")),
        ("title", json!(null)),
        ("title", json!("x".repeat(201))),
        ("title", json!("a\0b")),
        ("category", json!("Not a slug")),
        ("category", json!(["billing"])),
        ("tags", json!(["not a slug"])),
        ("tags", json!(["x".repeat(51)])),
        ("tags", json!(many)),
        ("tags", json!(null)),
        ("tags", json!("vip")),
        ("assignee_id", json!("none")),
        ("assignee_id", json!(7)),
        ("assistant_enabled", json!("yes")),
        ("assistant_enabled", json!(null)),
        ("description", json!("Other")),
        ("version", json!(1)),
    ] {
        let answer = agent.patch(&ticket, &json!({ member: value })).await;
        answer
            .expect_problem(422, "validation_failed")
            .naming(&[member]);
    }
    let answer = agent.patch(&ticket, &json!({"tags": [1]})).await;
    answer
        .expect_problem(422, "validation_failed")
        .naming(&["tags[0]"]);
    let answer = agent
        .patch(&ticket, &json!({"title": "", "tags": ["-"]}))
        .await;
    answer
        .expect_problem(422, "validation_failed")
        .naming(&["title", "tags"]);
    assert_eq!(ada.get(&ticket).await.json()["version"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_cancels_the_answer_that_is_streaming() {
    let (model, gate) = ScriptedChatModel::gated(["Hello", " there"]);
    let model = Arc::new(model);
    let app = TestApp::with_model(model.clone()).await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket().await;
    let mut stream = ada.stream(&ticket).await;
    gate.release(1);
    stream.expect("response.created").await;
    stream.expect("response.output_text.delta").await;

    let closed = agent.patch(&ticket, &json!({"status": "closed"})).await;
    closed.expect_status(200);

    let cancelled = stream.expect("response.cancelled").await;
    assert_eq!(cancelled.data["response"]["reason"], "closed");
    assert_eq!(cancelled.data["response"]["cancelled_by"], "agent");
    assert_eq!(stream.next().await, None);
    soon("the model is told to stop", model.until_dropped(1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_hands_a_ticket_back_to_the_assistant() {
    let app = TestApp::start().await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket().await;
    let handed = ada.post(&format!("{ticket}/handoff"), &json!(null)).await;
    handed.expect_status(200);
    let refused = ada.get(&format!("{ticket}/ai-response")).await;
    refused.expect_problem(409, "assistant_off");
    let back = agent
        .patch(&ticket, &json!({"assistant_enabled": true}))
        .await;
    assert_eq!(back.expect_status(200).json()["assistant_enabled"], true);
    let answer = ada.stream(&ticket).await.rest().await;
    let last = answer.last().expect("an event");
    assert_eq!(last.name, "response.completed");
}
