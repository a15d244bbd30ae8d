//! Handoffs by rules, which no model has a say in.

use std::sync::Arc;

use serde_json::{Value, json};
use testkit::fakes::{ModelFault, Script, ScriptedChatModel};

use crate::harness::{Event, Session, TestApp, shown_text};

fn names(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.name.as_str()).collect()
}

/// Reads the answer to the newest question to its end.
async fn answer(reader: &Session<'_>, ticket: &str) -> Vec<Event> {
    reader.stream(ticket).await.rest().await
}

/// Checks that people take over for that reason right in front of the end, and gives the end.
#[track_caller]
fn expect_handoff<'a>(events: &'a [Event], reason: &str, end: &str) -> &'a Event {
    let [.., handed_off, ended] = events else {
        panic!("two events at least: {events:?}");
    };
    assert_eq!(handed_off.name, "ticket.handed_off");
    assert_eq!(handed_off.data["reason"], reason);
    assert_eq!(handed_off.data["response_id"], ended.data["response_id"]);
    let number = |event: &Event| event.data["sequence_number"].as_i64().expect("a number");
    assert_eq!(number(handed_off) + 1, number(ended));
    assert_eq!(ended.name, end);
    ended
}

async fn expect_handed_off(reader: &Session<'_>, ticket: &str, reason: &str) {
    let shown = reader.get(ticket).await.expect_status(200).json();
    assert_eq!(shown["assistant_enabled"], false);
    assert_eq!(shown["status"], "open");
    assert_eq!(shown["handoff"]["reason"], reason);
    assert!(shown["handoff"]["at"].is_string(), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_a_person_gets_one_without_the_model() {
    let model = Arc::new(ScriptedChatModel::replying(["never said"]));
    let app = TestApp::with_model(model.clone()).await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let root = app.admin("root").await;
    let ticket = ada.open_ticket_about("I want to talk to a human!").await;

    let events = answer(&ada, &ticket).await;
    let end = expect_handoff(&events, "requested", "response.completed");
    let text = shown_text(&events);
    assert!(text.contains("person"), "{text}");
    assert_eq!(end.data["response"]["output_text"], text);
    assert_eq!(end.data["response"]["sources"], json!([]));
    assert_eq!(model.calls(), 0);
    expect_handed_off(&ada, &ticket, "requested").await;
    let messages = ada.messages(&ticket).await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["content"], text);
    assert_eq!(messages[0]["is_ai"], true);
    // Whoever comes back reads the same, and nothing is done twice.
    let again = answer(&ada, &ticket).await;
    assert_eq!(shown_text(&again), text);
    expect_handoff(&again, "requested", "response.completed");
    assert_eq!(ada.messages(&ticket).await.len(), 1);

    ada.send(&ticket, "Anybody?").await;
    let refused = ada.get(&format!("{ticket}/ai-response")).await;
    refused.expect_problem(409, "assistant_off");
    let stats = root.get("/admin/stats").await.expect_status(200).json();
    let reasons = &stats["tickets"]["handoffs_by_reason"];
    assert_eq!(
        (&reasons["requested"], &reasons["agent"]),
        (&json!(1), &json!(0))
    );

    let switched = agent
        .patch(&ticket, &json!({"assistant_enabled": true}))
        .await
        .expect_status(200)
        .json();
    assert_eq!(switched["handoff"], Value::Null);
    assert_eq!(shown_text(&answer(&ada, &ticket).await), "never said");
}

#[tokio::test(flavor = "multi_thread")]
async fn cut_after_any_event_of_a_handoff_a_client_gets_exactly_what_is_missing() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket_about("Human please").await;
    answer(&ada, &ticket).await;
    let events = answer(&ada, &ticket).await;
    assert_eq!(
        names(&events),
        [
            "response.created",
            "response.output_text.delta",
            "ticket.handed_off",
            "response.completed"
        ]
    );
    for cut in 0..events.len() - 1 {
        let rest = ada.resume(&ticket, events[cut].id()).await.rest().await;
        assert_eq!(names(&rest), names(&events[cut + 1..]), "cut after {cut}");
        assert_eq!(rest.last(), events.last());
        let number = &events[cut].data["sequence_number"];
        let by_number = format!("{ticket}/ai-response?starting_after={number}");
        let body = ada.get(&by_number).await.expect_status(200).body;
        for event in &rest {
            assert!(body.contains(&format!("event: {}\n", event.name)), "{body}");
        }
        assert_eq!(body.matches("event: ").count(), rest.len(), "{body}");
    }
    let end = events[3].id();
    assert_eq!(ada.resume(&ticket, end).await.status, 204);
    let unusable = ada.resume(&ticket, "nonsense").await.rest().await;
    assert_eq!(
        names(&unusable),
        [
            "response.snapshot",
            "ticket.handed_off",
            "response.completed"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn after_so_many_turns_without_a_resolution_people_take_over() {
    let model = Arc::new(ScriptedChatModel::replying(["Try again."]));
    let settings = [("HANDOFF_AFTER_TURNS", "2")];
    let app = TestApp::with_settings(&settings, Some(model.clone())).await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let ticket = ada.open_ticket().await;
    for _ in 0..2 {
        assert_eq!(shown_text(&answer(&ada, &ticket).await), "Try again.");
        ada.send(&ticket, "It does not work.").await;
    }
    let events = answer(&ada, &ticket).await;
    expect_handoff(&events, "turns", "response.completed");
    expect_handed_off(&ada, &ticket, "turns").await;
    assert_eq!(model.calls(), 2);

    // From a handback and from a resolution on they are counted anew.
    agent
        .patch(&ticket, &json!({"assistant_enabled": true}))
        .await
        .expect_status(200);
    for _ in 0..2 {
        ada.send(&ticket, "Still not.").await;
        assert_eq!(shown_text(&answer(&ada, &ticket).await), "Try again.");
    }
    ada.patch(&ticket, &json!({"status": "resolved"}))
        .await
        .expect_status(200);
    ada.send(&ticket, "Something else.").await;
    assert_eq!(shown_text(&answer(&ada, &ticket).await), "Try again.");
    assert_eq!(model.calls(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_whose_quota_is_used_up_is_handed_off_without_the_model() {
    let model = Arc::new(ScriptedChatModel::replying(["Hello"]));
    let settings = [("TOKENS_PER_USER_PER_DAY", "1")];
    let app = TestApp::with_settings(&settings, Some(model.clone())).await;
    let (ada, grace) = (app.customer("ada").await, app.customer("grace").await);
    assert_eq!(
        shown_text(&answer(&ada, &ada.open_ticket().await).await),
        "Hello"
    );

    let ticket = ada.open_ticket().await;
    for _ in 0..3 {
        let events = answer(&ada, &ticket).await;
        let end = expect_handoff(&events, "quota", "response.cancelled");
        assert_eq!(names(&events).len(), 3);
        assert_eq!(end.data["response"]["reason"], "quota");
        assert_eq!(end.data["response"]["cancelled_by"], "system");
    }
    assert_eq!(model.calls(), 1);
    expect_handed_off(&ada, &ticket, "quota").await;
    assert!(ada.messages(&ticket).await.is_empty());
    // Whom it concerns not is answered, and a wish for a person costs nothing.
    assert_eq!(
        shown_text(&answer(&grace, &grace.open_ticket().await).await),
        "Hello"
    );
    let wish = ada.open_ticket_about("Real person please").await;
    expect_handoff(
        &answer(&ada, &wish).await,
        "requested",
        "response.completed",
    );
    // To ask again by name is possible, and finds the quota as it is.
    ada.post(&format!("{ticket}/ai-response/retry"), &Value::Null)
        .await
        .expect_status(202);
    let events = answer(&ada, &ticket).await;
    expect_handoff(&events, "quota", "response.cancelled");
    assert_eq!(model.calls(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_quota_of_all_holds_for_everybody() {
    let model = Arc::new(ScriptedChatModel::replying(["Hello"]));
    let settings = [("TOKENS_PER_DAY", "1")];
    let app = TestApp::with_settings(&settings, Some(model.clone())).await;
    let (ada, grace) = (app.customer("ada").await, app.customer("grace").await);
    answer(&ada, &ada.open_ticket().await).await;
    let events = answer(&grace, &grace.open_ticket().await).await;
    expect_handoff(&events, "quota", "response.cancelled");
    assert_eq!(model.calls(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_is_down_for_good_hands_off_and_a_retry_brings_it_back() {
    let scripts = (0..3)
        .map(|_| Script::refusing(ModelFault::Unavailable))
        .chain([Script::replying(["Back again."])]);
    let model = Arc::new(ScriptedChatModel::playing(scripts));
    let app = TestApp::with_model(model.clone()).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    for _ in 0..2 {
        let events = answer(&ada, &ticket).await;
        assert!(!names(&events).contains(&"ticket.handed_off"), "{events:?}");
        assert_eq!(ada.get(&ticket).await.json()["handoff"], Value::Null);
    }
    for _ in 0..2 {
        let events = answer(&ada, &ticket).await;
        let end = expect_handoff(&events, "upstream_down", "response.failed");
        assert_eq!(end.data["response"]["attempt"], 3);
    }
    expect_handed_off(&ada, &ticket, "upstream_down").await;
    assert_eq!(model.calls(), 3);

    ada.post(&format!("{ticket}/ai-response/retry"), &Value::Null)
        .await
        .expect_status(202);
    let events = answer(&ada, &ticket).await;
    assert_eq!(shown_text(&events), "Back again.");
    assert!(!names(&events).contains(&"ticket.handed_off"), "{events:?}");
    let shown = ada.get(&ticket).await.json();
    assert_eq!(shown["assistant_enabled"], true);
    assert_eq!(shown["handoff"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_refuses_the_key_hands_off_at_once_and_a_retry_brings_it_back() {
    let model = Arc::new(ScriptedChatModel::playing([
        Script::refusing(ModelFault::Rejected { status: 401 }),
        Script::replying(["Back again."]),
    ]));
    let app = TestApp::with_model(model.clone()).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    for _ in 0..2 {
        let events = answer(&ada, &ticket).await;
        let end = expect_handoff(&events, "upstream_down", "response.failed");
        assert_eq!(end.data["response"]["error"]["code"], "upstream_rejected");
    }
    expect_handed_off(&ada, &ticket, "upstream_down").await;
    assert_eq!(model.calls(), 1);
    ada.post(&format!("{ticket}/ai-response/retry"), &Value::Null)
        .await
        .expect_status(202);
    let events = answer(&ada, &ticket).await;
    assert_eq!(shown_text(&events), "Back again.");
    assert_eq!(ada.get(&ticket).await.json()["handoff"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_does_not_bring_back_what_people_switched_off() {
    let model = Arc::new(ScriptedChatModel::refusing(ModelFault::Unavailable));
    let app = TestApp::with_model(model).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    answer(&ada, &ticket).await;
    ada.post(&format!("{ticket}/handoff"), &Value::Null)
        .await
        .expect_status(200);
    expect_handed_off(&ada, &ticket, "customer").await;
    ada.post(&format!("{ticket}/ai-response/retry"), &Value::Null)
        .await
        .expect_problem(409, "assistant_off");
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_that_no_article_answers_go_to_people_where_that_is_wanted() {
    let model = Arc::new(ScriptedChatModel::replying(["I guess so."]));
    let settings = [("HANDOFF_WITHOUT_SOURCES", "on")];
    let app = TestApp::with_settings(&settings, Some(model.clone())).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket_about("Do you sell bicycles on Mars?").await;
    let events = answer(&ada, &ticket).await;
    expect_handoff(&events, "nothing_found", "response.completed");
    expect_handed_off(&ada, &ticket, "nothing_found").await;
    assert_eq!(model.calls(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assistant_that_finds_nothing_says_why_it_hands_off() {
    let app = TestApp::with_settings(&[], None).await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket_about("Do you sell bicycles on Mars?").await;
    let events = answer(&ada, &ticket).await;
    expect_handoff(&events, "nothing_found", "response.completed");
    expect_handed_off(&ada, &ticket, "nothing_found").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handoff_is_read_after_a_restart() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket_about("Operator, please").await;
    let before = answer(&ada, &ticket).await;
    let token = ada.token.clone();
    let model = Arc::new(ScriptedChatModel::replying(["never said"]));
    let app = app.restart(model.clone()).await;
    let ada = Session::new(&app, token);
    let after = answer(&ada, &ticket).await;
    expect_handoff(&after, "requested", "response.completed");
    assert_eq!(after.last(), before.last());
    assert_eq!(model.calls(), 0);
}
