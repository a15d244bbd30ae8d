/// What a model takes and gives at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelLimits {
    /// Tokens of the prompt and the answer together.
    pub context_tokens: u32,
    /// Tokens of the answer.
    pub max_completion_tokens: u32,
}

/// Of a model that this program does not know.
const UNKNOWN: ModelLimits = ModelLimits {
    context_tokens: 8_192,
    max_completion_tokens: 4_096,
};

/// What Groq's hosts tell of their models.
const KNOWN: [(&str, ModelLimits); 6] = [
    ("openai/gpt-oss-20b", limits(131_072, 65_536)),
    ("openai/gpt-oss-120b", limits(131_072, 65_536)),
    ("openai/gpt-oss-safeguard-20b", limits(131_072, 65_536)),
    // Some hosts tell 131072.
    ("qwen/qwen3.8-27b", limits(131_042, 16_384)),
    ("qwen/qwen3.6-27b", limits(131_072, 16_384)),
    ("allam-2-7b", limits(4_096, 4_096)),
];

const fn limits(context_tokens: u32, max_completion_tokens: u32) -> ModelLimits {
    ModelLimits {
        context_tokens,
        max_completion_tokens,
    }
}

impl ModelLimits {
    /// Those of a model; careful ones when it is not known.
    pub fn of(model: &str) -> Self {
        let known = KNOWN.iter().find(|(name, _)| *name == model);
        known.map_or(UNKNOWN, |(_, limits)| *limits)
    }

    /// What every one of these models takes and gives.
    pub fn common<'a>(models: impl IntoIterator<Item = &'a str>) -> Self {
        let each = models.into_iter().map(Self::of);
        each.reduce(|one, other| Self {
            context_tokens: one.context_tokens.min(other.context_tokens),
            max_completion_tokens: one.max_completion_tokens.min(other.max_completion_tokens),
        })
        .unwrap_or(UNKNOWN)
    }
}

/// How long prompts and answers may get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromptLimits {
    /// Tokens of the prompt and the answer together.
    pub context_tokens: u32,
    /// Tokens that an answer may have.
    pub max_completion_tokens: u32,
    /// Tokens of earlier messages, which cost time and money even where they would fit.
    pub history_tokens: u32,
}

impl PromptLimits {
    /// Tokens of an answer unless somebody sets something else.
    pub const COMPLETION_TOKENS: u32 = 1_024;
    /// Tokens of earlier messages.
    const HISTORY_TOKENS: u32 = 6_000;

    /// Within a context. The prompt gets half of it at least.
    pub fn within(context_tokens: u32, max_completion_tokens: u32) -> Self {
        Self {
            context_tokens,
            max_completion_tokens: max_completion_tokens.min(context_tokens / 2).max(1),
            history_tokens: Self::HISTORY_TOKENS,
        }
    }

    /// Tokens that are left for the prompt.
    pub fn prompt_tokens(self) -> usize {
        let left = self
            .context_tokens
            .saturating_sub(self.max_completion_tokens);
        usize::try_from(left).unwrap_or(usize::MAX)
    }

    pub(super) fn history_tokens(self) -> usize {
        usize::try_from(self.history_tokens).unwrap_or(usize::MAX)
    }
}

impl Default for PromptLimits {
    fn default() -> Self {
        Self::within(UNKNOWN.context_tokens, Self::COMPLETION_TOKENS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_of_several_models_is_what_all_take() {
        let models = ["openai/gpt-oss-20b", "qwen/qwen3.8-27b"];
        assert_eq!(ModelLimits::common(models), limits(131_042, 16_384));
        assert_eq!(ModelLimits::common(["who/knows"]), UNKNOWN);
        assert_eq!(ModelLimits::common([]), UNKNOWN);
    }

    #[test]
    fn an_answer_never_takes_the_prompts_half() {
        for (context, wish, given) in [(4_096, 1_024, 1_024), (1_000, 4_096, 500), (1, 9, 1)] {
            let limits = PromptLimits::within(context, wish);
            assert_eq!(limits.max_completion_tokens, given);
            assert_eq!(
                limits.prompt_tokens(),
                usize::try_from(context - given).unwrap()
            );
        }
    }
}
