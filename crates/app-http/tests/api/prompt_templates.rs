use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Session, TestApp};

const SYSTEM: &str =
    "Be brief.\n{% for source in sources %}[{{ source.number }}] {{ source.text }}\n{% endfor %}";
pub const USER: &str = "{{ ticket_title }}: {{ latest_message }}";

pub fn parts(system: &str, user: &str) -> Value {
    json!({"system": system, "user": user})
}

pub fn path(name: &str) -> String {
    format!("/prompt-templates/{name}")
}

async fn put_if_match(root: &Session<'_>, name: &str, tags: &str, body: &Value) -> Answer {
    let request = root.request(Method::PUT, &path(name));
    Answer::to(request.header("If-Match", tags).json(body)).await
}

async fn delete(root: &Session<'_>, name: &str) -> Answer {
    Answer::to(root.request(Method::DELETE, &path(name))).await
}

/// The problems of a template's save, as field and code.
fn problems(answer: &Answer) -> Vec<(String, String, String)> {
    let text = |error: &Value, member: &str| error[member].as_str().expect("text").to_owned();
    let problem = answer.json();
    let errors = problem["errors"].as_array().expect("errors");
    errors
        .iter()
        .map(|error| {
            (
                text(error, "field"),
                text(error, "code"),
                text(error, "message"),
            )
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_with_the_program_is_shown_until_it_is_replaced() {
    let app = TestApp::start().await;
    let root = app.admin("root").await;
    let shown = root.get(&path("default")).await.expect_status(200);
    assert_eq!(shown.header("etag"), "\"1\"");
    let built_in = shown.json();
    assert_eq!(built_in["built_in"], true);
    assert_eq!(
        (&built_in["author_id"], &built_in["created_at"]),
        (&Value::Null, &Value::Null)
    );

    let saved = root.put(&path("default"), &parts(SYSTEM, USER)).await;
    let saved = saved.expect_status(200);
    assert_eq!(saved.header("etag"), "\"2\"");
    let saved = saved.json();
    assert_eq!(saved["author_id"], root.id().await);
    assert_eq!(
        (&saved["system"], &saved["user"]),
        (&json!(SYSTEM), &json!(USER))
    );
    assert_eq!(root.get(&path("default")).await.json(), saved);

    let again = root.put(&path("default"), &parts(SYSTEM, USER)).await;
    assert_eq!(again.expect_status(200).json(), saved);
    delete(&root, "default").await.expect_status(204);
    assert_eq!(root.get(&path("default")).await.json(), built_in);
    delete(&root, "default")
        .await
        .expect_problem(404, "not_found");

    let versions = root.get("/prompt-templates/default/versions").await.json();
    let versions = versions["items"].as_array().expect("a list").clone();
    let told: Vec<_> = versions.iter().map(|it| it["version"].as_i64()).collect();
    assert_eq!(told, [Some(3), Some(2), Some(1)]);
    assert_eq!(versions[0]["system"], Value::Null);
    assert_eq!((&versions[1], &versions[2]), (&saved, &built_in));
}

#[tokio::test(flavor = "multi_thread")]
async fn templates_of_categories_come_and_go() {
    let app = TestApp::start().await;
    let root = app.admin("root").await;
    root.get(&path("billing"))
        .await
        .expect_problem(404, "not_found");
    let made = root.put(&path("billing"), &parts(SYSTEM, USER)).await;
    let made = made.expect_status(201);
    assert_eq!(made.header("location"), path("billing"));
    let list = root
        .get("/prompt-templates")
        .await
        .expect_status(200)
        .json();
    let names: Vec<_> = list["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| &it["name"])
        .collect();
    assert_eq!(names, ["billing", "default"]);
    delete(&root, "billing").await.expect_status(204);
    root.get(&path("billing"))
        .await
        .expect_problem(404, "not_found");
    for name in ["Billing", "a%20b", "-a", "variables%2F"] {
        let refused = root.put(&path(name), &parts(SYSTEM, USER)).await;
        assert_eq!(refused.status, 404, "{name}");
    }
    let refused = root.put(&path("variables"), &parts(SYSTEM, USER)).await;
    refused.expect_problem(405, "method_not_allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_come_in_pages() {
    let app = TestApp::start().await;
    let root = app.admin("root").await;
    for number in 0..4 {
        let body = parts(&format!("Number {number}"), USER);
        root.put(&path("default"), &body).await.expect_status(200);
    }
    for (limit, sizes) in [
        (1, vec![1; 5]),
        (2, vec![2, 2, 1]),
        (4, vec![4, 1]),
        (5, vec![5]),
    ] {
        let mut seen = Vec::new();
        let mut pages = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = format!("/prompt-templates/default/versions?limit={limit}{cursor}");
            let page = root.get(&page).await.expect_status(200).json();
            let items = page["items"].as_array().expect("a list").clone();
            pages.push(items.len());
            seen.extend(
                items
                    .iter()
                    .map(|it| it["version"].as_i64().expect("a number")),
            );
            let Some(next) = page["next_cursor"].as_str() else {
                break;
            };
            cursor = format!("&cursor={next}");
        }
        assert_eq!((seen, pages), (vec![5, 4, 3, 2, 1], sizes));
    }
    let cursor = "/prompt-templates/billing/versions?cursor=cC5kZWZhdWx0LjM";
    root.get(cursor)
        .await
        .expect_problem(422, "validation_failed")
        .naming(&["cursor"]);
    let unknown = root.get("/prompt-templates/billing/versions").await;
    unknown.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_version_that_was_seen_is_replaced() {
    let app = TestApp::start().await;
    let root = app.admin("root").await;
    let body = parts(SYSTEM, USER);
    for (name, tags) in [
        ("default", "\"2\""),
        ("billing", "\"1\""),
        ("default", "W/\"1\""),
    ] {
        let refused = put_if_match(&root, name, tags, &body).await;
        refused.expect_problem(412, "version_mismatch");
    }
    put_if_match(&root, "default", "\"1\"", &body)
        .await
        .expect_status(200);
    let late = put_if_match(&root, "default", "\"1\"", &parts("Other", USER)).await;
    late.expect_problem(412, "version_mismatch");
    let shown = root.get(&path("default")).await;
    assert_eq!(shown.json()["system"], SYSTEM);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_not_render_is_refused_with_its_place() {
    let app = TestApp::start().await;
    let root = app.admin("root").await;
    let cases = [
        (
            "{{ latest_message }}",
            USER,
            "system",
            "customer_variable",
            "line 1, column 4: ",
        ),
        (
            "One\n  {{ message_history }}",
            USER,
            "system",
            "customer_variable",
            "line 2, column 6: ",
        ),
        (
            "{% if x %}{% endif %}",
            USER,
            "system",
            "unknown_variable",
            "line 1, column 7: ",
        ),
        (
            SYSTEM,
            "{{ sources }}",
            "user",
            "unknown_variable",
            "line 1, column 4: ",
        ),
        (
            SYSTEM,
            "{{ range(9) }}",
            "user",
            "unknown_variable",
            "line 1, column 4: ",
        ),
        (
            SYSTEM,
            "a\n{{ latest_message",
            "user",
            "template_syntax",
            "line 2, column ",
        ),
        (
            SYSTEM,
            "{% include 'x' %}",
            "user",
            "template_syntax",
            "line 1, column ",
        ),
        (
            SYSTEM,
            "{{ latest_message.text }}",
            "user",
            "template_fails",
            "line 1, column ",
        ),
        (
            SYSTEM,
            "{{ latest_message|nothing }}",
            "user",
            "unknown_function",
            "line 1, column ",
        ),
        (
            "{% for s in sources %}{{ s.body }}{% endfor %}",
            USER,
            "system",
            "template_fails",
            "line 1, column ",
        ),
    ];
    for (system, user, field, code, place) in cases {
        let refused = root.put(&path("default"), &parts(system, user)).await;
        let refused = refused.expect_problem(422, "validation_failed");
        let told = problems(&refused);
        assert_eq!(told.len(), 1, "{system} {user}: {told:?}");
        assert_eq!(
            (told[0].0.as_str(), told[0].1.as_str()),
            (field, code),
            "{system} {user}: {told:?}"
        );
        assert!(told[0].2.starts_with(place), "{system} {user}: {told:?}");
    }
    let both = root
        .put(&path("default"), &parts("{{ user }}", "{{ system }}"))
        .await;
    both.expect_problem(422, "validation_failed")
        .naming(&["system", "user"]);
    for (system, user) in [(" ", USER), (SYSTEM, "\u{0}"), (&"x".repeat(32_769), USER)] {
        let refused = root.put(&path("default"), &parts(system, user)).await;
        refused.expect_problem(422, "validation_failed");
    }
    assert_eq!(root.get(&path("default")).await.json()["version"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_templates_may_use_is_told() {
    let app = TestApp::start().await;
    let root = app.admin("root").await;
    let told = root
        .get("/prompt-templates/variables")
        .await
        .expect_status(200)
        .json();
    let told = told["items"].as_array().expect("a list");
    let of = |part: &str| {
        told.iter()
            .filter(|it| it["part"] == part)
            .map(|it| it["name"].as_str().expect("a name").to_owned())
            .collect::<Vec<_>>()
    };
    assert!(of("system").contains(&"sources".to_owned()));
    for name in ["ticket_description", "message_history", "latest_message"] {
        assert!(of("user").contains(&name.to_owned()), "{name}");
    }
    let user: Vec<_> = of("user")
        .iter()
        .map(|name| format!("{{{{ {name} }}}}"))
        .collect();
    root.put(&path("default"), &parts("{{ today }}", &user.join(" ")))
        .await
        .expect_status(200);
}
