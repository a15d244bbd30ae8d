use std::sync::Arc;

use thiserror::Error;

use crate::handoff::{Case, HandoffRules, RuledHandoff};
use crate::message::Message;
use crate::page::PageLimit;
use crate::ports::{
    ChatRequest, MessageRepository, PassageSearch, RepositoryError, TicketRepository,
};
use crate::prompt::{Extent, PromptError, PromptFactory, PromptParts};
use crate::reply::{Reply, Source, TemplateRef};
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
#[derive(Clone, Debug, PartialEq)]
pub struct Brief {
    /// The request.
    pub request: ChatRequest,
    /// The template it was made from.
    pub template: TemplateRef,
    /// The passages it quotes.
    pub sources: Vec<Source>,
    /// Why no model is to be asked at all, if a rule says so.
    pub handoff: Option<RuledHandoff>,
}

/// Gathers what a reply is made from: the conversation up to its question and the passages of
/// help articles that fit it.
pub struct PrepareReply {
    tickets: Arc<dyn TicketRepository>,
    messages: Arc<dyn MessageRepository>,
    search: Arc<dyn PassageSearch>,
    prompts: PromptFactory,
    rules: HandoffRules,
}

impl PrepareReply {
    /// How many passages the model is given.
    const PASSAGES: usize = 4;

    /// Wires the use case.
    pub fn new(
        tickets: Arc<dyn TicketRepository>,
        messages: Arc<dyn MessageRepository>,
        search: Arc<dyn PassageSearch>,
        prompts: PromptFactory,
    ) -> Self {
        Self {
            tickets,
            messages,
            search,
            prompts,
            rules: HandoffRules::default(),
        }
    }

    /// Hands questions off by these rules.
    #[must_use]
    pub fn with_rules(self, rules: HandoffRules) -> Self {
        Self { rules, ..self }
    }

    /// Makes the brief for a reply that was claimed.
    ///
    /// # Errors
    /// [`PrepareReplyError`] when the question is gone, the template does not render or the store
    /// fails.
    pub async fn execute(&self, reply: &Reply, extent: Extent) -> Result<Brief, PrepareReplyError> {
        let ticket = self
            .tickets
            .find(reply.ticket_id)
            .await?
            .ok_or(PrepareReplyError::QuestionGone)?;
        let public = self
            .messages
            .newest_public(ticket.id, PageLimit::MAX)
            .await?;
        let (history, question) = split_at_question(&public, reply)?;

        let passages = self
            .search
            .search(&search_text(&ticket, question), Self::PASSAGES)
            .await?;
        let handoff = self.rules.decide(&Case {
            question: &said(&ticket, question),
            turns: ticket.turns,
            passages: &passages,
        });
        let parts = PromptParts {
            ticket: &ticket,
            history,
            question,
            passages,
        };
        let request = self.prompts.request(parts, extent)?;
        let sources = (1..)
            .zip(&request.passages)
            .map(|(number, found)| found.passage.as_source(number))
            .collect();
        Ok(Brief {
            request,
            template: self.prompts.template_for(&ticket),
            sources,
            handoff,
        })
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

/// A short follow-up such as "and for students?" says little without its ticket's subject.
fn search_text(ticket: &Ticket, question: Option<&Message>) -> String {
    let latest = question.map_or(ticket.description.as_str(), |message| {
        message.content.as_str()
    });
    format!("{}\n{latest}", ticket.title.as_str())
}
