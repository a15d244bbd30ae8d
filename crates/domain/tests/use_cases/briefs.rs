use std::sync::Arc;

use domain::ids::{MessageId, QuestionId, ReplyId, TicketId};
use domain::message::{Author, Message, Visibility};
use domain::ports::{ChatRequest, ChatRole, IdGenerator};
use domain::prompt::{Extent, PromptFactory, PromptLimits};
use domain::reply::{Reply, ReplyState};
use domain::ticket::Ticket;
use domain::use_cases::{Brief, PrepareReply, PrepareReplyError, Prompting};
use testkit::fakes::FixedPassageSearch;

use crate::world::World;

impl World {
    pub async fn try_prepare(
        &self,
        search: &Arc<FixedPassageSearch>,
        limits: PromptLimits,
        ticket: &Ticket,
        question: Option<MessageId>,
    ) -> Result<Brief, PrepareReplyError> {
        let prepare = PrepareReply::new(Prompting {
            search: search.clone(),
            factory: PromptFactory::new(limits),
            ..self.prompting()
        });
        let reply = self.reply(ticket, question);
        prepare.execute(&reply, Extent::Whole).await
    }

    /// Prompts over the fakes; help articles say nothing.
    pub fn prompting(&self) -> Prompting {
        Prompting {
            tickets: self.tickets.clone(),
            messages: self.tickets.clone(),
            search: Arc::new(FixedPassageSearch::nothing()),
            templates: self.templates.clone(),
            digests: self.opaque_tokens.clone(),
            clock: self.clock.clone(),
            factory: PromptFactory::new(PromptLimits::default()),
        }
    }

    /// The request for a question, when the search finds nothing.
    pub async fn request(&self, ticket: &Ticket, question: Option<MessageId>) -> ChatRequest {
        let search = Arc::new(FixedPassageSearch::nothing());
        let brief = self
            .try_prepare(&search, PromptLimits::default(), ticket, question)
            .await;
        brief.expect("preparing should work").request
    }

    pub fn reply(&self, ticket: &Ticket, question: Option<MessageId>) -> Reply {
        let now = self.now();
        Reply {
            id: ReplyId::from_uuid(self.ids.generate()),
            ticket_id: ticket.id,
            user_id: ticket.user_id,
            question: question.map_or(QuestionId::description(ticket.id), QuestionId::message),
            attempt: 1,
            handovers: 0,
            state: ReplyState::Streaming,
            handoff: None,
            last_sequence: 0,
            restart: None,
            text: String::new(),
            model: "scripted".to_owned(),
            model_served: None,
            template: None,
            prompt_digest: None,
            sources: Vec::new(),
            usage: None,
            created_at: now,
            attempt_started_at: now,
            first_token_at: None,
            ended_at: None,
            tenure: None,
        }
    }

    /// An answer of the assistant, stored as the end of a reply would.
    pub fn answer(&self, ticket: TicketId, position: i64, content: &str) {
        self.tickets.put_message(Message {
            id: MessageId::from_uuid(self.ids.generate()),
            ticket_id: ticket,
            position,
            author: Author::Assistant,
            content: content.to_owned(),
            visibility: Visibility::Public,
            in_reply_to: None,
            reply_id: None,
            is_complete: true,
            created_at: self.now(),
            sources: Vec::new(),
            feedback: None,
        });
    }
}

pub fn turns(request: &ChatRequest) -> Vec<(ChatRole, &str)> {
    let turns = request.turns.iter();
    turns
        .map(|turn| (turn.role, turn.content.as_str()))
        .collect()
}

pub fn system_turn(request: &ChatRequest) -> &str {
    let first = request.turns.first().expect("there is a first turn");
    assert_eq!(first.role, ChatRole::System);
    &first.content
}
