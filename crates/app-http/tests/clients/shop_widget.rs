//! The example of a shop's page, used by a customer in a browser, on another origin than the API.

use groq_simulator::Reply;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::shop::{Shop, browser, sign_up_and_ask};

/// The model's first event has no text.
const WITHOUT_TEXT: usize = 1;

const ANSWER: &str = ".bubble.assistant .text";
const NOTE: &str = ".bubble.assistant .note";

/// What the page shows in the end and which of its scripts' errors nobody caught.
#[derive(Debug, Deserialize)]
struct Report {
    seen: String,
    complaints: Vec<String>,
}

fn asking(more: impl IntoIterator<Item = Value>) -> Vec<Value> {
    let mut steps = sign_up_and_ask();
    steps.extend(more);
    steps
}

fn ai_messages(ticket: &Value) -> Vec<&Value> {
    let messages = ticket["messages"].as_array().expect("a list");
    messages.iter().filter(|m| m["is_ai"] == true).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_answered_word_by_word_rates_the_answer_and_gets_a_person() {
    let Some(browser) = browser() else { return };
    let shop = Shop::open().await;
    shop.will_be_answered(&["It is ", "<b>on</b> ", "its way. 🚚"]);
    shop.will_be_answered(&["You are welcome."]);
    shop.gate.open_for(WITHOUT_TEXT + 1);
    let steps = asking([
        json!({"see": [ANSWER, "It is <b>on</b> its way. 🚚"]}),
        json!({"click": ".bubble.assistant .up"}),
        json!({"see": [".up[aria-pressed=true]", "Helpful"]}),
        json!({"type": ["#message [name=content]", "Thank you!"]}),
        json!({"click": "#message .main"}),
        json!({"see": [ANSWER, "You are welcome."]}),
        json!({"click": "#handoff"}),
        json!({"see": ["#person", "A person will answer you here."]}),
        json!({"type": ["#message [name=content]", "Hello?"]}),
        json!({"click": "#message .main"}),
        json!({"see": [".bubble.customer .text", "Hello?"]}),
    ]);
    let mut page = shop.visit(browser, &steps);
    page.until_it_shows("It is ").await;
    shop.gate.open_for(WITHOUT_TEXT + 2);
    page.until_it_shows("It is <b>on</b> ").await;
    shop.gate.open();
    let report: Report = page.report().await;

    assert_eq!(report.complaints, [""; 0]);
    assert!(!report.seen.contains("Talk to a person"), "{report:?}");
    let ticket = shop.stored_ticket().await;
    assert_eq!(ticket["title"], "Parcel");
    assert_eq!(ticket["description"], "Where is my parcel?");
    assert_eq!(ticket["assistant_enabled"], false);
    let messages = ticket["messages"].as_array().expect("a list");
    let texts: Vec<&Value> = messages.iter().map(|m| &m["content"]).collect();
    let said = [
        "It is <b>on</b> its way. 🚚",
        "Thank you!",
        "You are welcome.",
        "Hello?",
    ];
    assert_eq!(texts, said);
    assert_eq!(messages[0]["feedback"]["rating"], "up");
    assert_eq!(messages[2]["feedback"], Value::Null);
    assert_eq!(shop.simulator.requests().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shops_page_starts_over_when_the_server_was_restarted() {
    let Some(browser) = browser() else { return };
    let mut shop = Shop::open().await;
    shop.will_be_answered(&["It was ", "lost."]);
    shop.will_be_answered(&["It is here."]);
    shop.gate.open_for(WITHOUT_TEXT + 1);
    let steps = asking([
        json!({"see": [NOTE, "One moment, we are reconnecting…"]}),
        json!({"see": [ANSWER, "It is here."]}),
        json!({"see": [".bubble.assistant .up", "Helpful"]}),
    ]);
    let mut page = shop.visit(browser, &steps);
    page.until_it_shows("It was ").await;
    shop.restart_server().await;
    shop.gate.open();
    let report: Report = page.report().await;

    assert_eq!(report.complaints, [""; 0]);
    assert!(!report.seen.contains("It was"), "{report:?}");
    let ticket = shop.stored_ticket().await;
    let answers = ai_messages(&ticket);
    assert_eq!(answers.len(), 1, "{ticket}");
    assert_eq!(answers[0]["content"], "It is here.");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shops_page_tells_of_a_failure_and_tries_again_when_asked() {
    let Some(browser) = browser() else { return };
    let shop = Shop::open().await;
    shop.simulator.enqueue(Reply::status(401));
    shop.will_be_answered(&["It is here."]);
    let page = shop.visit(
        browser,
        &asking([
            json!({"see": [NOTE, "The assistant is not set up correctly."]}),
            json!({"click": ".bubble.assistant .again"}),
            json!({"see": [ANSWER, "It is here."]}),
            json!({"see": [".bubble.assistant .down", "Not helpful"]}),
            json!({"click": ".bubble.assistant .down"}),
            json!({"see": [".down[aria-pressed=true]", "Not helpful"]}),
        ]),
    );
    let report: Report = page.report().await;

    assert_eq!(report.complaints, [""; 0]);
    assert!(!report.seen.contains("not set up"), "{report:?}");
    let ticket = shop.stored_ticket().await;
    let answers = ai_messages(&ticket);
    assert_eq!(answers.len(), 1, "{ticket}");
    assert_eq!(answers[0]["feedback"]["rating"], "down");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shops_page_comes_back_after_a_refusal_and_replaces_its_text_by_a_snapshot() {
    let Some(browser) = browser() else { return };
    let shop = Shop::open().await;
    shop.will_be_answered(&["It is ", "here."]);
    shop.gate.open_for(WITHOUT_TEXT + 1);
    let mut steps = sign_up_and_ask();
    steps.insert(0, json!({"spoilCursor": null}));
    steps.extend([
        json!({"see": [NOTE, "One moment, we are reconnecting…"]}),
        json!({"see": ["title", "snapshot"]}),
        json!({"say": "a snapshot came"}),
        json!({"see": [ANSWER, "It is here."]}),
    ]);
    let mut page = shop.visit(browser, &steps);
    page.until_it_shows("a snapshot came").await;
    shop.gate.open();
    let report: Report = page.report().await;

    assert_eq!(report.complaints, [""; 0]);
    assert_eq!(ai_messages(&shop.stored_ticket().await).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shops_page_stops_an_answer_and_says_why_a_sign_up_is_refused() {
    let Some(browser) = browser() else { return };
    let shop = Shop::open().await;
    shop.will_be_answered(&["It is ", "a long story."]);
    shop.gate.open_for(WITHOUT_TEXT + 1);
    let mut steps = vec![
        json!({"type": ["#account [name=email]", "ada@example.com"]}),
        json!({"type": ["#account [name=password]", "short"]}),
        json!({"click": "#account [value=sign-up]"}),
        json!({"see": ["#problem", "password must be at least 8 characters long"]}),
    ];
    steps.extend(asking([
        json!({"see": [ANSWER, "It is "]}),
        json!({"click": ".bubble.assistant .stop"}),
        json!({"see": [NOTE, "The answer was stopped."]}),
        json!({"see": [".bubble.assistant .again", "Try again"]}),
    ]));
    let report: Report = shop.visit(browser, &steps).report().await;

    assert_eq!(report.complaints, [""; 0]);
    assert_eq!(ai_messages(&shop.stored_ticket().await).len(), 0);
}
