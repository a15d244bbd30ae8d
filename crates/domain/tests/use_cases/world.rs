use std::sync::{Arc, Mutex};

use domain::handoff::HandoffReason;
use domain::idempotency::Made;
use domain::ids::{TicketId, UserId};
use domain::message::{Message, MessageText, Visibility};
use domain::password::Password;
use domain::ports::{Clock, HandoffTally, IdGenerator};
use domain::ticket::{Category, Description, NewTicket, Priority, Ticket, Title};
use domain::use_cases::{
    CreateTicket, CreateUser, CreateUserError, Draft, HandOffTicket, ListMessages, ListTickets,
    LogIn, LogInParts, RateMessage, SendMessage, SendMessageError, SendMessageParts, ShowTicket,
    UpdateTicket,
};
use domain::user::{Actor, Email, Role, User};
use testkit::fakes::{
    FixedClock, InMemoryAccounts, InMemoryPromptTemplates, InMemoryThrottle, InMemoryTickets,
    PlainAccessTokens, PlainPasswordHasher, SequentialIds, SequentialOpaqueTokens,
};

/// The password of every account made by [`World::sign_up`].
pub const PASSWORD: &str = "correct horse";

/// The fakes, and the use cases wired to them.
#[derive(Default)]
pub struct World {
    pub users: Arc<InMemoryAccounts>,
    pub tickets: Arc<InMemoryTickets>,
    pub templates: Arc<InMemoryPromptTemplates>,
    pub hasher: Arc<PlainPasswordHasher>,
    pub tokens: Arc<PlainAccessTokens>,
    pub throttle: Arc<InMemoryThrottle>,
    pub opaque_tokens: Arc<SequentialOpaqueTokens>,
    pub clock: Arc<FixedClock>,
    pub ids: Arc<SequentialIds>,
    pub tally: Arc<Tally>,
}

/// Keeps the handoffs that it is told of.
#[derive(Default)]
pub struct Tally(Mutex<Vec<HandoffReason>>);

impl Tally {
    pub fn take(&self) -> Vec<HandoffReason> {
        std::mem::take(&mut self.0.lock().expect("a lock"))
    }
}

impl HandoffTally for Tally {
    fn handed_off(&self, reason: HandoffReason) {
        self.0.lock().expect("a lock").push(reason);
    }
}

impl World {
    pub fn create_user(&self) -> CreateUser {
        CreateUser::new(
            self.users.clone(),
            self.hasher.clone(),
            self.clock.clone(),
            self.ids.clone(),
        )
    }

    pub fn log_in(&self) -> LogIn {
        LogIn::new(LogInParts {
            users: self.users.clone(),
            sessions: self.users.clone(),
            hasher: self.hasher.clone(),
            tokens: self.tokens.clone(),
            opaque_tokens: self.opaque_tokens.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
        })
    }

    pub fn list_tickets(&self) -> ListTickets {
        ListTickets::new(self.tickets.clone())
    }

    pub fn show_ticket(&self) -> ShowTicket {
        ShowTicket::new(self.tickets.clone())
    }

    pub fn list_messages(&self) -> ListMessages {
        ListMessages::new(self.tickets.clone(), self.tickets.clone())
    }

    pub fn create_ticket(&self) -> CreateTicket {
        CreateTicket::new(
            self.tickets.clone(),
            self.tickets.clone(),
            self.opaque_tokens.clone(),
            self.clock.clone(),
            self.ids.clone(),
        )
    }

    pub fn send_message(&self) -> SendMessage {
        SendMessage::new(SendMessageParts {
            tickets: self.tickets.clone(),
            messages: self.tickets.clone(),
            keyed: self.tickets.clone(),
            digests: self.opaque_tokens.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            tally: self.tally.clone(),
        })
    }

    pub fn hand_off(&self) -> HandOffTicket {
        HandOffTicket::new(self.tickets.clone(), self.clock.clone()).with_tally(self.tally.clone())
    }

    pub fn update_ticket(&self) -> UpdateTicket {
        UpdateTicket::new(self.tickets.clone(), self.users.clone(), self.clock.clone())
            .with_tally(self.tally.clone())
    }

    pub fn rate_message(&self) -> RateMessage {
        RateMessage::new(
            self.tickets.clone(),
            self.tickets.clone(),
            self.clock.clone(),
        )
    }

    pub async fn try_sign_up(&self, email: &str, role: Role) -> Result<User, CreateUserError> {
        let email = Email::parse(email).expect("the test's address should be one");
        let password = Password::parse(PASSWORD).expect("it is long enough");
        self.create_user().execute(email, password, role).await
    }

    pub async fn sign_up(&self, email: &str) -> User {
        let user = self.try_sign_up(email, Role::User).await;
        user.expect("signing up should work")
    }

    /// Somebody who acts; no account is needed for that.
    pub fn somebody(&self, role: Role) -> Actor {
        Actor {
            id: UserId::from_uuid(self.ids.generate()),
            role,
        }
    }

    pub async fn open_ticket(&self, owner: Actor) -> Ticket {
        self.open(owner, new_ticket("Refund", "How long does it take?"))
            .await
    }

    pub async fn open(&self, owner: Actor, new: NewTicket) -> Ticket {
        match self.create_ticket().execute(owner, new, None).await {
            Ok(Made::Now(ticket)) => ticket,
            other => panic!("opening a ticket should work: {other:?}"),
        }
    }

    pub async fn try_send(
        &self,
        actor: Actor,
        ticket: TicketId,
        text: &str,
        visibility: Visibility,
    ) -> Result<Message, SendMessageError> {
        let text = MessageText::parse(text).expect("the test's text should be valid");
        let draft = Draft { text, visibility };
        let made = self
            .send_message()
            .execute(actor, ticket, draft, None)
            .await?;
        match made {
            Made::Now(message) | Made::Before(message) => Ok(message),
        }
    }

    pub async fn send(&self, actor: Actor, ticket: TicketId, text: &str) -> Message {
        let message = self.try_send(actor, ticket, text, Visibility::Public).await;
        message.expect("sending should work")
    }

    pub async fn note(&self, actor: Actor, ticket: TicketId, text: &str) -> Message {
        let note = self
            .try_send(actor, ticket, text, Visibility::Internal)
            .await;
        note.expect("writing a note should work")
    }

    pub async fn find_ticket(&self, id: TicketId) -> Ticket {
        let found = domain::ports::TicketRepository::find(self.tickets.as_ref(), id).await;
        found
            .expect("the fake should work")
            .expect("the ticket should exist")
    }

    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.clock.now()
    }
}

pub fn new_ticket(title: &str, description: &str) -> NewTicket {
    NewTicket {
        title: Title::parse(title).expect("the test's title should be valid"),
        description: Description::parse(description).expect("the test's text should be valid"),
        category: Some(Category::parse("billing").expect("it is a slug")),
        priority: Priority::High,
    }
}
