use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use thiserror::Error;

use super::prompting::{Asked, Prompting};
use crate::handoff::{Case, HandoffRules, RuledHandoff};
use crate::message::Message;
use crate::ports::{ChatRequest, RepositoryError};
use crate::prompt::{Extent, PromptError};
use crate::reply::{PromptRecord, Reply, TemplateRef};
use crate::ticket::Ticket;

/// Why a model could not be asked.
#[derive(Debug, Error)]
pub enum PrepareReplyError {
    /// The ticket or the question is gone.
    #[error("the question is gone")]
    QuestionGone,
    /// The prompt could not be made.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// What the model is asked, and what is kept of it with the reply.
#[derive(Debug)]
pub struct Brief {
    /// The request.
    pub request: ChatRequest,
    /// From what it was made.
    pub record: PromptRecord,
    /// Why no model is to be asked at all, if a rule says so.
    pub handoff: Option<RuledHandoff>,
    /// Templates that should have made it and did not, each told once in this process' life.
    pub broken_templates: Vec<BrokenTemplate>,
}

/// A stored template that renders no more.
#[derive(Debug)]
pub struct BrokenTemplate {
    /// Which.
    pub template: TemplateRef,
    /// Why.
    pub error: PromptError,
}

/// Gathers what a reply is made from: the conversation up to its question and the passages of
/// help articles that fit it.
pub struct PrepareReply {
    prompting: Prompting,
    rules: HandoffRules,
    /// The broken templates that were told.
    told: Mutex<HashSet<TemplateRef>>,
}

impl PrepareReply {
    /// Wires the use case.
    pub fn new(prompting: Prompting) -> Self {
        Self {
            prompting,
            rules: HandoffRules::default(),
            told: Mutex::default(),
        }
    }

    /// Hands questions off by these rules.
    #[must_use]
    pub fn with_rules(self, rules: HandoffRules) -> Self {
        Self { rules, ..self }
    }

    /// Makes the brief for a reply that was claimed. A template that renders no more, such as one
    /// that was stored before an upgrade, gives way to the next one, at last to what comes with the
    /// program.
    ///
    /// # Errors
    /// [`PrepareReplyError`] when the question is gone, no template renders or the store fails.
    pub async fn execute(&self, reply: &Reply, extent: Extent) -> Result<Brief, PrepareReplyError> {
        let prompting = &self.prompting;
        let ticket = prompting
            .tickets
            .find(reply.ticket_id)
            .await?
            .ok_or(PrepareReplyError::QuestionGone)?;
        let public = prompting.public(&ticket).await?;
        let (history, question) = split_at_question(&public, reply)?;
        let asked = Asked {
            ticket: &ticket,
            history,
            question,
        };
        let parts = prompting.parts(asked).await?;
        let handoff = self.rules.decide(&Case {
            question: &said(&ticket, question),
            turns: ticket.turns,
            passages: &parts.passages,
        });
        let mut broken_templates = Vec::new();
        let mut last_error = PromptError::Withdrawn;
        for template in prompting.templates_for(&ticket).await? {
            let reference = template.reference();
            match prompting.factory.request(&template, parts.clone(), extent) {
                Ok(request) => {
                    return Ok(Brief {
                        record: prompting.record(reference, &request),
                        request,
                        handoff,
                        broken_templates,
                    });
                }
                // What comes with the program is the last one: its error is the reply's.
                Err(error) if template.authorship.is_none() => last_error = error,
                Err(error) if self.is_news(&reference) => broken_templates.push(BrokenTemplate {
                    template: reference,
                    error,
                }),
                Err(_told_before) => {}
            }
        }
        Err(last_error.into())
    }

    fn is_news(&self, template: &TemplateRef) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.insert(template.clone())
    }
}

/// What was said before the question, and the question itself: none for the description.
fn split_at_question<'a>(
    public: &'a [Message],
    reply: &Reply,
) -> Result<(&'a [Message], Option<&'a Message>), PrepareReplyError> {
    let Some(question_id) = reply.question.in_reply_to(reply.ticket_id) else {
        return Ok((&[], None));
    };
    let index = public
        .iter()
        .position(|message| message.id == question_id)
        .ok_or(PrepareReplyError::QuestionGone)?;
    let (history, rest) = public.split_at(index);
    Ok((history, rest.first()))
}

/// What the customer wrote, in parts.
fn said<'a>(ticket: &'a Ticket, question: Option<&'a Message>) -> Vec<&'a str> {
    match question {
        Some(message) => vec![&message.content],
        None => vec![ticket.title.as_str(), ticket.description.as_str()],
    }
}
