use serde_json::{Value, json};

use crate::harness::{Answer, Session, TestApp};

async fn open(session: &Session<'_>, title: &str, description: &str) -> String {
    let body = json!({"title": title, "description": description});
    let opened = session.post("/tickets", &body).await.expect_status(201);
    format!("/tickets/{}", opened.text_of("id"))
}

/// The titles of what is found, in the order of the answer.
async fn found(session: &Session<'_>, q: &str) -> Vec<String> {
    titles(&search(session, q, "").await.expect_status(200))
}

async fn search(session: &Session<'_>, q: &str, more: &str) -> Answer {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("q", q)
        .finish();
    session.get(&format!("/tickets?{query}{more}")).await
}

#[track_caller]
fn titles(page: &Answer) -> Vec<String> {
    let page = page.json();
    let items = page["items"].as_array().expect("items");
    items
        .iter()
        .map(|ticket| ticket["title"].as_str().expect("a title").to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fits_best_comes_first_and_messages_are_found_at_once() {
    let app = TestApp::start().await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    let jacket = open(&ada, "Jacket", "The zipper of my café jacket broke").await;
    open(&ada, "Zipper", "It is broken").await;
    open(&ada, "Lamp", "It flickers").await;
    open(&ada, "Parcel", "It is late").await;
    assert_eq!(found(&ada, "zipper").await, ["Zipper", "Jacket"]);
    assert_eq!(found(&agent, "zippers").await, ["Zipper", "Jacket"]);
    assert_eq!(found(&ada, "\"café jacket\"").await, ["Jacket"]);
    assert_eq!(found(&ada, "CAFE broke").await, ["Jacket"]);
    assert_eq!(found(&ada, "warranty").await, Vec::<String>::new());
    ada.send(&jacket, "Is there a warranty?").await;
    assert_eq!(found(&ada, "jacket warran").await, ["Jacket"]);
    // The assistant's answer is a message too.
    ada.stream(&jacket).await.rest().await;
    assert_eq!(found(&ada, "\"hello there\"").await, ["Jacket"]);

    let page = search(&ada, "zipper", "&sort=created_at").await;
    assert_eq!(titles(&page.expect_status(200)), ["Zipper", "Jacket"]);
    let page = search(&ada, "zipper", "&sort=updated_at").await;
    assert_eq!(titles(&page.expect_status(200)), ["Jacket", "Zipper"]);
    let page = search(&ada, "zipper", "&status=pending").await;
    assert_eq!(titles(&page.expect_status(200)), ["Jacket"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn customers_find_their_own_tickets_only_and_nobody_finds_notes() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.customer("ada").await, app.customer("eve").await);
    let agent = app.agent("grace").await;
    let ticket = open(&ada, "Zipper", "The jacket broke").await;
    let note = json!({"content": "Looks fraudulent", "visibility": "internal"});
    let noted = agent.post(&format!("{ticket}/messages"), &note).await;
    noted.expect_status(201);
    for q in ["zipper", "jacket", "broke"] {
        assert_eq!(found(&eve, q).await, Vec::<String>::new());
        assert_eq!(found(&ada, q).await, ["Zipper"]);
        assert_eq!(found(&agent, q).await, ["Zipper"]);
    }
    for reader in [&ada, &agent] {
        assert_eq!(found(reader, "fraudulent").await, Vec::<String>::new());
        assert_eq!(found(reader, "zipper fraud").await, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_by_relevance_are_linked_and_show_every_ticket_once() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    for number in 0..5 {
        let description = "zipper ".repeat(1 + number % 2);
        open(&ada, &number.to_string(), &description).await;
    }
    let whole = found(&ada, "zipper").await;
    let mut next = "/tickets?limit=2&q=zipper".to_owned();
    let mut seen = Vec::new();
    for _ in 0..4 {
        let page = ada.get(&next).await.expect_status(200);
        seen.extend(titles(&page));
        let link = page.header("link").to_owned();
        let Some((address, _)) = link.split_once(">; rel=\"next\"") else {
            break;
        };
        next = address.trim_start_matches('<').to_owned();
    }
    assert_eq!((seen.len(), &seen), (5, &whole));
    let cursor = ada.get("/tickets?limit=2&q=zipper").await;
    let cursor = cursor.text_of("next_cursor");
    for query in ["q=zippers", "q=zipper&sort=created_at", "sort=created_at"] {
        let refused = ada.get(&format!("/tickets?{query}&cursor={cursor}")).await;
        refused
            .expect_problem(422, "validation_failed")
            .naming(&["cursor"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_typed_is_answered() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    open(&ada, "Ordinary", "An ordinary text").await;
    for q in [
        "the",
        "\"",
        "🦀",
        "zzz' OR 1=1 --",
        "zzz:* & | ! <-> (",
        "NEAR(zzz) NOT title:zzz",
        "\\",
        "%",
        "\u{345}",
        &"🦀".repeat(200),
        &"z ".repeat(100),
    ] {
        for sort in [
            "",
            "&sort=relevance",
            "&sort=created_at",
            "&sort=updated_at",
        ] {
            let page = search(&ada, q, sort).await.expect_status(200).json();
            assert_eq!(
                page,
                json!({"items": [], "next_cursor": Value::Null}),
                "{q}"
            );
        }
    }
    assert_eq!(found(&ada, "ordin").await, ["Ordinary"]);
    for q in ["", " ", "a\0b", &"x".repeat(201)] {
        let refused = search(&ada, q, "").await;
        refused
            .expect_problem(422, "validation_failed")
            .naming(&["q"]);
    }
}
