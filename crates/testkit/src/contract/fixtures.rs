//! People, tickets and messages for the cases. Every id is new; every time is odd to the
//! microsecond, so that rounding shows.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{MessageId, TicketId, UserId};
use domain::message::{Author, Feedback, Message, MessageText, NewMessage, Visibility};
use domain::page::{Page, PageLimit};
use domain::password::PasswordHash;
use domain::ports::Credentials;
use domain::stream_token::TokenDigest;
use domain::ticket::{
    Category, Description, NewTicket, Priority, Ticket, TicketFilter, TicketOrder, Title,
};
use domain::user::{Email, Role, User};
use uuid::Uuid;

use super::TicketStores;

/// How many writers run at once where a case says "many".
pub(super) const MANY: u64 = 32;

/// One character of four bytes.
pub(super) const EMOJI: &str = "🦀";

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// An id that was never given before. Its highest bits stay set, so that it has letters.
pub(super) fn uuid() -> Uuid {
    let number = NEXT_ID.fetch_add(1, Ordering::Relaxed);
    Uuid::from_u128(0xfeed_beef_0000_7000_8000_0000_0000_0000 | u128::from(number))
}

/// What is kept of a secret that was never given before.
pub(super) fn digest() -> TokenDigest {
    let mut bytes = [0; 32];
    let halves = [*uuid().as_bytes(), *uuid().as_bytes()].concat();
    bytes.copy_from_slice(&halves);
    TokenDigest::from_bytes(bytes)
}

/// A moment so many microseconds after a fixed one.
pub(super) fn at(micros: i64) -> DateTime<Utc> {
    let base = DateTime::from_timestamp(1_780_000_000, 123_457_000).expect("a valid time");
    base + TimeDelta::microseconds(micros)
}

pub(super) fn limit(items: u64) -> PageLimit {
    PageLimit::clamped(items).expect("at least one")
}

pub(super) fn credentials(role: Role) -> Credentials {
    let id = uuid();
    Credentials {
        user: User {
            id: UserId::from_uuid(id),
            email: Email::parse(&format!("{id}@example.com")).expect("an address"),
            role,
            created_at: at(1),
            disabled_at: None,
        },
        password_hash: PasswordHash::new(format!("$2b$12${id}")),
    }
}

/// An open ticket whose optional fields are empty.
pub(super) fn open_ticket(user_id: UserId) -> Ticket {
    let new = NewTicket {
        title: Title::parse("Refund").expect("a title"),
        description: Description::parse("How do I get my money back?").expect("a description"),
        category: None,
        priority: Priority::Normal,
    };
    Ticket::open(TicketId::from_uuid(uuid()), user_id, new, at(2))
}

pub(super) fn category(slug: &str) -> Category {
    Category::parse(slug).expect("a slug")
}

pub(super) fn public(ticket: &Ticket, author: Author, text: &str) -> NewMessage {
    NewMessage {
        id: MessageId::from_uuid(uuid()),
        ticket_id: ticket.id,
        author,
        text: MessageText::parse(text).expect("a text"),
        visibility: Visibility::Public,
        created_at: at(3),
    }
}

pub(super) fn note(ticket: &Ticket, author: UserId, text: &str) -> NewMessage {
    NewMessage {
        visibility: Visibility::Internal,
        ..public(ticket, Author::Agent(author), text)
    }
}

impl TicketStores {
    pub(super) async fn user(&self, role: Role) -> UserId {
        let credentials = credentials(role);
        self.users.insert(&credentials).await.expect("stored");
        credentials.user.id
    }

    /// An open ticket of a new customer.
    pub(super) async fn ticket(&self) -> Ticket {
        let user_id = self.user(Role::User).await;
        self.ticket_of(user_id).await
    }

    pub(super) async fn ticket_of(&self, user_id: UserId) -> Ticket {
        self.stored(open_ticket(user_id)).await
    }

    pub(super) async fn stored(&self, ticket: Ticket) -> Ticket {
        self.tickets.insert(&ticket).await.expect("stored");
        ticket
    }

    pub(super) async fn found(&self, id: TicketId) -> Ticket {
        let found = self.tickets.find(id).await.expect("read");
        found.expect("the ticket exists")
    }

    /// The tickets that fit, the newest first.
    pub(super) async fn listed(&self, filter: &TicketFilter) -> Vec<Ticket> {
        self.page(filter, TicketOrder::default(), PageLimit::MAX)
            .await
            .items
    }

    pub(super) async fn page(
        &self,
        filter: &TicketFilter,
        order: TicketOrder,
        limit: PageLimit,
    ) -> Page<Ticket, TicketOrder> {
        let page = self.tickets.list(filter, order, limit).await;
        page.expect("listed")
    }

    pub(super) async fn appended(&self, message: NewMessage) -> Message {
        self.messages.append(message).await.expect("appended")
    }

    pub(super) async fn rate(&self, id: MessageId, feedback: &Feedback) -> bool {
        self.messages.rate(id, feedback).await.expect("answered")
    }

    /// The ticket's customer writes.
    pub(super) async fn ask(&self, ticket: &Ticket, text: &str) -> Message {
        self.appended(public(ticket, Author::Customer(ticket.user_id), text))
            .await
    }

    /// All messages of the ticket, internal ones too.
    pub(super) async fn all_messages(&self, id: TicketId) -> Vec<Message> {
        let page = self
            .messages
            .list(id, domain::message::Audience::Staff, None, PageLimit::MAX)
            .await
            .expect("listed");
        assert_eq!(page.next, None, "more messages than a page holds");
        page.items
    }
}
