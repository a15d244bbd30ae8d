//! Schemas of answers whose types are elsewhere.

use std::borrow::Cow;

use serde_json::{Map, Value, json};
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use crate::sse::ReplyResponse;
use crate::sse::event::{Closing, CreatedResponse, Delta, HandedOff, Restarted, Snapshot};

/// A passage of an article that a reply was given.
#[derive(ToSchema)]
#[schema(as = Source)]
#[expect(dead_code, reason = "its twin is in the domain")]
pub(crate) struct SourceRef {
    /// Its number in the prompt.
    #[schema(minimum = 1, example = 1)]
    number: usize,
    article_id: Uuid,
    #[schema(example = "Late parcels")]
    title: String,
    /// The heading above the passage.
    #[schema(required = true)]
    heading: Option<String>,
    /// Where people read the article.
    #[schema(required = true)]
    url: Option<String>,
    /// Whether the answer refers to it by its number, such as `[1]`, or quotes it.
    cited: bool,
}

/// The instructions that the model was given.
#[derive(ToSchema)]
#[schema(as = PromptTemplateRef)]
#[expect(dead_code, reason = "its twin is in the domain")]
pub(crate) struct PromptTemplateRef {
    #[schema(example = "default")]
    name: String,
    #[schema(minimum = 1, example = 1)]
    version: i32,
}

/// A reply as it stands, or that there is none.
pub(crate) enum AnswerState {}

impl PartialSchema for AnswerState {
    fn schema() -> RefOr<Schema> {
        let none = ObjectBuilder::new()
            .property(
                "status",
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .enum_values(Some(["none"])),
            )
            .required("status")
            .description(Some("There is no answer."));
        OneOfBuilder::new()
            .item(Ref::from_schema_name(ReplyResponse::name()))
            .item(none)
            .description(Some("A reply as it stands, or that there is none."))
            .into()
    }
}

impl ToSchema for AnswerState {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("AnswerState")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        let name = ReplyResponse::name().into_owned();
        schemas.push((name, ReplyResponse::schema()));
        ReplyResponse::schemas(schemas);
    }
}

/// One event of the stream.
struct Event {
    name: &'static str,
    schema: &'static str,
    when: &'static str,
    payload: Payload,
}

enum Payload {
    /// Members of its own.
    Members(Value),
    /// A member `response` of that schema.
    Response(Cow<'static, str>),
}

fn events() -> [Event; 10] {
    let event = |name, schema, when, payload| Event {
        name,
        schema,
        when,
        payload,
    };
    let reply = || Payload::Response(ReplyResponse::name());
    let members = |schema: RefOr<Schema>| Payload::Members(json!(schema));
    [
        event(
            "response.created",
            "ResponseCreated",
            "First, on a request without a cursor.",
            Payload::Response(CreatedResponse::name()),
        ),
        event(
            "response.output_text.delta",
            "ResponseOutputTextDelta",
            "Text to append.",
            members(Delta::schema()),
        ),
        event(
            "response.snapshot",
            "ResponseSnapshot",
            "The cursor could not be used: replace the text shown.",
            members(Snapshot::schema()),
        ),
        event(
            "response.restarted",
            "ResponseRestarted",
            "Discard the text shown, another attempt follows.",
            members(Restarted::schema()),
        ),
        event(
            "ticket.handed_off",
            "TicketHandedOff",
            "People take over; the end of the answer follows.",
            members(HandedOff::schema()),
        ),
        event(
            "response.completed",
            "ResponseCompleted",
            "The whole answer is stored.",
            reply(),
        ),
        event(
            "response.incomplete",
            "ResponseIncomplete",
            "The answer was cut off; what there is of it is stored.",
            reply(),
        ),
        event(
            "response.cancelled",
            "ResponseCancelled",
            "The answer was stopped.",
            reply(),
        ),
        event(
            "response.failed",
            "ResponseFailed",
            "Nothing was stored as a message.",
            reply(),
        ),
        event(
            "stream.closing",
            "StreamClosing",
            "The server ends a stream that is not finished.",
            members(Closing::schema()),
        ),
    ]
}

/// One schema for each event, and one for any of them.
pub(super) fn event_schemas() -> Map<String, Value> {
    let mut schemas = Map::new();
    let mut mapping = Map::new();
    for event in events() {
        let reference = format!("#/components/schemas/{}", event.schema);
        mapping.insert(event.name.to_owned(), json!(reference));
        schemas.insert(event.schema.to_owned(), event.schema());
    }
    let any: Vec<Value> = mapping.values().map(|name| json!({"$ref": name})).collect();
    let any = json!({
        "description": "The data of one event; `type` is the event's name.",
        "oneOf": any,
        "discriminator": {"propertyName": "type", "mapping": mapping},
    });
    schemas.insert("StreamEvent".to_owned(), any);
    let names: Vec<&str> = events().iter().map(|event| event.name).collect();
    let frame = json!({
        "description": "One of the server-sent events that the stream consists of.",
        "type": "object",
        "required": ["event", "data"],
        "properties": {
            "id": {"type": "string", "description": "What `Last-Event-ID` takes."},
            "event": {"type": "string", "enum": names},
            "data": {
                "type": "string",
                "description": "One line of JSON, a `StreamEvent`.",
                "contentMediaType": "application/json",
                "contentSchema": {"$ref": "#/components/schemas/StreamEvent"},
            },
            "retry": {
                "type": "integer",
                "minimum": 0,
                "description": "Milliseconds to wait before connecting again.",
            },
        },
    });
    schemas.insert("ServerSentEvent".to_owned(), frame);
    schemas
}

impl Event {
    fn schema(&self) -> Value {
        let common = json!({
            "type": "object",
            "required": ["type", "sequence_number", "response_id"],
            "properties": {
                "type": {"type": "string", "const": self.name},
                "sequence_number": {"type": "integer", "format": "int64", "minimum": 0},
                "response_id": {"type": ["string", "null"], "format": "uuid"},
            },
        });
        let payload = match &self.payload {
            Payload::Members(schema) => schema.clone(),
            Payload::Response(name) => json!({
                "type": "object",
                "required": ["response"],
                "properties": {"response": {"$ref": format!("#/components/schemas/{name}")}},
            }),
        };
        json!({"description": self.when, "allOf": [common, payload]})
    }
}
