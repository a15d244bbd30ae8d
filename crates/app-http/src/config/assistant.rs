use std::time::Duration;

use secrecy::SecretString;

use super::reader::Reader;

/// What models of this protocol take; each takes some of these.
const REASONING_EFFORTS: [&str; 5] = ["none", "default", "low", "medium", "high"];
const DEFAULT_BASE_URL: &str = "https://api.groq.com/openai/v1";

/// Who answers.
#[derive(Clone, Debug)]
pub enum Assistant {
    /// Quotes help articles; needs no model.
    Extractive,
    /// A model behind Groq's protocol.
    Groq(Groq),
}

/// How models are reached.
#[derive(Clone, Debug)]
pub struct Groq {
    /// Proves who pays; servers on one's own machine often want none.
    pub api_key: Option<SecretString>,
    /// Where the protocol begins; `/chat/completions` is appended.
    pub base_url: String,
    /// The model's name.
    pub model: String,
    /// How much that model reasons; none leaves that to the host.
    pub reasoning_effort: Option<&'static str>,
    /// Tokens that fit the models, prompt and answer together; none for what is known of them.
    pub context_tokens: Option<u32>,
    /// Tokens that an answer may have; none for the default, or less where a model gives less.
    pub max_completion_tokens: Option<u32>,
    /// How long the first text or reasoning may take.
    pub first_token: Duration,
    /// How long an answer may pause.
    pub idle: Duration,
    /// How long an answer may take.
    pub total: Duration,
    /// Models of the same host that are asked when it does not answer, in this order.
    pub fallback_models: Vec<String>,
    /// Whether help articles are quoted when no model answers.
    pub quotes_at_last: bool,
}

impl Assistant {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        #[derive(Clone)]
        enum Choice {
            Auto,
            Groq,
            Extractive,
        }
        let choice = reader.one_of(
            "ASSISTANT",
            Choice::Auto,
            &[
                ("auto", Choice::Auto),
                ("groq", Choice::Groq),
                ("extractive", Choice::Extractive),
            ],
        );
        let api_key = reader.optional("GROQ_API_KEY").map(SecretString::from);
        let own_host = reader.optional("GROQ_BASE_URL");
        let base_url = own_host
            .clone()
            .unwrap_or_else(|| DEFAULT_BASE_URL.to_owned());
        if !base_url.starts_with("http://") && !base_url.starts_with("https://") {
            reader.complain("GROQ_BASE_URL", "must begin with http:// or https://");
        }
        let model = reader.text("GROQ_MODEL", "openai/gpt-oss-20b");
        let reasoning_effort = reader.one_of(
            "GROQ_REASONING_EFFORT",
            None,
            &REASONING_EFFORTS.map(|effort| (effort, Some(effort))),
        );
        let context_tokens = reader.optional_number("GROQ_CONTEXT_TOKENS", 512..=100_000_000);
        let max_completion_tokens =
            reader.optional_number("GROQ_MAX_COMPLETION_TOKENS", 1..=10_000_000);
        let first_token = reader.seconds("GROQ_FIRST_TOKEN_SECONDS", 30, 1..=3_600);
        let idle = reader.seconds("GROQ_IDLE_SECONDS", 60, 1..=3_600);
        let total = reader.seconds("GROQ_TOTAL_SECONDS", 600, 1..=36_000);
        let fallback_models = reader.list("GROQ_FALLBACK_MODELS");
        let quotes_at_last = reader.one_of(
            "ASSISTANT_FALLBACK",
            false,
            &[("none", false), ("extractive", true)],
        );
        let wants_groq = match choice {
            Choice::Auto => api_key.is_some(),
            Choice::Groq => {
                if api_key.is_none() && own_host.is_none() {
                    reader.complain("GROQ_API_KEY", "must be set when ASSISTANT is groq");
                }
                true
            }
            Choice::Extractive => false,
        };
        if wants_groq {
            Self::Groq(Groq {
                api_key,
                base_url,
                model,
                reasoning_effort,
                context_tokens,
                max_completion_tokens,
                first_token,
                idle,
                total,
                fallback_models,
                quotes_at_last,
            })
        } else {
            Self::Extractive
        }
    }
}
