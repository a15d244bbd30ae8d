use serde::Serialize;

/// The models this simulator offers; a request for any other is a 404.
pub(crate) static MODELS: [Model; 3] = [
    Model {
        id: "openai/gpt-oss-20b",
        object: "model",
        created: 1_754_407_957,
        owned_by: "OpenAI",
        active: true,
        context_window: 131_072,
        public_apps: None,
        max_completion_tokens: 65_536,
        name: "GPT OSS 20B",
        input_modalities: &["text"],
        output_modalities: &["text"],
        supported_features: &["tools", "json_mode", "structured_outputs", "reasoning"],
        efforts: &["low", "medium", "high"],
        reasoning_channel: Some("analysis"),
    },
    Model {
        id: "openai/gpt-oss-120b",
        object: "model",
        created: 1_754_408_224,
        owned_by: "OpenAI",
        active: true,
        context_window: 131_072,
        public_apps: None,
        max_completion_tokens: 65_536,
        name: "GPT OSS 120B",
        input_modalities: &["text"],
        output_modalities: &["text"],
        supported_features: &["tools", "json_mode", "structured_outputs", "reasoning"],
        efforts: &["low", "medium", "high"],
        reasoning_channel: Some("analysis"),
    },
    Model {
        id: "qwen/qwen3.8-27b",
        object: "model",
        created: 1_786_000_000,
        owned_by: "Alibaba Cloud",
        active: true,
        context_window: 131_072,
        public_apps: None,
        max_completion_tokens: 16_384,
        name: "Qwen 3.8 27B",
        input_modalities: &["text", "image"],
        output_modalities: &["text"],
        supported_features: &["tools", "json_mode", "reasoning"],
        efforts: &["none", "default", "low", "medium", "high"],
        reasoning_channel: None,
    },
];

/// One entry of `GET /openai/v1/models`, and what a request for that model may ask for.
#[derive(Debug, Serialize)]
pub(crate) struct Model {
    pub(crate) id: &'static str,
    object: &'static str,
    created: i64,
    owned_by: &'static str,
    active: bool,
    pub(crate) context_window: u32,
    public_apps: Option<()>,
    pub(crate) max_completion_tokens: u32,
    name: &'static str,
    input_modalities: &'static [&'static str],
    output_modalities: &'static [&'static str],
    supported_features: &'static [&'static str],
    #[serde(skip)]
    pub(crate) efforts: &'static [&'static str],
    /// The `channel` beside each reasoning delta; only gpt-oss has one.
    #[serde(skip)]
    pub(crate) reasoning_channel: Option<&'static str>,
}

#[derive(Serialize)]
pub(crate) struct ModelList {
    object: &'static str,
    data: &'static [Model],
}

impl Model {
    pub(crate) fn find(id: &str) -> Option<&'static Self> {
        MODELS.iter().find(|model| model.id == id)
    }

    pub(crate) fn list() -> ModelList {
        ModelList {
            object: "list",
            data: &MODELS,
        }
    }
}
