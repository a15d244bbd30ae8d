//! Prompts: what the model is shown, in which part.
//!
//! Operator text and quoted articles stand in the system turn, customers' words in user turns,
//! earlier answers in assistant turns. The system template is rendered without any customer
//! variable, so that customers' words cannot reach it. No account field enters a prompt.

mod budget;
mod check;
mod limits;
mod place;
mod rendering;
mod template;
mod tokens;
mod variables;

use chrono::{DateTime, Utc};
use thiserror::Error;

use self::budget::{Told, best_within, newest_within, tokens_of};
pub use self::check::TemplateProblem;
pub use self::limits::{ModelLimits, PromptLimits};
use self::rendering::Compiled;
pub use self::template::{
    Authorship, Drafted, PromptTemplate, TemplateDraft, TemplateName, TemplateNameError,
    TemplateParts, TemplateRefusal, TemplateText,
};
pub use self::tokens::{estimated_tokens, estimated_tokens_of};
use self::variables::{UserVariables, for_system};
pub use self::variables::{VARIABLES, Variable};
use crate::article::RankedPassage;
use crate::message::{Author, Message, Visibility};
use crate::ports::{ChatRequest, ChatRole, ChatTurn};
use crate::ticket::{Category, Ticket};

/// A part of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The operator's instructions and the articles.
    System,
    /// The customer's words.
    User,
}

impl Part {
    /// The part's name as it is shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
        }
    }
}

impl TemplateParts {
    fn each(&self) -> [(Part, &str); 2] {
        [
            (Part::System, self.system.as_str()),
            (Part::User, self.user.as_str()),
        ]
    }
}

/// Why a prompt could not be made.
#[derive(Debug, Error)]
pub enum PromptError {
    /// A part does not compile, uses what is not there or costs too much.
    #[error("the prompt template's {} part does not render", part.as_str())]
    Template {
        /// The part.
        part: Part,
        /// What is wrong with it.
        source: minijinja::Error,
    },
    /// A part says too much.
    #[error("the prompt template's {} part renders to a text that is too long", part.as_str())]
    TooLong {
        /// The part.
        part: Part,
    },
    /// A part has more or longer tags than may be.
    #[error("the prompt template's {} part is too complex", part.as_str())]
    TooComplex {
        /// The part.
        part: Part,
    },
    /// It was withdrawn.
    #[error("the prompt template was withdrawn")]
    Withdrawn,
}

/// How much of a conversation is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// As much as the limits allow.
    Whole,
    /// Half of that, for a model that found it too long.
    Shortened,
}

impl Extent {
    fn of(self, whole: usize) -> usize {
        match self {
            Self::Whole => whole,
            Self::Shortened => whole / 2,
        }
    }
}

/// What a request is made from.
#[derive(Clone, Debug)]
pub struct PromptParts<'a> {
    /// The ticket.
    pub ticket: &'a Ticket,
    /// The public messages before the question, oldest first.
    pub history: &'a [Message],
    /// The newest customer message, or none for the ticket's description.
    pub question: Option<&'a Message>,
    /// Passages that fit, the best first.
    pub passages: Vec<RankedPassage>,
    /// The present time.
    pub at: DateTime<Utc>,
}

/// Makes the model's request from a ticket's conversation.
#[derive(Clone, Copy, Debug)]
pub struct PromptFactory {
    limits: PromptLimits,
}

impl PromptFactory {
    /// Makes requests within these limits.
    pub const fn new(limits: PromptLimits) -> Self {
        Self { limits }
    }

    /// The limits.
    pub const fn limits(&self) -> PromptLimits {
        self.limits
    }

    /// The names of the templates that a ticket's replies may be made from, the best first.
    pub fn names_for(ticket: &Ticket) -> Vec<TemplateName> {
        let category = ticket.category.as_ref().map(Category::as_str);
        let own = category.and_then(|name| TemplateName::parse(name).ok());
        let default = TemplateName::of_default();
        own.filter(|own| *own != default)
            .into_iter()
            .chain([default])
            .collect()
    }

    /// Renders the request that answers the question. The ticket's description and the question are
    /// told whatever the template and the extent; what does not fit the limits is left out, the
    /// oldest messages first, then passages.
    ///
    /// # Errors
    /// [`PromptError`] when the template does not render.
    pub fn request(
        &self,
        template: &PromptTemplate,
        parts: PromptParts<'_>,
        extent: Extent,
    ) -> Result<ChatRequest, PromptError> {
        let texts = template.parts.as_ref().ok_or(PromptError::Withdrawn)?;
        let compiled = Compiled::new(texts)?;
        let conversation = Conversation::of(&parts);
        let budget = self.limits.prompt_tokens();
        let PromptParts {
            history,
            mut passages,
            ..
        } = parts;
        passages.truncate(extent.of(passages.len()));
        let history_tokens = extent.of(tokens_of(history).min(self.limits.history_tokens()));
        let mut told = Told {
            history: newest_within(history, history_tokens.min(budget)),
            passages: best_within(passages, budget),
        };
        // Every round leaves something out, so it ends.
        loop {
            let turns = conversation.turns(&compiled, &told)?;
            let excess = estimated_tokens_of(&turns).saturating_sub(budget);
            if excess == 0 || !told.shed(excess) {
                return Ok(ChatRequest {
                    turns,
                    max_completion_tokens: self.limits.max_completion_tokens,
                    passages: told.passages,
                });
            }
        }
    }
}

/// What of a conversation is always told.
struct Conversation<'a> {
    ticket: &'a Ticket,
    opening: String,
    question: Option<&'a Message>,
    today: String,
}

impl<'a> Conversation<'a> {
    fn of(parts: &PromptParts<'a>) -> Self {
        let PromptParts { ticket, at, .. } = parts;
        Self {
            ticket,
            opening: format!(
                "{}\n\n{}",
                ticket.title.as_str(),
                ticket.description.as_str()
            ),
            question: parts.question,
            today: at.date_naive().to_string(),
        }
    }

    fn turns(&self, template: &Compiled, told: &Told<'_>) -> Result<Vec<ChatTurn>, PromptError> {
        let system = template.render(Part::System, for_system(&told.passages, &self.today))?;
        let mut turns = vec![turn(ChatRole::System, system)];
        let latest = match self.question {
            None => self.opening.as_str(),
            Some(message) => {
                turns.push(turn(ChatRole::User, self.opening.clone()));
                turns.extend(told.history.iter().map(|earlier| turn_of(earlier)));
                message.content.as_str()
            }
        };
        let variables = UserVariables {
            ticket_title: self.ticket.title.as_str(),
            ticket_description: self.ticket.description.as_str(),
            message_history: &transcript(&told.history),
            latest_message: latest,
            category: self.ticket.category.as_ref().map_or("", Category::as_str),
            priority: self.ticket.priority.as_str(),
        };
        let user = template.render(Part::User, variables.into())?;
        if !self.is_asked_in(&user) {
            turns.push(turn(ChatRole::User, latest.to_owned()));
        }
        if !user.trim().is_empty() {
            turns.push(turn(ChatRole::User, user));
        }
        Ok(turns)
    }

    /// Whether the user part tells what is to be answered, whatever its template does with that.
    fn is_asked_in(&self, user: &str) -> bool {
        let tells = |text: &str| user.contains(text.trim());
        match self.question {
            None => tells(self.ticket.title.as_str()) && tells(self.ticket.description.as_str()),
            Some(message) => tells(&message.content),
        }
    }
}

fn turn(role: ChatRole, content: String) -> ChatTurn {
    ChatTurn { role, content }
}

fn turn_of(message: &Message) -> ChatTurn {
    debug_assert_eq!(
        message.visibility,
        Visibility::Public,
        "notes stay out of prompts"
    );
    let role = match message.author {
        Author::Customer(_) => ChatRole::User,
        Author::Agent(_) | Author::Assistant => ChatRole::Assistant,
    };
    turn(role, message.content.clone())
}

/// The history as one text, for templates that want it in the user part. Further lines of a message
/// are indented, so that nobody can write what looks like another's message.
fn transcript(history: &[&Message]) -> String {
    history.iter().fold(String::new(), |text, message| {
        let content = message.content.replace("\r\n", "\n");
        let lines: Vec<&str> = content.split(LINE_BREAKS).collect();
        text + message.author.as_str() + ": " + &lines.join("\n  ") + "\n"
    })
}

/// What may be shown as the begin of another line (Unicode's mandatory breaks, UAX #14).
const LINE_BREAKS: [char; 7] = [
    '\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}',
];
