//! Prompts: what the model is shown, in which part.
//!
//! Operator text and quoted articles stand in the system turn, customers' words in user turns,
//! earlier answers in assistant turns. The system template is rendered without any customer
//! variable, so that customers' words cannot reach it. No account field enters a prompt.

mod budget;

use minijinja::{Environment, UndefinedBehavior, Value, context};
use thiserror::Error;

use self::budget::{length, newest_within};
use crate::article::RankedPassage;
use crate::message::{Author, Message, Visibility};
use crate::ports::{ChatRequest, ChatRole, ChatTurn};
use crate::reply::TemplateRef;
use crate::ticket::Ticket;

/// Why a prompt could not be made.
#[derive(Debug, Error)]
pub enum PromptError {
    /// A template does not compile or uses what is not there.
    #[error("the prompt template does not render")]
    Template(#[from] minijinja::Error),
}

/// How long prompts and answers may get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromptLimits {
    /// Characters of earlier messages, cut oldest first. A token is about four characters.
    pub history_chars: usize,
    /// Tokens that an answer may have.
    pub max_completion_tokens: u32,
}

impl Default for PromptLimits {
    fn default() -> Self {
        Self {
            history_chars: 24_000,
            max_completion_tokens: 1_024,
        }
    }
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
}

/// Makes the model's request from a ticket's conversation.
#[derive(Debug)]
pub struct PromptFactory {
    templates: Environment<'static>,
    limits: PromptLimits,
}

impl PromptFactory {
    /// Compiles the templates that ship with the program.
    ///
    /// # Errors
    /// [`PromptError::Template`] when one does not compile.
    pub fn new(limits: PromptLimits) -> Result<Self, PromptError> {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.add_template("system", include_str!("prompt/default_system.txt"))?;
        templates.add_template("user", include_str!("prompt/default_user.txt"))?;
        Ok(Self { templates, limits })
    }

    /// The template that a ticket's replies are made from.
    pub fn template_for(&self, _ticket: &Ticket) -> TemplateRef {
        TemplateRef {
            name: "default".to_owned(),
            version: 1,
        }
    }

    /// Renders the request that answers the question. The ticket's description is told whatever
    /// the extent.
    ///
    /// # Errors
    /// [`PromptError`] when the template does not render.
    pub fn request(
        &self,
        parts: PromptParts<'_>,
        extent: Extent,
    ) -> Result<ChatRequest, PromptError> {
        let PromptParts {
            ticket,
            history,
            question,
            mut passages,
        } = parts;
        passages.truncate(extent.of(passages.len()));
        let history_chars = extent.of(length(history).min(self.limits.history_chars));
        let opening = format!(
            "{}\n\n{}",
            ticket.title.as_str(),
            ticket.description.as_str()
        );
        let history = newest_within(history, history_chars);

        let mut turns = vec![ChatTurn {
            role: ChatRole::System,
            content: self.system(&passages)?,
        }];
        let latest = match question {
            None => opening.as_str(),
            Some(message) => {
                turns.push(ChatTurn {
                    role: ChatRole::User,
                    content: opening.clone(),
                });
                turns.extend(history.iter().map(|earlier| turn(earlier)));
                message.content.as_str()
            }
        };
        let user = self.templates.get_template("user")?.render(context! {
            ticket_description => ticket.description.as_str(),
            message_history => transcript(&history),
            latest_message => latest,
        })?;
        turns.push(ChatTurn {
            role: ChatRole::User,
            content: user,
        });

        Ok(ChatRequest {
            turns,
            max_completion_tokens: self.limits.max_completion_tokens,
            passages,
        })
    }

    fn system(&self, passages: &[RankedPassage]) -> Result<String, PromptError> {
        let sources: Vec<Value> = (1..)
            .zip(passages)
            .map(|(number, ranked): (u32, _)| {
                context! {
                    number,
                    title => ranked.passage.title.as_str(),
                    heading => ranked.passage.heading.as_deref(),
                    text => ranked.passage.text.as_str(),
                }
            })
            .collect();
        Ok(self
            .templates
            .get_template("system")?
            .render(context! { sources })?)
    }
}

fn turn(message: &Message) -> ChatTurn {
    debug_assert_eq!(
        message.visibility,
        Visibility::Public,
        "notes stay out of prompts"
    );
    let role = match message.author {
        Author::Customer(_) => ChatRole::User,
        Author::Agent(_) | Author::Assistant => ChatRole::Assistant,
    };
    ChatTurn {
        role,
        content: message.content.clone(),
    }
}

/// The history as one text, for templates that want it in the user part.
fn transcript(history: &[&Message]) -> String {
    history.iter().fold(String::new(), |text, message| {
        text + message.author.as_str() + ": " + &message.content + "\n"
    })
}
