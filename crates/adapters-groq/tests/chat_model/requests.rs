use adapters_groq::{GroqChatModel, GroqSettings, GroqSettingsError};
use domain::ports::ChatModel as _;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::harness::{KEY, ask, greeting, model_at, settings, upstream_saying};

/// The head, and the body as JSON, of the one request that a model sends to this base URL's path.
async fn request_to(path: &str, api_key: Option<&str>) -> (String, Value) {
    let with_key = |base_url| GroqSettings {
        api_key: api_key.map(SecretString::from),
        ..settings(base_url)
    };
    request_of(path, |base_url| {
        GroqChatModel::new(with_key(base_url)).expect("usable settings")
    })
    .await
}

/// The same of any model at that path.
async fn request_of(path: &str, model: impl Fn(String) -> GroqChatModel) -> (String, Value) {
    let upstream = upstream_saying(greeting()).await;
    ask(&model(upstream.base_url() + path)).await.finish();
    let requests = upstream.requests();
    let [request] = requests.as_slice() else {
        panic!("there was not one request: {requests:?}");
    };
    let (head, body) = request.split_once("\r\n\r\n").expect("a head");
    (
        String::from(head),
        serde_json::from_str(body).expect("a JSON body"),
    )
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(other, _)| other.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

#[tokio::test]
async fn the_body_has_the_fields_of_the_closed_schema_and_no_other() {
    let (_, body) = request_to("/openai/v1", Some(KEY)).await;
    let expected = json!({
        "model": "asked-model",
        "messages": [
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "Hello?"},
            {"role": "assistant", "content": "Hello."},
            {"role": "user", "content": "My \"router\" is on fire. 🔥"},
        ],
        "stream": true,
        "max_completion_tokens": 512,
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn how_much_a_model_reasons_is_said_of_the_one_it_is_set_for() {
    let reasoning = |base_url| {
        let settings = GroqSettings {
            reasoning_effort: Some(String::from("low")),
            ..settings(base_url)
        };
        GroqChatModel::new(settings).expect("usable settings")
    };
    let (_, body) = request_of("/v1", reasoning).await;
    assert_eq!(body["reasoning_effort"], "low");
    let (_, body) = request_of("/v1", |base_url| reasoning(base_url).sibling("other")).await;
    assert_eq!(body["model"], "other");
    assert_eq!(body.get("reasoning_effort"), None);
}

#[tokio::test]
async fn the_head_names_the_program_and_carries_the_key() {
    let (head, _) = request_to("/openai/v1", Some(KEY)).await;
    assert_eq!(
        header(&head, "authorization"),
        Some(format!("Bearer {KEY}").as_str())
    );
    let program = concat!("support-assistant/", env!("CARGO_PKG_VERSION"));
    assert_eq!(header(&head, "user-agent"), Some(program));
    assert_eq!(header(&head, "content-type"), Some("application/json"));
    assert_eq!(header(&head, "accept"), Some("text/event-stream"));
    assert_eq!(header(&head, "accept-encoding"), None);
}

#[tokio::test]
async fn a_host_without_a_key_is_asked_without_one() {
    let (head, _) = request_to("", None).await;
    assert_eq!(header(&head, "authorization"), None);
}

#[tokio::test]
async fn the_path_is_appended_to_the_base_url() {
    for (path, expected) in [
        ("/openai/v1", "POST /openai/v1/chat/completions HTTP/1.1"),
        ("/openai/v1/", "POST /openai/v1/chat/completions HTTP/1.1"),
        ("", "POST /chat/completions HTTP/1.1"),
    ] {
        let (head, _) = request_to(path, None).await;
        assert_eq!(head.lines().next(), Some(expected));
    }
}

#[tokio::test]
async fn the_name_is_that_of_the_model_that_is_asked() {
    assert_eq!(
        model_at(String::from("http://localhost")).name(),
        "asked-model"
    );
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_without_showing_them() {
    let bad_url = settings(String::from("not a url"));
    let error = GroqChatModel::new(bad_url).expect_err("no URL");
    assert!(matches!(error, GroqSettingsError::BaseUrl(_)));

    let bad_key = GroqSettings {
        api_key: Some(SecretString::from("gsk_secret\n")),
        ..settings(String::from("http://localhost"))
    };
    let error = GroqChatModel::new(bad_key).expect_err("a line break");
    assert!(matches!(error, GroqSettingsError::ApiKey(_)));
    assert!(!format!("{error} {error:?}").contains("gsk_secret"));
}

#[tokio::test]
async fn a_client_for_https_can_be_built() {
    // It needs the machine's certificates, which some have not.
    if let Err(error) = GroqChatModel::new(settings(String::from("https://api.groq.com/openai/v1")))
    {
        assert!(matches!(error, GroqSettingsError::Client(_)), "{error:?}");
    }
}
