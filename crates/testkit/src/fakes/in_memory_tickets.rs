mod keyed;
mod list;

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::idempotency::IdempotencyRecord;
use domain::ids::{MessageId, TicketId};
use domain::message::{Audience, Feedback, Message, NewMessage, Visibility};
use domain::page::{Page, PageLimit};
use domain::ports::{
    AppendMessageError, ChangeTicketError, MessageRepository, OpenedTicket, RepositoryError,
    TicketRepository,
};
use domain::reply::{CancelReason, CancelledBy};
use domain::ticket::{Effect, Ticket, TicketChange, TicketFilter, TicketOrder};
use uuid::Uuid;

use super::{Outage, locked};

/// Tickets and their messages. One lock around both stands for the lock of a ticket's row.
#[derive(Debug, Default)]
pub struct InMemoryTickets {
    state: Mutex<State>,
    outage: Outage,
}

/// A running reply would have been cancelled here; this store keeps no replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancellation {
    /// The ticket whose reply it was.
    pub ticket_id: TicketId,
    /// Why.
    pub reason: CancelReason,
    /// Whose doing it was.
    pub by: CancelledBy,
}

#[derive(Debug, Default)]
struct State {
    tickets: HashMap<TicketId, Ticket>,
    messages: Vec<Message>,
    cancellations: Vec<Cancellation>,
    records: Vec<(IdempotencyRecord, Uuid)>,
}

impl InMemoryTickets {
    /// The cancellations so far, in order.
    pub fn cancellations(&self) -> Vec<Cancellation> {
        locked(&self.state).cancellations.clone()
    }

    /// Every message of every ticket, in the order in which they were stored.
    pub fn messages(&self) -> Vec<Message> {
        locked(&self.state).messages.clone()
    }

    /// Stores a ticket as it is, over one of the same id.
    pub fn put_ticket(&self, ticket: Ticket) {
        locked(&self.state).tickets.insert(ticket.id, ticket);
    }

    /// Stores a message as it is, such as an answer of the assistant, past the ticket's rules.
    pub fn put_message(&self, message: Message) {
        locked(&self.state).messages.push(message);
    }

    /// Orders and ends outages of this store.
    pub fn outage(&self) -> Outage {
        self.outage.clone()
    }
}

impl State {
    fn messages_of(&self, ticket_id: TicketId) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages
            .iter()
            .filter(move |message| message.ticket_id == ticket_id)
    }

    fn insert(&mut self, ticket: &Ticket) -> Result<(), RepositoryError> {
        if self.tickets.contains_key(&ticket.id) {
            return Err(RepositoryError::Conflict);
        }
        self.tickets.insert(ticket.id, ticket.clone());
        Ok(())
    }

    fn append(&mut self, message: NewMessage) -> Result<Message, AppendMessageError> {
        let mut ticket = self
            .tickets
            .get(&message.ticket_id)
            .cloned()
            .ok_or(AppendMessageError::NotFound)?;
        let effect = ticket.receive(message.author, message.visibility, message.created_at)?;
        if self.messages.iter().any(|known| known.id == message.id) {
            return Err(RepositoryError::Conflict.into());
        }
        let last = self.messages_of(ticket.id).next_back();
        let stored = Message {
            id: message.id,
            ticket_id: ticket.id,
            position: last.map_or(0, |last| last.position) + 1,
            author: message.author,
            content: message.text.into(),
            visibility: message.visibility,
            in_reply_to: None,
            reply_id: None,
            is_complete: true,
            created_at: message.created_at,
            sources: Vec::new(),
            feedback: None,
        };
        self.carry_out(ticket.id, effect);
        self.tickets.insert(ticket.id, ticket);
        self.messages.push(stored.clone());
        Ok(stored)
    }

    fn page(
        &self,
        ticket_id: TicketId,
        audience: Audience,
        after: Option<i64>,
        limit: PageLimit,
    ) -> Page<Message, i64> {
        let rows = self
            .messages_of(ticket_id)
            .filter(|message| audience.may_read(message.visibility))
            .filter(|message| after.is_none_or(|position| message.position > position))
            .take(limit.get() + 1)
            .cloned()
            .collect();
        Page::from_surplus(rows, limit, |last| last.position)
    }

    fn carry_out(&mut self, ticket_id: TicketId, effect: Effect) {
        if let Effect::CancelReply { reason, by } = effect {
            self.cancellations.push(Cancellation {
                ticket_id,
                reason,
                by,
            });
        }
    }
}

#[async_trait]
impl TicketRepository for InMemoryTickets {
    async fn insert(&self, ticket: &Ticket) -> Result<(), RepositoryError> {
        self.outage.check()?;
        locked(&self.state).insert(ticket)
    }

    async fn find(&self, id: TicketId) -> Result<Option<Ticket>, RepositoryError> {
        self.outage.check()?;
        Ok(locked(&self.state).tickets.get(&id).cloned())
    }

    async fn list(
        &self,
        filter: &TicketFilter,
        order: TicketOrder,
        limit: PageLimit,
    ) -> Result<Page<Ticket, TicketOrder>, RepositoryError> {
        self.outage.check()?;
        let state = locked(&self.state);
        Ok(list::page(
            &state.tickets,
            &state.messages,
            filter,
            order,
            limit,
        ))
    }

    async fn change(
        &self,
        id: TicketId,
        change: TicketChange,
        at: DateTime<Utc>,
    ) -> Result<Ticket, ChangeTicketError> {
        self.outage.check()?;
        let mut state = locked(&self.state);
        let mut ticket = state
            .tickets
            .get(&id)
            .cloned()
            .ok_or(ChangeTicketError::NotFound)?;
        let effect = ticket.apply(&change, at)?;
        state.tickets.insert(id, ticket.clone());
        state.carry_out(id, effect);
        Ok(ticket)
    }
}

#[async_trait]
impl MessageRepository for InMemoryTickets {
    async fn append(&self, message: NewMessage) -> Result<Message, AppendMessageError> {
        self.outage.check()?;
        locked(&self.state).append(message)
    }

    async fn list(
        &self,
        ticket_id: TicketId,
        audience: Audience,
        after: Option<i64>,
        limit: PageLimit,
    ) -> Result<Page<Message, i64>, RepositoryError> {
        self.outage.check()?;
        Ok(locked(&self.state).page(ticket_id, audience, after, limit))
    }

    async fn open(
        &self,
        ticket_id: TicketId,
        audience: Audience,
        limit: PageLimit,
    ) -> Result<Option<OpenedTicket>, RepositoryError> {
        self.outage.check()?;
        let state = locked(&self.state);
        let ticket = state.tickets.get(&ticket_id).cloned();
        Ok(ticket.map(|ticket| OpenedTicket {
            ticket,
            messages: state.page(ticket_id, audience, None, limit),
        }))
    }

    async fn newest_public(
        &self,
        ticket_id: TicketId,
        limit: PageLimit,
    ) -> Result<Vec<Message>, RepositoryError> {
        self.outage.check()?;
        let state = locked(&self.state);
        let mut newest: Vec<Message> = state
            .messages_of(ticket_id)
            .rev()
            .filter(|message| is_public(message))
            .take(limit.get())
            .cloned()
            .collect();
        newest.reverse();
        Ok(newest)
    }

    async fn find(&self, id: MessageId) -> Result<Option<Message>, RepositoryError> {
        self.outage.check()?;
        let state = locked(&self.state);
        let mut messages = state.messages.iter();
        Ok(messages.find(|message| message.id == id).cloned())
    }

    async fn rate(&self, id: MessageId, feedback: &Feedback) -> Result<bool, RepositoryError> {
        self.outage.check()?;
        let mut state = locked(&self.state);
        let mut messages = state.messages.iter_mut();
        let message = messages.find(|message| message.id == id);
        Ok(message
            .map(|message| message.feedback = Some(feedback.clone()))
            .is_some())
    }
}

fn is_public(message: &Message) -> bool {
    message.visibility == Visibility::Public
}
