use std::sync::Arc;

use crate::article::RankedPassage;
use crate::message::Message;
use crate::page::PageLimit;
use crate::ports::{
    ChatRequest, Clock, MessageRepository, OpaqueTokens, PassageSearch, PromptTemplateRepository,
    RepositoryError, TicketRepository,
};
use crate::prompt::{PromptFactory, PromptParts, PromptTemplate};
use crate::reply::{PromptDigest, PromptRecord, TemplateRef};
use crate::ticket::Ticket;

/// Everything that prompts are made from, and what makes them.
#[derive(Clone)]
pub struct Prompting {
    /// Tickets.
    pub tickets: Arc<dyn TicketRepository>,
    /// Their messages.
    pub messages: Arc<dyn MessageRepository>,
    /// Help articles.
    pub search: Arc<dyn PassageSearch>,
    /// What admins wrote.
    pub templates: Arc<dyn PromptTemplateRepository>,
    /// Makes digests of prompts.
    pub digests: Arc<dyn OpaqueTokens>,
    /// Tells the date.
    pub clock: Arc<dyn Clock>,
    /// Renders them.
    pub factory: PromptFactory,
}

/// A ticket's conversation up to a question.
pub(super) struct Asked<'a> {
    pub(super) ticket: &'a Ticket,
    pub(super) history: &'a [Message],
    /// None for the ticket's description.
    pub(super) question: Option<&'a Message>,
}

impl Prompting {
    /// How many passages the model is given.
    const PASSAGES: usize = 4;

    /// What has been said on a ticket lately, but for internal notes.
    pub(super) async fn public(&self, ticket: &Ticket) -> Result<Vec<Message>, RepositoryError> {
        let newest = self.messages.newest_public(ticket.id, PageLimit::MAX);
        newest.await
    }

    /// Adds what help articles say about the question.
    pub(super) async fn parts<'a>(
        &self,
        asked: Asked<'a>,
    ) -> Result<PromptParts<'a>, RepositoryError> {
        let passages = self.passages(&asked).await?;
        let Asked {
            ticket,
            history,
            question,
        } = asked;
        Ok(PromptParts {
            ticket,
            history,
            question,
            passages,
            at: self.clock.now(),
        })
    }

    /// The templates that may make a ticket's prompt, the best first; the last one is what comes
    /// with the program.
    pub(super) async fn templates_for(
        &self,
        ticket: &Ticket,
    ) -> Result<Vec<PromptTemplate>, RepositoryError> {
        let names = PromptFactory::names_for(ticket);
        let mut newest = self.templates.find_newest(&names).await?;
        newest.sort_by_key(|template| names.iter().position(|name| *name == template.name));
        newest.push(PromptTemplate::built_in());
        Ok(newest)
    }

    /// What is kept of a prompt.
    pub(super) fn record(&self, template: TemplateRef, request: &ChatRequest) -> PromptRecord {
        let sources = (1..)
            .zip(&request.passages)
            .map(|(number, found)| found.passage.as_source(number))
            .collect();
        PromptRecord {
            template,
            digest: self.digest(request),
            sources,
        }
    }

    /// Over each turn's role, length in bytes and text, so that no two prompts are taken for one.
    fn digest(&self, request: &ChatRequest) -> PromptDigest {
        let turns = request.turns.iter();
        let whole = turns.fold(String::new(), |text, turn| {
            let content = &turn.content;
            text + &format!("{} {}\n{content}\n", turn.role.as_str(), content.len())
        });
        PromptDigest::from_bytes(*self.digests.digest(&whole).as_bytes())
    }

    async fn passages(&self, asked: &Asked<'_>) -> Result<Vec<RankedPassage>, RepositoryError> {
        let text = search_text(asked.ticket, asked.question);
        self.search.search(&text, Self::PASSAGES).await
    }
}

/// A short follow-up such as "and for students?" says little without its ticket's subject.
fn search_text(ticket: &Ticket, question: Option<&Message>) -> String {
    let latest = question.map_or(ticket.description.as_str(), |message| {
        message.content.as_str()
    });
    format!("{}\n{latest}", ticket.title.as_str())
}
