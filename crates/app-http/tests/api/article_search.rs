use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Home, Session, TestApp, soon};

/// Asks until the best passage is of that article, or nothing is found where none is named.
async fn until_best(session: &Session<'_>, query: &str, title: Option<&str>) -> Value {
    let path = format!("/articles/search?q={}", query.replace(' ', "%20"));
    soon("the index follows", async {
        loop {
            let found = session.get(&path).await.expect_status(200).json();
            if found["items"][0]["title"].as_str() == title {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
}

pub async fn until_found(session: &Session<'_>, query: &str, title: &str) -> Value {
    until_best(session, query, Some(title)).await
}

async fn add(agent: &Session<'_>, title: &str, body: &str) -> String {
    let article = json!({"title": title, "body": body});
    let answer = agent.post("/articles", &article).await.expect_status(201);
    format!("/articles/{}", answer.text_of("id"))
}

#[tokio::test(flavor = "multi_thread")]
async fn passages_are_found_with_what_was_looked_for_marked() {
    let app = TestApp::start().await;
    let grace = app.agent("grace").await;
    let body = "Intro.\n\n## When\nWe <b>refund</b> otters & money within days.";
    add(&grace, "Otters", body).await;
    add(&grace, "Badgers", "They dig.").await;
    let ada = app.customer("ada").await;
    let found = until_found(&ada, "refunding otter", "Otters").await;
    let item = &found["items"][0];
    let members: Vec<_> = item.as_object().expect("an object").keys().collect();
    assert_eq!(
        members,
        [
            "article_id",
            "heading",
            "highlights",
            "score",
            "slug",
            "text",
            "title",
            "url"
        ]
    );
    assert_eq!(item["heading"], "When");
    assert_eq!(item["slug"], "otters");
    let pieces = item["highlights"].as_array().expect("pieces");
    let joined: String = pieces
        .iter()
        .filter_map(|piece| piece["text"].as_str())
        .collect();
    assert_eq!(joined, "We <b>refund</b> otters & money within days.");
    let marked: Vec<_> = pieces
        .iter()
        .filter(|piece| piece["is_match"] == true)
        .map(|piece| piece["text"].as_str().expect("a text"))
        .collect();
    assert_eq!(marked, ["refund", "otters"]);
    let one = ada.get("/articles/search?q=otters&limit=1").await;
    let one = one.expect_status(200).json();
    assert_eq!(one["items"].as_array().map(Vec::len), Some(1));
    for query in ["", "q=", "q=%20", "q=x&limit=0", "q=x&cursor=y"] {
        let answer = ada.get(&format!("/articles/search?{query}")).await;
        answer.expect_problem(422, "validation_failed");
    }
    let long = format!("/articles/search?q={}", "x".repeat(501));
    let answer = ada.get(&long).await;
    answer
        .expect_problem(422, "validation_failed")
        .naming(&["q"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_search_follows_what_becomes_of_articles() {
    let app = TestApp::start().await;
    let grace = app.agent("grace").await;
    let path = add(&grace, "Otters", "They swim.").await;
    until_found(&grace, "swimming otters", "Otters").await;
    let hide = json!({"published": false});
    grace.patch(&path, &hide).await.expect_status(200);
    until_best(&grace, "swimming otters", None).await;
    let show = json!({"published": true, "title": "Beavers"});
    grace.patch(&path, &show).await.expect_status(200);
    until_found(&grace, "swimming beaver", "Beavers").await;
    Answer::to(grace.request(Method::DELETE, &path))
        .await
        .expect_status(204);
    until_best(&grace, "swimming beaver", None).await;
}

/// With SQLite there is one process, which this is then about as well.
#[tokio::test(flavor = "multi_thread")]
async fn the_search_follows_what_another_replica_changes() {
    if crate::STORE == crate::harness::Store::Sqlite {
        return;
    }
    let home = Arc::new(Home::new().await);
    if !home.settings()[0].1.starts_with("postgres") {
        return;
    }
    let one = TestApp::at_home(Arc::clone(&home), &[], None).await;
    one.until_ready().await;
    let other = TestApp::at_home(home, &[], None).await;
    other.until_ready().await;
    let grace = one.agent("grace").await;
    let same = other.log_in("grace").await;
    let path = add(&grace, "Otters", "They swim.").await;
    until_found(&same, "swimming otters", "Otters").await;
    let groups = json!({"groups": [["otter", "river weasel"]]});
    grace
        .put("/articles/synonyms", &groups)
        .await
        .expect_status(200);
    until_found(&same, "river weasels", "Otters").await;
    Answer::to(same.request(Method::DELETE, &path))
        .await
        .expect_status(204);
    until_best(&grace, "swimming otters", None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_databases_rank_alike() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("other.db").display());
    let mut rankings = Vec::new();
    for home in [Home::new().await, Home::at(url)] {
        let app = TestApp::at_home(Arc::new(home), &[], None).await;
        app.until_ready().await;
        let grace = app.agent("grace").await;
        for (title, body) in [
            (
                "Refunds",
                "Soon.\n\n## Abroad\nRefunds from abroad take a week.",
            ),
            ("Ärger", "Money back for an order that broke."),
            ("Zebras", "An order of zebras.\n\n## Refund\nNone."),
            ("Orders", "An order is an order, and a refund a refund."),
        ] {
            add(&grace, title, body).await;
        }
        until_found(&grace, "an order is an order", "Orders").await;
        let mut ranking = Vec::new();
        for query in [
            "refund of my ordr",
            "money back",
            "zebra refund",
            "arger abroad",
        ] {
            let found = grace.get(&format!("/articles/search?q={query}")).await;
            let found = found.expect_status(200).json();
            for item in found["items"].as_array().expect("a list") {
                ranking.push(["title", "heading", "score"].map(|name| item[name].clone()));
            }
        }
        rankings.push(ranking);
    }
    assert!(rankings[0].len() > 8, "{rankings:?}");
    assert_eq!(rankings[0], rankings[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_say_what_means_the_same() {
    let app = TestApp::start().await;
    let grace = app.agent("grace").await;
    let built_in = grace
        .get("/articles/synonyms")
        .await
        .expect_status(200)
        .json();
    assert_eq!(built_in["built_in"], true);
    assert!(!built_in["groups"].as_array().expect("groups").is_empty());
    add(&grace, "Otters", "They swim.").await;
    let groups = json!({"groups": [["otter", "river weasel"], ["swim", "paddle"]]});
    let set = grace.put("/articles/synonyms", &groups).await;
    let set = set.expect_status(200).json();
    assert_eq!(set["groups"], groups["groups"]);
    assert_eq!(set["built_in"], false);
    let found = until_found(&grace, "Do river weasels paddle?", "Otters").await;
    assert_eq!(found["items"][0]["highlights"][1]["text"], "swim");
    Answer::to(grace.request(Method::DELETE, "/articles/synonyms"))
        .await
        .expect_status(204);
    let reset = grace.get("/articles/synonyms").await.expect_status(200);
    assert_eq!(reset.json(), built_in);
    until_best(&grace, "river weasels", None).await;
    for (groups, field) in [
        (json!([["alone"]]), "groups[0]"),
        (json!([["a", "b"], ["c", " "]]), "groups[1][1]"),
        (json!([["a", "!?"]]), "groups[0][1]"),
        (json!([["a", "x".repeat(101)]]), "groups[0][1]"),
        (json!(vec![["a", "b"]; 1_001]), "groups"),
    ] {
        let groups = json!({"groups": groups});
        let answer = grace.put("/articles/synonyms", &groups).await;
        answer
            .expect_problem(422, "validation_failed")
            .naming(&[field]);
    }
}
