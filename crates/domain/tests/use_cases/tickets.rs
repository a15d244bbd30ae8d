use std::time::Duration;

use domain::ids::TicketId;
use domain::page::PageLimit;
use domain::ports::IdGenerator;
use domain::ticket::{AssigneeFilter, Ticket, TicketFilter, TicketOrder, TicketStatus};
use domain::use_cases::{AccessError, ListTicketsError};
use domain::user::{Actor, Role};

use crate::world::{World, new_ticket};

impl World {
    async fn list(&self, actor: Actor, filter: TicketFilter) -> Vec<TicketId> {
        let page = self
            .list_tickets()
            .execute(actor, filter, TicketOrder::default(), PageLimit::MAX)
            .await
            .expect("listing should work");
        page.items.iter().map(|ticket| ticket.id).collect()
    }
}

fn of(owner: Actor) -> TicketFilter {
    TicketFilter {
        user_id: Some(owner.id),
        ..TicketFilter::default()
    }
}

#[tokio::test]
async fn a_new_ticket_is_open_and_keeps_what_its_customer_gave() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let new = new_ticket("Refund", "How long?");
    let ticket = world.open(ada, new.clone()).await;
    assert_eq!(ticket, Ticket::open(ticket.id, ada.id, new, world.now()));
    assert_eq!(ticket.status, TicketStatus::Open);
    assert!(ticket.assistant_enabled);
    assert_eq!(world.find_ticket(ticket.id).await, ticket);
}

#[tokio::test]
async fn customers_list_their_own_tickets_only_newest_first() {
    let world = World::default();
    let (ada, bob) = (world.somebody(Role::User), world.somebody(Role::User));
    let older = world.open_ticket(ada).await.id;
    world.open_ticket(bob).await;
    world.clock.advance(Duration::from_micros(1));
    let newer = world.open_ticket(ada).await.id;
    assert_eq!(
        world.list(ada, TicketFilter::default()).await,
        [newer, older]
    );
    assert_eq!(world.list(ada, of(ada)).await, [newer, older]);
}

#[tokio::test]
async fn customers_may_not_ask_for_other_peoples_tickets() {
    let world = World::default();
    let (ada, bob) = (world.somebody(Role::User), world.somebody(Role::User));
    let refused = world
        .list_tickets()
        .execute(ada, of(bob), TicketOrder::default(), PageLimit::MAX)
        .await;
    assert!(matches!(refused, Err(ListTicketsError::Forbidden)));
}

#[tokio::test]
async fn only_staff_list_tickets_by_who_is_in_charge() {
    let world = World::default();
    let (ada, agent) = (world.somebody(Role::User), world.somebody(Role::Agent));
    let ticket = world.open_ticket(ada).await.id;
    let filter = TicketFilter {
        assignee: Some(AssigneeFilter::Nobody),
        ..TicketFilter::default()
    };
    assert_eq!(world.list(agent, filter.clone()).await, [ticket]);
    let refused = world
        .list_tickets()
        .execute(ada, filter, TicketOrder::default(), PageLimit::MAX)
        .await;
    assert!(matches!(refused, Err(ListTicketsError::AssigneeIsForStaff)));
}

#[tokio::test]
async fn staff_list_everybodys_tickets_or_one_customers() {
    let world = World::default();
    let (ada, bob) = (world.somebody(Role::User), world.somebody(Role::User));
    let (first, second) = (
        world.open_ticket(ada).await.id,
        world.open_ticket(bob).await.id,
    );
    for role in [Role::Agent, Role::Admin] {
        let staff = world.somebody(role);
        assert_eq!(
            world.list(staff, TicketFilter::default()).await,
            [second, first]
        );
        assert_eq!(world.list(staff, of(ada)).await, [first]);
        assert!(world.list(staff, of(staff)).await.is_empty());
    }
}

#[tokio::test]
async fn pages_follow_each_other_while_tickets_are_added() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let mut opened = Vec::new();
    for _ in 0..3 {
        opened.push(world.open_ticket(ada).await.id);
    }
    let limit = PageLimit::clamped(2).unwrap();
    let list = world.list_tickets();
    let first = list
        .execute(ada, TicketFilter::default(), TicketOrder::default(), limit)
        .await
        .unwrap();
    world.open_ticket(ada).await;
    let second = list
        .execute(ada, TicketFilter::default(), first.next.unwrap(), limit)
        .await
        .unwrap();
    let seen: Vec<_> = first
        .items
        .iter()
        .chain(&second.items)
        .map(|t| t.id)
        .collect();
    opened.reverse();
    assert_eq!(seen, opened);
    assert_eq!(second.next, None);
}

#[tokio::test]
async fn a_status_filter_keeps_to_the_actors_own_tickets() {
    let world = World::default();
    let (ada, bob) = (world.somebody(Role::User), world.somebody(Role::User));
    world.open_ticket(bob).await;
    let open = world.open_ticket(ada).await.id;
    let mut closed = world.open_ticket(ada).await;
    closed.status = TicketStatus::Closed;
    world.tickets.put_ticket(closed.clone());
    for (status, expected) in [
        (TicketStatus::Open, open),
        (TicketStatus::Closed, closed.id),
    ] {
        let filter = TicketFilter {
            status: Some(status),
            ..TicketFilter::default()
        };
        assert_eq!(world.list(ada, filter).await, [expected]);
    }
}

#[tokio::test]
async fn a_ticket_is_shown_with_its_first_messages_to_owner_and_staff() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let agent = world.somebody(Role::Agent);
    let ticket = world.open_ticket(ada).await.id;
    world.send(ada, ticket, "Hello?").await;
    world.note(agent, ticket, "A regular.").await;
    for (actor, messages) in [(ada, 1), (agent, 2)] {
        let view = world.show_ticket().execute(actor, ticket).await.unwrap();
        assert_eq!(view.ticket, world.find_ticket(ticket).await);
        assert_eq!(view.messages.items.len(), messages);
    }
}

#[tokio::test]
async fn another_customers_ticket_looks_like_one_that_does_not_exist() {
    let world = World::default();
    let (ada, bob) = (world.somebody(Role::User), world.somebody(Role::User));
    let hers = world.open_ticket(ada).await.id;
    let nobodys = TicketId::from_uuid(world.ids.generate());
    for ticket in [hers, nobodys] {
        let refused = world.show_ticket().execute(bob, ticket).await;
        assert!(matches!(refused, Err(AccessError::NotFound)));
    }
}
