use domain::ids::TicketId;
use domain::message::{Author, Visibility};
use domain::page::PageLimit;
use domain::ports::IdGenerator;
use domain::reply::{CancelReason, CancelledBy};
use domain::ticket::{TicketRefusal, TicketStatus};
use domain::use_cases::{AccessError, SendMessageError};
use domain::user::{Actor, Role};
use testkit::fakes::Cancellation;

use crate::world::World;

impl World {
    async fn contents(&self, actor: Actor, ticket: TicketId) -> Vec<String> {
        let page = self
            .list_messages()
            .execute(actor, ticket, None, PageLimit::MAX)
            .await
            .expect("listing should work");
        page.items
            .into_iter()
            .map(|message| message.content)
            .collect()
    }

    async fn put_status(&self, ticket: TicketId, status: TicketStatus) {
        let mut ticket = self.find_ticket(ticket).await;
        ticket.status = status;
        self.tickets.put_ticket(ticket);
    }
}

#[tokio::test]
async fn a_customers_message_reopens_the_ticket_and_supersedes_a_running_reply() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let ticket = world.open_ticket(ada).await.id;
    world.put_status(ticket, TicketStatus::Resolved).await;
    let message = world.send(ada, ticket, "One more thing").await;
    assert_eq!(message.author, Author::Customer(ada.id));
    assert_eq!((message.position, message.created_at), (1, world.now()));
    let after = world.find_ticket(ticket).await;
    assert_eq!((after.status, after.version), (TicketStatus::Open, 2));
    assert_eq!(
        world.tickets.cancellations(),
        [Cancellation {
            ticket_id: ticket,
            reason: CancelReason::Superseded,
            by: CancelledBy::Customer,
        }]
    );
}

#[tokio::test]
async fn an_agents_answer_switches_the_assistant_off() {
    let world = World::default();
    let (ada, agent) = (world.somebody(Role::User), world.somebody(Role::Agent));
    let ticket = world.open_ticket(ada).await.id;
    let answer = world.send(agent, ticket, "Three days.").await;
    assert_eq!(answer.author, Author::Agent(agent.id));
    let after = world.find_ticket(ticket).await;
    assert_eq!(after.status, TicketStatus::Pending);
    assert!(!after.assistant_enabled);
}

#[tokio::test]
async fn staff_write_as_the_customer_on_their_own_ticket() {
    let world = World::default();
    for role in [Role::Agent, Role::Admin] {
        let owner = world.somebody(role);
        let ticket = world.open_ticket(owner).await.id;
        let message = world.send(owner, ticket, "My own parcel is late.").await;
        assert_eq!(message.author, Author::Customer(owner.id));
        assert!(world.find_ticket(ticket).await.assistant_enabled);
    }
}

#[tokio::test]
async fn customers_write_no_internal_notes() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let ticket = world.open_ticket(ada).await.id;
    let refused = world
        .try_send(ada, ticket, "psst", Visibility::Internal)
        .await;
    assert!(matches!(
        refused,
        Err(SendMessageError::InternalNotesAreForStaff)
    ));
    assert!(world.tickets.messages().is_empty());
}

#[tokio::test]
async fn staff_write_no_internal_notes_where_they_are_the_customer() {
    let world = World::default();
    let agent = world.somebody(Role::Agent);
    let ticket = world.open_ticket(agent).await.id;
    let refused = world
        .try_send(agent, ticket, "psst", Visibility::Internal)
        .await;
    assert!(matches!(
        refused,
        Err(SendMessageError::InternalNotesAreForStaff)
    ));
}

#[tokio::test]
async fn internal_notes_are_listed_for_staff_only() {
    let world = World::default();
    let (ada, agent) = (world.somebody(Role::User), world.somebody(Role::Agent));
    let ticket = world.open_ticket(ada).await.id;
    world.send(ada, ticket, "Hello?").await;
    world.note(agent, ticket, "A regular.").await;
    world.send(agent, ticket, "Hello!").await;
    let staff_sees = ["Hello?", "A regular.", "Hello!"];
    assert_eq!(world.contents(agent, ticket).await, staff_sees);
    assert_eq!(world.contents(ada, ticket).await, ["Hello?", "Hello!"]);
}

#[tokio::test]
async fn pages_of_messages_continue_behind_a_position() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let ticket = world.open_ticket(ada).await.id;
    for text in ["1", "2", "3"] {
        world.send(ada, ticket, text).await;
    }
    let limit = PageLimit::clamped(2).unwrap();
    let list = world.list_messages();
    let first = list.execute(ada, ticket, None, limit).await.unwrap();
    let second = list.execute(ada, ticket, first.next, limit).await.unwrap();
    assert_eq!((first.items.len(), first.next), (2, Some(2)));
    assert_eq!((second.items.len(), second.next), (1, None));
}

#[tokio::test]
async fn a_closed_ticket_takes_no_message_from_its_customer() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let ticket = world.open_ticket(ada).await.id;
    world.put_status(ticket, TicketStatus::Closed).await;
    let refused = world
        .try_send(ada, ticket, "Hello?", Visibility::Public)
        .await;
    assert!(matches!(
        refused,
        Err(SendMessageError::Refused(TicketRefusal::Closed))
    ));
    assert!(world.tickets.messages().is_empty());
}

#[tokio::test]
async fn another_customers_ticket_takes_and_shows_nothing_and_looks_missing() {
    let world = World::default();
    let (ada, bob) = (world.somebody(Role::User), world.somebody(Role::User));
    let hers = world.open_ticket(ada).await.id;
    world.put_status(hers, TicketStatus::Closed).await;
    let nobodys = TicketId::from_uuid(world.ids.generate());
    for ticket in [hers, nobodys] {
        for visibility in [Visibility::Public, Visibility::Internal] {
            let sent = world.try_send(bob, ticket, "Hello?", visibility).await;
            assert!(matches!(sent, Err(SendMessageError::NotFound)));
        }
        let list = world.list_messages();
        let listed = list.execute(bob, ticket, None, PageLimit::MAX).await;
        assert!(matches!(listed, Err(AccessError::NotFound)));
    }
    assert!(world.tickets.messages().is_empty());
}
