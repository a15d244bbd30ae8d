//! The API's own description, in OpenAPI 3.1. Operations and members are described where they
//! are; here is what they share.

pub(crate) mod answers;
pub(crate) mod names;
pub(crate) mod problems;

use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use crate::handlers as h;
use crate::problem::Body as Problem;
use crate::sse::event::CreatedResponse;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "support-assistant",
        description = include_str!("openapi/introduction.md"),
        license(name = "MIT", identifier = "MIT"),
        contact(),
    ),
    servers((url = "/")),
    security(("bearer" = []), ("password" = [])),
    tags(
        (name = "Accounts", description = "Signing up and in"),
        (name = "Tickets", description = "What customers ask"),
        (name = "Messages", description = "What is said about it"),
        (name = "Answers", description = "What the assistant says, while it says it"),
        (name = "Articles", description = "What the assistant answers from"),
        (name = "Administration", description = "For admins"),
        (name = "Service", description = "About the service itself"),
    ),
    components(schemas(
        Problem<'_>,
        CreatedResponse<'_>,
        names::RestartReason,
        names::TicketSort,
    )),
    paths(
        h::sign_up::sign_up,
        h::log_in::log_in,
        h::refresh_session::refresh_session,
        h::log_out::log_out,
        h::change_password::change_password,
        h::get_me::get_me,
        h::list_users::list_users,
        h::update_user::update_user,
        h::list_tickets::list_tickets,
        h::create_ticket::create_ticket,
        h::get_ticket::get_ticket,
        h::update_ticket::update_ticket,
        h::list_messages::list_messages,
        h::send_message::send_message,
        h::rate_message::rate_message,
        h::get_reply::get_reply,
        h::stream_ai_response::stream_ai_response,
        h::cancel_ai_response::cancel_ai_response,
        h::retry_ai_response::retry_ai_response,
        h::create_stream_token::create_stream_token,
        h::hand_off_ticket::hand_off_ticket,
        h::list_prompt_templates::list_prompt_templates,
        h::list_prompt_variables::list_prompt_variables,
        h::get_prompt_template::get_prompt_template,
        h::save_prompt_template::save_prompt_template,
        h::withdraw_prompt_template::withdraw_prompt_template,
        h::list_prompt_template_versions::list_prompt_template_versions,
        h::preview_prompt::preview_prompt,
        h::list_articles::list_articles,
        h::create_article::create_article,
        h::search_articles::search_articles,
        h::get_synonyms::get_synonyms,
        h::set_synonyms::set_synonyms,
        h::set_synonyms::reset_synonyms,
        h::get_article::get_article,
        h::update_article::update_article,
        h::delete_article::delete_article,
        h::get_statistics::get_statistics,
        h::get_problem_type::get_problem_type,
        h::get_health::get_liveness,
        h::get_health::get_readiness,
        h::probe_stream::probe_stream,
        h::get_openapi::get_openapi,
        h::get_docs::get_docs,
        h::get_docs::get_docs_file,
    ),
)]
struct Api;

/// The whole description, written for people, too.
pub(crate) static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    let json = serde_json::to_string_pretty(&document()).unwrap_or_default();
    format!("{json}\n")
});

fn document() -> Value {
    let mut document = json!(Api::openapi());
    let mut responses = Map::new();
    for operation in operations(&mut document) {
        describe_security(operation);
        for response in members(operation, "responses") {
            refer_to_request_id(response, &mut responses);
            describe_events(response);
        }
    }
    let components = json!({
        "responses": responses,
        "headers": headers(),
        "securitySchemes": security_schemes(),
    });
    if let Some(all) = document
        .pointer_mut("/components")
        .and_then(Value::as_object_mut)
    {
        all.extend(components.as_object().cloned().unwrap_or_default());
    }
    let schemas = document.pointer_mut("/components/schemas");
    if let Some(schemas) = schemas.and_then(Value::as_object_mut) {
        schemas.extend(answers::event_schemas());
    }
    document
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    members(document, "paths").flat_map(|path| {
        path.as_object_mut()
            .into_iter()
            .flatten()
            .map(|(_, operation)| operation)
    })
}

fn members<'a>(parent: &'a mut Value, name: &str) -> impl Iterator<Item = &'a mut Value> {
    let parent = parent.get_mut(name).and_then(Value::as_object_mut);
    parent.into_iter().flatten().map(|(_, member)| member)
}

/// The stream takes a token of its own besides.
fn describe_security(operation: &mut Value) {
    if operation.get("operationId") == Some(&json!("stream_ai_response"))
        && let Some(operation) = operation.as_object_mut()
    {
        let schemes = json!([{"bearer": []}, {"password": []}, {"stream_token": []}]);
        operation.insert("security".to_owned(), schemes);
    }
}

/// Every response names its request; those that many operations share are kept once.
fn refer_to_request_id(response: &mut Value, shared: &mut Map<String, Value>) {
    let reference = response.get("$ref").and_then(Value::as_str);
    let name = reference.and_then(|reference| reference.strip_prefix("#/components/responses/"));
    let Some(name) = name.map(str::to_owned) else {
        add_request_id(response);
        return;
    };
    if let Some(mut problem) = problems::response(&name) {
        add_request_id(&mut problem);
        shared.insert(name, problem);
    }
}

fn add_request_id(response: &mut Value) {
    let Some(response) = response.as_object_mut() else {
        return;
    };
    let headers = response.entry("headers").or_insert_with(|| json!({}));
    if let Some(headers) = headers.as_object_mut() {
        let id = json!({"$ref": "#/components/headers/X-Request-Id"});
        headers.insert("X-Request-Id".to_owned(), id);
    }
}

/// OpenAPI 3.1 has no word for the items of a stream. Tools take its schema for that of one event,
/// in the shape that 3.2 gives to `itemSchema`.
fn describe_events(response: &mut Value) {
    let schema = response.pointer_mut("/content/text~1event-stream/schema");
    if let Some(schema) = schema.filter(|schema| schema.get("$ref").is_none()) {
        *schema = json!({"$ref": "#/components/schemas/ServerSentEvent"});
    }
}

fn headers() -> Value {
    let header =
        |description: &str, schema: Value| json!({"description": description, "schema": schema});
    let text = || json!({"type": "string"});
    json!({
        "X-Request-Id": header("The request's id, the client's own where it sent a usable one", text()),
        "WWW-Authenticate": header("`Bearer`, as in RFC 6750", text()),
        "Retry-After": header("Seconds to wait", json!({"type": "integer", "minimum": 0})),
        "RateLimit": header("What is left of the limits that were met", text()),
        "RateLimit-Policy": header("The limits", text()),
    })
}

fn security_schemes() -> Value {
    json!({
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "An `access_token` of `POST /auth/login`.",
        },
        "password": {
            "type": "oauth2",
            "description": "Signs in with an e-mail address and a password. There are no clients: \
                leave `client_id` and `client_secret` empty.",
            "flows": {"password": {
                "tokenUrl": "/auth/login",

                "scopes": {},
            }},
        },
        "stream_token": {
            "type": "apiKey",
            "in": "query",
            "name": "stream_token",
            "description": "A token of `POST /tickets/{ticket_id}/stream-token`.",
        },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// `GET /path` for every operation of the document.
    fn documented() -> BTreeSet<String> {
        let document = document();
        let paths = document["paths"].as_object().unwrap();
        let operations = paths.iter().flat_map(|(path, operations)| {
            let methods = operations.as_object().unwrap().keys();
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        });
        operations.collect()
    }

    /// The same for every route, as the table of routes has them.
    fn routed() -> BTreeSet<String> {
        let source = include_str!("routes.rs").split("resource(").skip(1);
        let mut routed = BTreeSet::new();
        for call in source {
            let mut texts = call.split('"').skip(1).step_by(2);
            let (Some(path), Some(methods)) = (texts.next(), texts.next()) else {
                continue;
            };
            let path = path.replace(":.*}", "}");
            for method in methods.split(", ").filter(|method| *method != "HEAD") {
                routed.insert(format!("{method} {path}"));
            }
        }
        routed
    }

    #[test]
    fn every_route_is_documented_and_nothing_else() {
        assert!(routed().len() > 20, "the table of routes is not understood");
        assert_eq!(documented(), routed());
    }

    #[test]
    fn the_checked_in_document_is_the_code_s() {
        let checked_in = include_str!("../../../docs/openapi.json");
        let current = checked_in == DOCUMENT.as_str();
        assert!(current, "run `cargo run -- openapi > docs/openapi.json`");
    }

    #[test]
    fn every_reference_leads_somewhere() {
        fn check(value: &Value, document: &Value) {
            match value {
                Value::Object(members) => {
                    if let Some(Value::String(reference)) = members.get("$ref") {
                        let pointer = reference.strip_prefix('#').unwrap();
                        assert!(document.pointer(pointer).is_some(), "{reference}");
                    }
                    members.values().for_each(|member| check(member, document));
                }
                Value::Array(items) => items.iter().for_each(|item| check(item, document)),
                _ => {}
            }
        }
        let document = document();
        check(&document, &document);
    }

    #[test]
    fn operations_have_names_of_their_own_and_words_about_them() {
        let document = document();
        let mut names = BTreeSet::new();
        for operation in document["paths"].as_object().unwrap().values() {
            for operation in operation.as_object().unwrap().values() {
                let name = operation["operationId"].as_str().unwrap();
                assert!(names.insert(name.to_owned()), "{name} is there twice");
                for text in ["summary", "description"] {
                    assert!(!operation[text].as_str().unwrap().is_empty(), "{name}");
                }
            }
        }
    }
}
