use serde_json::{Value, json};

use crate::harness::{Session, TestApp};

async fn id_of(session: &Session<'_>) -> String {
    let me = session.get("/auth/me").await.expect_status(200);
    me.text_of("id")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_lists_accounts_page_by_page() {
    let app = TestApp::start().await;
    let root = app.admin("root").await;
    for name in ["ada", "bob", "cem"] {
        app.customer(name).await;
    }
    app.agent("grace").await;
    let mut emails = Vec::new();
    let mut path = "/users?limit=2".to_owned();
    loop {
        let answer = root.get(&path).await.expect_status(200);
        let page = answer.json();
        for item in page["items"].as_array().expect("a list") {
            let members: Vec<_> = item.as_object().expect("an object").keys().collect();
            assert_eq!(
                members,
                ["created_at", "disabled_at", "email", "id", "role"]
            );
            emails.push(item["email"].as_str().expect("an address").to_owned());
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            assert_eq!(answer.header("link"), "");
            break;
        };
        path = format!("/users?limit=2&cursor={cursor}");
        assert_eq!(answer.header("link"), format!("<{path}>; rel=\"next\""));
    }
    let expected = ["grace", "cem", "bob", "ada", "root"].map(|name| format!("{name}@example.com"));
    assert_eq!(emails, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_filters_accounts() {
    let app = TestApp::start().await;
    let root = app.admin("root").await;
    let ada = id_of(&app.customer("ada").await).await;
    app.customer("bob").await;
    let disable = json!({"disabled": true});
    root.patch(&format!("/users/{ada}"), &disable)
        .await
        .expect_status(200);
    for (query, names) in [
        ("role=user", vec!["bob", "ada"]),
        ("role=admin&disabled=false", vec!["root"]),
        ("disabled=true", vec!["ada"]),
        ("email=BOB%40example.com", vec!["bob"]),
        ("role=agent", vec![]),
    ] {
        let page = root
            .get(&format!("/users?{query}"))
            .await
            .expect_status(200);
        let items = page.json()["items"].as_array().expect("a list").clone();
        let emails: Vec<_> = items.iter().map(|item| item["email"].clone()).collect();
        let expected: Vec<Value> = names
            .into_iter()
            .map(|name| json!(format!("{name}@example.com")))
            .collect();
        assert_eq!(emails, expected, "{query}");
    }
    for (query, field) in [
        ("role=king", "role"),
        ("disabled=maybe", "disabled"),
        ("email=nobody", "email"),
        ("cursor=x", "cursor"),
        ("limit=0", "limit"),
        ("name=ada", "name"),
    ] {
        root.get(&format!("/users?{query}"))
            .await
            .expect_problem(422, "validation_failed")
            .naming(&[field]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_role_holds_for_the_next_request() {
    let app = TestApp::start().await;
    let root = app.admin("root").await;
    let (ada, bob) = (app.customer("ada").await, app.customer("bob").await);
    let ticket = ada.open_ticket().await;
    bob.get(&ticket).await.expect_problem(404, "not_found");

    let path = format!("/users/{}", id_of(&bob).await);
    let changed = root.patch(&path, &json!({"role": "agent"})).await;
    assert_eq!(changed.expect_status(200).text_of("role"), "agent");
    bob.get(&ticket).await.expect_status(200);
    assert_eq!(bob.get("/auth/me").await.text_of("role"), "agent");

    root.patch(&path, &json!({"role": "user"}))
        .await
        .expect_status(200);
    bob.get(&ticket).await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_account_is_out_at_once_and_for_all_its_tokens() {
    let app = TestApp::start().await;
    let root = app.admin("root").await;
    let ada = app.customer("ada").await;
    let pair = app.tokens_of("ada").await;
    let path = format!("/users/{}", id_of(&ada).await);
    let changed = root.patch(&path, &json!({"disabled": true})).await;
    assert!(changed.expect_status(200).json()["disabled_at"].is_string());

    ada.get("/tickets")
        .await
        .expect_problem(401, "invalid_token");
    let refresh = json!({"refresh_token": pair.text_of("refresh_token")});
    let stranger = app.stranger();
    let refused = stranger.post("/auth/refresh", &refresh).await;
    refused.expect_problem(401, "invalid_refresh_token");
    let log_in = json!({"email": "ada@example.com", "password": "correct horse battery"});
    let refused = stranger.post("/auth/login", &log_in).await;
    refused.expect_problem(401, "wrong_credentials");

    // Enabled again, she signs in again; her old tokens stay dead.
    let changed = root.patch(&path, &json!({"disabled": false})).await;
    assert_eq!(
        changed.expect_status(200).json()["disabled_at"],
        Value::Null
    );
    ada.get("/tickets")
        .await
        .expect_problem(401, "invalid_token");
    app.log_in("ada")
        .await
        .get("/tickets")
        .await
        .expect_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_admin_stays_one() {
    let app = TestApp::start().await;
    let root = app.admin("root").await;
    let path = format!("/users/{}", id_of(&root).await);
    for body in [
        json!({"role": "user"}),
        json!({"role": "agent"}),
        json!({"disabled": true}),
    ] {
        root.patch(&path, &body)
            .await
            .expect_problem(409, "last_admin");
    }
    root.patch(&path, &json!({})).await.expect_status(200);
    app.admin("other").await;
    root.patch(&path, &json!({"role": "user"}))
        .await
        .expect_status(200);
    root.get("/users").await.expect_problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_account_can_be_is_refused() {
    let app = TestApp::start().await;
    let root = app.admin("root").await;
    let path = format!("/users/{}", id_of(&root).await);
    for (body, field) in [
        (json!({"role": "king"}), "role"),
        (json!({"role": 7}), "role"),
        (json!({"disabled": "yes"}), "disabled"),
        (json!({"email": "x@example.com"}), "email"),
    ] {
        root.patch(&path, &body)
            .await
            .expect_problem(422, "validation_failed")
            .naming(&[field]);
    }
    for id in ["00000000-0000-7000-8000-000000000000", "x"] {
        root.patch(&format!("/users/{id}"), &json!({"disabled": true}))
            .await
            .expect_problem(404, "not_found");
    }
}
