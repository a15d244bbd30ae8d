use domain::ids::{TicketId, UserId};
use domain::password::PasswordHash;
use domain::ports::{Credentials, IdGenerator, RepositoryError, UserRepository as _};
use domain::reply::{CancelReason, CancelledBy};
use domain::ticket::{
    ExpectedVersion, Priority, Setting, Tags, Ticket, TicketRefusal, TicketStatus, TicketUpdate,
    Title,
};
use domain::use_cases::UpdateTicketError;
use domain::user::{Actor, Email, Role, User};

use crate::world::World;

impl World {
    async fn update(
        &self,
        actor: Actor,
        id: TicketId,
        update: TicketUpdate,
    ) -> Result<Ticket, UpdateTicketError> {
        self.update_ticket()
            .execute(actor, id, update, ExpectedVersion::Any)
            .await
    }

    /// An account, disabled or not.
    async fn account(&self, role: Role, is_disabled: bool) -> UserId {
        let id = UserId::from_uuid(self.ids.generate());
        let user = User {
            id,
            email: Email::parse(&format!("{}@example.com", id.as_uuid())).expect("an address"),
            role,
            created_at: self.now(),
            disabled_at: is_disabled.then(|| self.now()),
        };
        let credentials = Credentials {
            user,
            password_hash: PasswordHash::new("hash"),
        };
        self.users.insert(&credentials).await.expect("stored");
        id
    }
}

fn to(status: TicketStatus) -> TicketUpdate {
    TicketUpdate {
        status: Some(status),
        ..TicketUpdate::default()
    }
}

#[tokio::test]
async fn a_customer_renames_and_resolves_their_ticket() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let ticket = world.open_ticket(ada).await;
    let update = TicketUpdate {
        title: Some(Title::parse("Parcel").unwrap()),
        ..to(TicketStatus::Resolved)
    };
    let updated = world.update(ada, ticket.id, update).await.unwrap();
    assert_eq!(updated.title.as_str(), "Parcel");
    assert_eq!(updated.status, TicketStatus::Resolved);
    assert_eq!(updated.version, 2);
    assert_eq!(world.find_ticket(ticket.id).await, updated);
    assert!(world.tickets.cancellations().is_empty());
}

#[tokio::test]
async fn customers_change_no_field_that_is_for_staff() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let ticket = world.open_ticket(ada).await;
    let any = TicketUpdate::default;
    let updates = [
        (
            "tags",
            TicketUpdate {
                tags: Some(Tags::default()),
                ..any()
            },
        ),
        (
            "assignee_id",
            TicketUpdate {
                assignee_id: Setting::Clear,
                ..any()
            },
        ),
        (
            "assistant_enabled",
            TicketUpdate {
                assistant_enabled: Some(false),
                ..any()
            },
        ),
    ];
    for (field, update) in updates {
        let update = TicketUpdate {
            title: Some(Title::parse("Parcel").unwrap()),
            ..update
        };
        let refused = world.update(ada, ticket.id, update).await;
        let Err(UpdateTicketError::FieldIsForStaff(named)) = refused else {
            panic!("{field}: {refused:?}");
        };
        assert_eq!(named, field);
    }
    assert_eq!(world.find_ticket(ticket.id).await, ticket);
}

#[tokio::test]
async fn customers_neither_close_nor_reopen() {
    let world = World::default();
    let (ada, agent) = (world.somebody(Role::User), world.somebody(Role::Agent));
    let ticket = world.open_ticket(ada).await.id;
    for (status, refused) in [
        (TicketStatus::Closed, TicketStatus::Open),
        (TicketStatus::Open, TicketStatus::Closed),
    ] {
        let refusal = world.update(ada, ticket, to(status)).await;
        assert!(matches!(
            refusal,
            Err(UpdateTicketError::Refused(TicketRefusal::MoveIsForStaff(_)))
        ));
        assert_eq!(world.find_ticket(ticket).await.status, refused);
        world.update(agent, ticket, to(status)).await.unwrap();
    }
}

#[tokio::test]
async fn staff_hand_a_ticket_back_to_the_assistant() {
    let world = World::default();
    let (ada, agent) = (world.somebody(Role::User), world.somebody(Role::Agent));
    let ticket = world.open_ticket(ada).await.id;
    world.hand_off().execute(ada, ticket).await.unwrap();
    let update = TicketUpdate {
        assistant_enabled: Some(true),
        ..TicketUpdate::default()
    };
    let updated = world.update(agent, ticket, update).await.unwrap();
    assert!(updated.assistant_enabled);
    assert_eq!(world.find_ticket(ticket).await, updated);
}

#[tokio::test]
async fn closing_a_ticket_cancels_its_running_reply() {
    let world = World::default();
    let (ada, agent) = (world.somebody(Role::User), world.somebody(Role::Agent));
    let ticket = world.open_ticket(ada).await.id;
    let closed = world.update(agent, ticket, to(TicketStatus::Closed)).await;
    assert_eq!(closed.unwrap().status, TicketStatus::Closed);
    let cancellations = world.tickets.cancellations();
    let [cancelled] = cancellations.as_slice() else {
        panic!("{cancellations:?}");
    };
    assert_eq!(cancelled.ticket_id, ticket);
    assert_eq!(
        (cancelled.reason, cancelled.by),
        (CancelReason::Closed, CancelledBy::Agent)
    );
}

#[tokio::test]
async fn only_staff_whose_account_works_are_put_in_charge() {
    let world = World::default();
    let (ada, agent) = (world.somebody(Role::User), world.somebody(Role::Agent));
    let ticket = world.open_ticket(ada).await;
    let assign = |id| TicketUpdate {
        assignee_id: Setting::Set(id),
        ..TicketUpdate::default()
    };
    for id in [
        UserId::from_uuid(world.ids.generate()),
        world.account(Role::User, false).await,
        world.account(Role::Agent, true).await,
    ] {
        let refused = world.update(agent, ticket.id, assign(id)).await;
        assert!(matches!(refused, Err(UpdateTicketError::NoSuchAgent)));
    }
    assert_eq!(world.find_ticket(ticket.id).await, ticket);
    for role in [Role::Agent, Role::Admin] {
        let id = world.account(role, false).await;
        let updated = world.update(agent, ticket.id, assign(id)).await.unwrap();
        assert_eq!(updated.assignee_id, Some(id));
    }
    let clear = TicketUpdate {
        assignee_id: Setting::Clear,
        ..TicketUpdate::default()
    };
    let updated = world.update(agent, ticket.id, clear).await.unwrap();
    assert_eq!(updated.assignee_id, None);
}

#[tokio::test]
async fn what_changes_nothing_raises_no_version() {
    let world = World::default();
    let agent = world.somebody(Role::Agent);
    let ticket = world.open_ticket(world.somebody(Role::User)).await;
    let same = TicketUpdate {
        title: Some(ticket.title.clone()),
        ..to(ticket.status)
    };
    for update in [TicketUpdate::default(), same] {
        let answered = world.update(agent, ticket.id, update).await.unwrap();
        assert_eq!(answered, ticket);
    }
    assert_eq!(world.find_ticket(ticket.id).await, ticket);
}

#[tokio::test]
async fn a_ticket_that_has_changed_meanwhile_is_left_alone() {
    let world = World::default();
    let (ada, agent) = (world.somebody(Role::User), world.somebody(Role::Agent));
    let ticket = world.open_ticket(ada).await.id;
    world.send(ada, ticket, "One more thing.").await;
    let update = |versions: &[i64]| {
        let expected = ExpectedVersion::OneOf(versions.to_vec());
        let update = to(TicketStatus::Closed);
        let use_case = world.update_ticket();
        async move { use_case.execute(agent, ticket, update, expected).await }
    };
    let refused = update(&[1]).await;
    assert!(matches!(
        refused,
        Err(UpdateTicketError::Refused(TicketRefusal::VersionMismatch))
    ));
    assert_eq!(world.find_ticket(ticket).await.status, TicketStatus::Open);
    assert_eq!(update(&[1, 2]).await.unwrap().version, 3);
}

#[tokio::test]
async fn another_customers_ticket_is_not_updated_and_looks_missing() {
    let world = World::default();
    let (ada, bob) = (world.somebody(Role::User), world.somebody(Role::User));
    let hers = world.open_ticket(ada).await.id;
    let nobodys = TicketId::from_uuid(world.ids.generate());
    let update = TicketUpdate {
        priority: Some(Priority::Low),
        ..TicketUpdate::default()
    };
    for ticket in [hers, nobodys] {
        let refused = world.update(bob, ticket, update.clone()).await;
        assert!(matches!(refused, Err(UpdateTicketError::NotFound)));
    }
}

#[tokio::test]
async fn a_store_that_is_away_updates_nothing() {
    let world = World::default();
    let agent = world.somebody(Role::Agent);
    let ticket = world.open_ticket(world.somebody(Role::User)).await.id;
    world.tickets.outage().begin();
    let outcome = world.update(agent, ticket, to(TicketStatus::Closed)).await;
    assert!(matches!(
        outcome,
        Err(UpdateTicketError::Repository(RepositoryError::Unavailable(
            _
        )))
    ));
}
