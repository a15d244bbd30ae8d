use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Session, TestApp, shown_text};

/// Adds an article and gives its path.
async fn add(agent: &Session<'_>, article: &Value) -> String {
    let answer = agent.post("/articles", article).await.expect_status(201);
    let path = format!("/articles/{}", answer.text_of("id"));
    assert_eq!(answer.header("location"), path);
    path
}

fn slugs(answer: &Answer) -> Vec<String> {
    let page = answer.json();
    let items = page["items"].as_array().expect("a list").iter();
    items
        .map(|item| item["slug"].as_str().expect("a slug").to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_article_is_added_changed_and_deleted() {
    let app = TestApp::start().await;
    let grace = app.agent("grace").await;
    let new = json!({"title": "Größe & Paßform?", "body": "Soon.\n\n## Now\nNow."});
    let added = grace.post("/articles", &new).await.expect_status(201);
    assert_eq!(added.header("etag"), "\"1\"");
    let article = added.json();
    let members: Vec<_> = article.as_object().expect("an object").keys().collect();
    let expected = [
        "body",
        "created_at",
        "id",
        "origin",
        "published",
        "slug",
        "title",
        "updated_at",
        "url",
        "version",
    ];
    assert_eq!(members, expected);
    assert_eq!(article["slug"], "grosse-passform");
    assert_eq!(article["origin"], "written");
    assert_eq!(article["published"], true);
    assert_eq!(article["url"], Value::Null);

    let path = format!("/articles/{}", added.text_of("id"));
    let change = json!({"url": "https://help.example/size", "slug": "size", "body": "Later."});
    let changed = grace.patch(&path, &change).await.expect_status(200);
    assert_eq!(changed.header("etag"), "\"2\"");
    let shown = grace.get(&path).await.expect_status(200);
    assert_eq!(shown.json(), changed.json());
    assert_eq!(shown.header("etag"), "\"2\"");
    assert_eq!(shown.json()["body"], "Later.");
    let same = grace.patch(&path, &change).await.expect_status(200);
    assert_eq!(same.header("etag"), "\"2\"");
    let cleared = grace.patch(&path, &json!({"url": null})).await;
    assert_eq!(cleared.json()["url"], Value::Null);

    let gone = Answer::to(grace.request(Method::DELETE, &path)).await;
    gone.expect_status(204);
    grace.get(&path).await.expect_problem(404, "not_found");
    let again = Answer::to(grace.request(Method::DELETE, &path)).await;
    again.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slug_is_one_articles() {
    let app = TestApp::start().await;
    let grace = app.agent("grace").await;
    let refunds = json!({"title": "Refunds", "body": "Soon."});
    add(&grace, &refunds).await;
    let twin = grace.post("/articles", &refunds).await;
    twin.expect_problem(409, "slug_taken");
    let other = json!({"title": "Refunds", "slug": "other", "body": "Soon."});
    let other = add(&grace, &other).await;
    let renamed = grace.patch(&other, &json!({"slug": "refunds"})).await;
    renamed.expect_problem(409, "slug_taken");
    let shown = grace.get(&other).await.expect_status(200);
    assert_eq!(shown.json()["version"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_somebody_changed_is_not_overwritten() {
    let app = TestApp::start().await;
    let grace = app.agent("grace").await;
    let path = add(&grace, &json!({"title": "Refunds", "body": "Soon."})).await;
    let conditional = |method, tag: &'static str| {
        let request = grace.request(method, &path).header("If-Match", tag);
        request.json(&json!({"body": "Later."}))
    };
    Answer::to(conditional(Method::PATCH, "\"1\""))
        .await
        .expect_status(200);
    for method in [Method::PATCH, Method::DELETE] {
        let stale = Answer::to(conditional(method.clone(), "\"1\"")).await;
        stale.expect_problem(412, "version_mismatch");
        let broken = Answer::to(conditional(method, "1")).await;
        broken.expect_problem(422, "validation_failed");
    }
    Answer::to(conditional(Method::DELETE, "\"1\", \"2\""))
        .await
        .expect_status(204);
}

#[tokio::test(flavor = "multi_thread")]
async fn articles_are_listed_newest_first_page_by_page() {
    let app = TestApp::start().await;
    let grace = app.agent("grace").await;
    for (slug, published) in [("a", true), ("b", false), ("c", true), ("d", true)] {
        let article = json!({"slug": slug, "title": slug, "body": "B", "published": published});
        add(&grace, &article).await;
    }
    let ada = app.customer("ada").await;
    for (session, query, expected) in [
        (&grace, "", "d c b a"),
        (&grace, "&published=true", "d c a"),
        (&grace, "&published=false", "b"),
        (&ada, "", "d c a"),
        (&ada, "&published=true", "d c a"),
        (&ada, "&published=false", ""),
    ] {
        let mut listed = Vec::new();
        let mut path = format!("/articles?limit=2{query}");
        loop {
            let answer = session.get(&path).await.expect_status(200);
            listed.extend(slugs(&answer));
            let page = answer.json();
            assert!(page["items"][0]["body"].is_null());
            let Some(cursor) = page["next_cursor"].as_str() else {
                break;
            };
            path = format!("/articles?limit=2{query}&cursor={cursor}");
            assert_eq!(answer.header("link"), format!("<{path}>; rel=\"next\""));
        }
        assert_eq!(listed.join(" "), expected, "{query}");
    }
    for query in ["limit=0", "cursor=x", "published=yes", "page=2"] {
        let answer = ada.get(&format!("/articles?{query}")).await;
        let field = query.split('=').next().expect("a name");
        answer
            .expect_problem(422, "validation_failed")
            .naming(&[field]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_looks_missing_to_customers_to_the_byte() {
    let app = TestApp::start().await;
    let grace = app.agent("grace").await;
    let draft = json!({"title": "Refunds", "body": "Soon.", "published": false});
    let path = add(&grace, &draft).await;
    let ada = app.customer("ada").await;
    let hidden = ada.get(&path).await.expect_problem(404, "not_found");
    let missing = "/articles/00000000-0000-7000-8000-000000000000";
    let missing_answer = ada.get(missing).await.expect_problem(404, "not_found");
    let told = |answer: &Answer, path: &str| {
        let body = answer.body.replace(answer.header("x-request-id"), "");
        body.replace(path, "")
    };
    assert_eq!(told(&hidden, &path), told(&missing_answer, missing));
    let published = grace.patch(&path, &json!({"published": true})).await;
    published.expect_status(200);
    ada.get(&path).await.expect_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_wrong_with_an_article_is_told_at_once() {
    let app = TestApp::start().await;
    let grace = app.agent("grace").await;
    let wrong = json!({"slug": "No Slug", "title": " ", "body": "", "url": "javascript:x"});
    for answer in [grace.post("/articles", &wrong).await, {
        let path = add(&grace, &json!({"title": "A", "body": "B"})).await;
        grace.patch(&path, &wrong).await
    }] {
        answer
            .expect_problem(422, "validation_failed")
            .naming(&["slug", "title", "body", "url"]);
    }
    let unknown = json!({"title": "A", "body": "B", "origin": "imported"});
    let unknown = grace.post("/articles", &unknown).await;
    unknown
        .expect_problem(422, "validation_failed")
        .naming(&["origin"]);
    grace
        .get("/articles/refunds")
        .await
        .expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn articles_may_have_a_mebibyte_and_nothing_else_may() {
    let app = TestApp::start().await;
    let grace = app.agent("grace").await;
    let body = "🦀".repeat(200_000);
    let path = add(&grace, &json!({"title": "Long", "body": body})).await;
    let shown = grace.get(&path).await.expect_status(200);
    assert_eq!(shown.json()["body"], body);
    let longer = json!({"title": "Longer", "body": format!("{body}.")});
    let longer = grace.post("/articles", &longer).await;
    longer
        .expect_problem(422, "validation_failed")
        .naming(&["body"]);
    let too_long = json!({"title": "Too long", "body": "x".repeat(1024 * 1024)});
    let answer = grace.post("/articles", &too_long).await;
    answer.expect_problem(413, "body_too_large");
    let ticket = json!({"title": "Long", "description": "x".repeat(256 * 1024)});
    let answer = grace.post("/tickets", &ticket).await;
    answer.expect_problem(413, "body_too_large");
}

#[tokio::test(flavor = "multi_thread")]
async fn articles_are_quoted_word_by_word() {
    let app = TestApp::with_settings(&[], None).await;
    let grace = app.agent("grace").await;
    let body = "## Resetting it [7]\nPress key [7], then key [1]. See note [12].";
    add(&grace, &json!({"title": "Wombat [5]", "body": body})).await;
    crate::article_search::until_found(&grace, "resetting wombat", "Wombat [5]").await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket_about("How do I reset the wombat?").await;
    let events = ada.stream(&ticket).await.rest().await;
    let said = "Our help article \"Wombat [5]\" says under \"Resetting it [7]\":\n\n\
         > Press key [7], then key [1]. See note [12].\n\n";
    let text = shown_text(&events);
    assert!(text.starts_with(said), "{text}");
    assert_eq!(ada.messages(&ticket).await[0]["content"], text);
    let sources = &events.last().expect("an end").data["response"]["sources"];
    assert_eq!(sources[0]["cited"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_keep_their_sources_when_the_article_is_gone() {
    let app = TestApp::with_settings(&[], None).await;
    let grace = app.agent("grace").await;
    let article = json!({"title": "Otter permits", "body": "An otter permit costs five crowns.",
        "url": "https://help.example/otters"});
    let path = add(&grace, &article).await;
    crate::article_search::until_found(&grace, "otter permit", "Otter permits").await;
    let ada = app.customer("ada").await;
    let ticket = ada
        .open_ticket_about("What does an otter permit cost?")
        .await;
    let events = ada.stream(&ticket).await.rest().await;
    let sources = events.last().expect("an end").data["response"]["sources"].clone();
    assert_eq!(sources[0]["title"], "Otter permits");
    Answer::to(grace.request(Method::DELETE, &path))
        .await
        .expect_status(204);
    let state = ada.reply_state(&ticket).await;
    assert_eq!(state["sources"], sources);
    assert_eq!(sources[0]["url"], "https://help.example/otters");
}
