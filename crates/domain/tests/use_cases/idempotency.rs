use std::time::Duration;

use domain::idempotency::{IdempotencyKey, KeyedRequest, Made};
use domain::message::{Message, MessageText, Visibility};
use domain::ticket::Ticket;
use domain::use_cases::{CreateTicketError, Draft, SendMessageError};
use domain::user::{Actor, Role};

use crate::world::{World, new_ticket};

fn keyed(key: &str, text: &str) -> Option<KeyedRequest> {
    Some(KeyedRequest {
        key: IdempotencyKey::parse(key).expect("a key"),
        text: text.to_owned(),
    })
}

impl World {
    async fn create(&self, actor: Actor, key: &str) -> Made<Ticket> {
        let new = new_ticket("Refund", "How long does it take?");
        let create = self.create_ticket();
        let made = create.execute(actor, new, keyed(key, "a")).await;
        made.expect("a ticket")
    }

    async fn say(
        &self,
        actor: Actor,
        ticket: &Ticket,
        keyed: Option<KeyedRequest>,
    ) -> Result<Made<Message>, SendMessageError> {
        let draft = Draft {
            text: MessageText::parse("Where is it?").expect("a text"),
            visibility: Visibility::Public,
        };
        let send = self.send_message();
        send.execute(actor, ticket.id, draft, keyed).await
    }
}

#[tokio::test]
async fn a_repeated_request_gives_the_ticket_as_it_was_opened() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let Made::Now(ticket) = world.create(ada, "key").await else {
        panic!("it is new")
    };
    world.clock.advance(Duration::from_secs(9));
    world.send(ada, ticket.id, "Hello?").await;
    assert_ne!(world.find_ticket(ticket.id).await, ticket);
    assert_eq!(world.create(ada, "key").await, Made::Before(ticket.clone()));

    assert!(matches!(world.create(ada, "other").await, Made::Now(_)));
    let bob = world.somebody(Role::User);
    assert!(matches!(world.create(bob, "key").await, Made::Now(_)));
}

#[tokio::test]
async fn a_repeated_message_is_the_first_one() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let ticket = world.open_ticket(ada).await;
    let first = world.say(ada, &ticket, keyed("key", "a")).await.unwrap();
    let Made::Now(message) = first else {
        panic!("it is new")
    };
    let again = world.say(ada, &ticket, keyed("key", "a")).await.unwrap();
    assert_eq!(again, Made::Before(message));
    assert_eq!(world.tickets.messages().len(), 1);
}

#[tokio::test]
async fn a_key_means_one_request() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let ticket = world.open_ticket(ada).await;
    world.create(ada, "key").await;
    let new = new_ticket("Refund", "How?");
    let create = world.create_ticket();
    let other = create.execute(ada, new, keyed("key", "b")).await;
    assert!(matches!(other, Err(CreateTicketError::KeyReused(_))));
    let message = world.say(ada, &ticket, keyed("key", "b")).await;
    assert!(matches!(message, Err(SendMessageError::KeyReused(_))));
    assert!(world.tickets.messages().is_empty());
}

#[tokio::test]
async fn a_key_gives_no_access() {
    let world = World::default();
    let (ada, bob) = (world.somebody(Role::User), world.somebody(Role::User));
    let ticket = world.open_ticket(ada).await;
    world.say(ada, &ticket, keyed("key", "a")).await.unwrap();
    let refused = world.say(bob, &ticket, keyed("key", "a")).await;
    assert!(matches!(refused, Err(SendMessageError::NotFound)));
}
