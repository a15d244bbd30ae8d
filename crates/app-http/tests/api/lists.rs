use serde_json::{Value, json};

use crate::harness::{Answer, Session, TestApp};

/// The titles of the tickets of a page, in its order.
#[track_caller]
fn titles(page: &Answer) -> Vec<String> {
    let page = page.json();
    let items = page["items"].as_array().expect("items");
    items
        .iter()
        .map(|ticket| ticket["title"].as_str().expect("a title").to_owned())
        .collect()
}

async fn open(session: &Session<'_>, title: &str, more: Value) -> String {
    let mut body = json!({"title": title, "description": "D"});
    for (member, value) in more.as_object().expect("an object") {
        body[member] = value.clone();
    }
    let opened = session.post("/tickets", &body).await.expect_status(201);
    format!("/tickets/{}", opened.text_of("id"))
}

#[tokio::test(flavor = "multi_thread")]
async fn tickets_are_filtered_by_everything_that_sorts_them() {
    let app = TestApp::start().await;
    let (ada, agent) = (app.customer("ada").await, app.agent("grace").await);
    open(&ada, "plain", json!({})).await;
    open(&ada, "urgent", json!({"priority": "urgent"})).await;
    open(&ada, "billing", json!({"category": "billing"})).await;
    let taken = open(&ada, "taken", json!({})).await;
    let tagged = open(&ada, "tagged", json!({})).await;
    let me = agent.id().await;
    let assigned = agent.patch(&taken, &json!({"assignee_id": me})).await;
    assigned.expect_status(200);
    let labelled = agent
        .patch(&tagged, &json!({"tags": ["vip", "late"]}))
        .await;
    labelled.expect_status(200);

    for (query, expected) in [
        ("priority=urgent", vec!["urgent"]),
        ("category=billing", vec!["billing"]),
        ("tag=vip", vec!["tagged"]),
        ("tag=VIP", vec!["tagged"]),
        ("tag=vi", vec![]),
        (
            "assignee_id=none",
            vec!["tagged", "billing", "urgent", "plain"],
        ),
        (&format!("assignee_id={me}"), vec!["taken"]),
        (
            "priority=normal&category=billing&assignee_id=none",
            vec!["billing"],
        ),
        ("priority=urgent&category=billing", vec![]),
    ] {
        let page = agent
            .get(&format!("/tickets?{query}"))
            .await
            .expect_status(200);
        assert_eq!(titles(&page), expected, "{query}");
    }
    let page = ada.get("/tickets?tag=late").await.expect_status(200);
    assert_eq!(titles(&page), ["tagged"]);
    for query in ["assignee_id=none", &format!("assignee_id={me}")] {
        let refused = ada.get(&format!("/tickets?{query}")).await;
        refused.expect_problem(403, "forbidden");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_last_comes_first_when_asked_so() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let oldest = open(&ada, "oldest", json!({})).await;
    open(&ada, "middle", json!({})).await;
    open(&ada, "newest", json!({})).await;
    ada.send(&oldest, "Hello?").await;
    let page = ada.get("/tickets?sort=updated_at").await.expect_status(200);
    assert_eq!(titles(&page), ["oldest", "newest", "middle"]);
    let page = ada.get("/tickets?sort=created_at").await.expect_status(200);
    assert_eq!(titles(&page), ["newest", "middle", "oldest"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_header_leads_through_all_pages() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.customer("ada").await, app.customer("bob").await);
    let mut expected = Vec::new();
    for number in 0..5 {
        open(&bob, "somebody else's", json!({})).await;
        open(&ada, &number.to_string(), json!({"category": "a-b"})).await;
        expected.insert(0, number.to_string());
    }
    for sort in ["created_at", "updated_at"] {
        let mut next = format!("/tickets?category=a-b&limit=2&sort={sort}");
        let mut seen = Vec::new();
        loop {
            let page = ada.get(&next).await.expect_status(200);
            seen.extend(titles(&page));
            let again = ada.get(&next).await.expect_status(200);
            assert_eq!(again.body, page.body, "the same page again");
            let cursor = page.json()["next_cursor"].clone();
            let link = page.header("link");
            let Some(cursor) = cursor.as_str() else {
                assert_eq!(link, "");
                break;
            };
            let address = link
                .strip_prefix('<')
                .and_then(|link| link.strip_suffix(">; rel=\"next\""));
            next = address.expect("a link to the next page").to_owned();
            assert!(next.ends_with(&format!("&cursor={cursor}")), "{next}");
            assert_eq!(next.matches("cursor=").count(), 1, "{next}");
        }
        assert_eq!(seen, expected, "{sort}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_link_to_their_next_page_too() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    let ticket = ada.open_ticket().await;
    for number in 0..3 {
        ada.send(&ticket, &number.to_string()).await;
    }
    let page = ada.get(&format!("{ticket}/messages?limit=2")).await;
    let cursor = page.text_of("next_cursor");
    let link = format!("<{ticket}/messages?limit=2&cursor={cursor}>; rel=\"next\"");
    assert_eq!(page.header("link"), link);
    let rest = ada
        .get(&format!("{ticket}/messages?cursor={cursor}"))
        .await
        .expect_status(200);
    assert_eq!(rest.json()["items"][0]["content"], "2");
    assert_eq!(rest.header("link"), "");

    let other = ada.open_ticket().await;
    ada.get(&format!("{other}/messages?cursor={cursor}"))
        .await
        .expect_problem(422, "validation_failed")
        .naming(&["cursor"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_belongs_to_its_sort_and_its_filters() {
    let app = TestApp::start().await;
    let ada = app.customer("ada").await;
    for _ in 0..2 {
        ada.open_ticket().await;
    }
    let page = ada.get("/tickets?limit=1&status=open").await;
    let cursor = page.text_of("next_cursor");
    let same = format!("/tickets?limit=9&sort=created_at&status=open&cursor={cursor}");
    ada.get(&same).await.expect_status(200);
    for query in [
        "",
        "status=closed",
        "status=open&sort=updated_at",
        "status=open&priority=normal",
        "status=open&q=question",
    ] {
        ada.get(&format!("/tickets?{query}&cursor={cursor}"))
            .await
            .expect_problem(422, "validation_failed")
            .naming(&["cursor"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_that_do_not_fit_are_422_and_named() {
    let app = TestApp::start().await;
    let agent = app.agent("grace").await;
    for (query, field) in [
        ("sort=newest", "sort"),
        ("sort=relevance", "sort"),
        ("priority=HIGH", "priority"),
        ("priority=", "priority"),
        ("category=A", "category"),
        ("tag=a%20b", "tag"),
        ("assignee_id=nobody", "assignee_id"),
        ("assignee_id=", "assignee_id"),
        ("user_id=none", "user_id"),
        ("q=", "q"),
        ("q=%00", "q"),
        ("status=open&status=open", "status"),
        ("cursor=bS4", "cursor"),
    ] {
        agent
            .get(&format!("/tickets?{query}"))
            .await
            .expect_problem(422, "validation_failed")
            .naming(&[field]);
    }
    let long = "x".repeat(201);
    agent
        .get(&format!("/tickets?q={long}&limit=0&sort=x"))
        .await
        .expect_problem(422, "validation_failed")
        .naming(&["limit", "q", "sort"]);
}
