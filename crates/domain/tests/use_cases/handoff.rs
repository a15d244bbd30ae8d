use std::time::Duration;

use domain::handoff::HandoffReason;
use domain::ids::TicketId;
use domain::ports::{IdGenerator, RepositoryError};
use domain::reply::{CancelReason, CancelledBy};
use domain::ticket::{ExpectedVersion, TicketUpdate};
use domain::use_cases::HandOffError;
use domain::user::Role;

use crate::world::World;

#[tokio::test]
async fn handing_off_switches_the_assistant_off_and_cancels_a_running_reply() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let agent = world.somebody(Role::Agent);
    for (actor, by) in [(ada, CancelledBy::Customer), (agent, CancelledBy::Agent)] {
        let ticket = world.open_ticket(ada).await.id;
        let after = world.hand_off().execute(actor, ticket).await.unwrap();
        assert!(!after.assistant_enabled);
        assert_eq!(after, world.find_ticket(ticket).await);
        let cancellations = world.tickets.cancellations();
        let last = cancellations.last().unwrap();
        assert_eq!(last.ticket_id, ticket);
        assert_eq!((last.reason, last.by), (CancelReason::Handoff, by));
    }
}

#[tokio::test]
async fn handing_off_again_changes_nothing() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let ticket = world.open_ticket(ada).await.id;
    let first = world.hand_off().execute(ada, ticket).await.unwrap();
    world.clock.advance(Duration::from_secs(1));
    let again = world.hand_off().execute(ada, ticket).await.unwrap();
    assert_eq!(again, first);
    assert_eq!(again.version, 2);
}

#[tokio::test]
async fn what_people_hand_off_is_told_once_with_its_reason() {
    let world = World::default();
    let (ada, agent) = (world.somebody(Role::User), world.somebody(Role::Agent));
    let ticket = world.open_ticket(ada).await.id;
    for _ in 0..2 {
        world.hand_off().execute(ada, ticket).await.unwrap();
    }
    world.send(agent, ticket, "I am looking into it.").await;
    assert_eq!(world.tally.take(), [HandoffReason::Customer]);

    let ticket = world.open_ticket(ada).await.id;
    world.send(ada, ticket, "Anybody?").await;
    world.note(agent, ticket, "A regular.").await;
    assert_eq!(world.tally.take(), []);
    for _ in 0..2 {
        world.send(agent, ticket, "I am looking into it.").await;
    }
    assert_eq!(world.tally.take(), [HandoffReason::Agent]);

    for on in [true, false, false] {
        let update = TicketUpdate {
            assistant_enabled: Some(on),
            ..TicketUpdate::default()
        };
        let updating = world.update_ticket();
        let updated = updating.execute(agent, ticket, update, ExpectedVersion::Any);
        updated.await.unwrap();
    }
    assert_eq!(world.tally.take(), [HandoffReason::Agent]);
}

#[tokio::test]
async fn another_customers_ticket_is_not_handed_off_and_looks_missing() {
    let world = World::default();
    let (ada, bob) = (world.somebody(Role::User), world.somebody(Role::User));
    let hers = world.open_ticket(ada).await.id;
    let nobodys = TicketId::from_uuid(world.ids.generate());
    for ticket in [hers, nobodys] {
        let refused = world.hand_off().execute(bob, ticket).await;
        assert!(matches!(refused, Err(HandOffError::NotFound)));
    }
    assert!(world.find_ticket(hers).await.assistant_enabled);
    assert!(world.tickets.cancellations().is_empty());
}

#[tokio::test]
async fn a_store_that_is_away_hands_nothing_off() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let ticket = world.open_ticket(ada).await.id;
    world.tickets.outage().begin();
    let outcome = world.hand_off().execute(ada, ticket).await;
    assert!(matches!(
        outcome,
        Err(HandOffError::Repository(RepositoryError::Unavailable(_)))
    ));
    world.tickets.outage().end();
    assert!(world.find_ticket(ticket).await.assistant_enabled);
}
