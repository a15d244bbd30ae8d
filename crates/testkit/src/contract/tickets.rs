//! The contract of [`TicketRepository`](domain::ports::TicketRepository).

use std::sync::Arc;

use domain::handoff::{Handoff, HandoffReason};
use domain::ids::{TicketId, UserId};
use domain::ports::{ChangeTicketError, RepositoryError};
use domain::ticket::{
    Description, ExpectedVersion, Priority, Setting, Tags, Ticket, TicketChange, TicketFilter,
    TicketRefusal, TicketStatus, TicketUpdate, Title,
};
use domain::user::{Actor, Role};
use tokio::task::JoinSet;

use super::TicketStores;
use super::fixtures::{EMOJI, MANY, at, category, note, open_ticket, uuid};

/// One test for each promise of `TicketRepository`, over an expression that gives fresh
/// [`TicketStores`].
#[macro_export]
macro_rules! ticket_repository_contract {
    ($stores:expr) => {
        $crate::contract_cases!(
            tickets,
            $stores,
            [
                every_field_of_a_ticket_comes_back,
                times_of_tickets_are_exact_to_the_microsecond,
                the_longest_texts_with_emoji_are_kept,
                an_unknown_ticket_is_none,
                a_ticket_id_that_exists_conflicts_and_leaves_nothing_behind,
                many_tickets_at_once_are_all_kept,
                a_change_is_stored_and_returned,
                a_change_that_changes_nothing_is_not_stored,
                an_unknown_ticket_is_not_changed,
                many_changes_at_once_are_all_kept,
                an_update_changes_all_its_fields_at_once,
                a_refused_update_changes_nothing,
                of_updates_of_one_version_at_once_one_is_done,
            ]
        );
        $crate::ticket_list_contract!($stores);
        $crate::ticket_search_contract!($stores);
    };
}

pub async fn every_field_of_a_ticket_comes_back(stores: TicketStores) {
    let agent = stores.user(Role::Agent).await;
    let priorities = [
        Priority::Low,
        Priority::Normal,
        Priority::High,
        Priority::Urgent,
    ];
    for (status, priority) in TicketStatus::ALL.into_iter().zip(priorities) {
        let bare = open_ticket(stores.user(Role::User).await);
        let given = stores
            .stored(Ticket {
                category: Some(category("billing-2")),
                priority,
                tags: Tags::parse(["vip", "refund-2"]).expect("tags"),
                status,
                assignee_id: Some(agent),
                assistant_enabled: false,
                handoff: Some(Handoff {
                    reason: HandoffReason::Turns,
                    at: at(66),
                }),
                turns: 6,
                updated_at: at(77),
                version: 9,
                ..bare
            })
            .await;
        assert_eq!(stores.found(given.id).await, given);
    }
    let bare = stores.ticket().await;
    assert_eq!(stores.found(bare.id).await, bare);
}

pub async fn times_of_tickets_are_exact_to_the_microsecond(stores: TicketStores) {
    let user_id = stores.user(Role::User).await;
    for micros in [0, 1, 999_999] {
        let given = stores
            .stored(Ticket {
                created_at: at(micros),
                updated_at: at(micros + 1),
                ..open_ticket(user_id)
            })
            .await;
        assert_eq!(stores.found(given.id).await, given);
    }
}

pub async fn the_longest_texts_with_emoji_are_kept(stores: TicketStores) {
    let bare = open_ticket(stores.user(Role::User).await);
    let description = format!("  \r\n{}", EMOJI.repeat(Description::MAX_CHARS - 4));
    let given = stores
        .stored(Ticket {
            title: Title::parse(EMOJI.repeat(Title::MAX_CHARS)).expect("a title"),
            description: Description::parse(description).expect("a description"),
            category: Some(category(&"c".repeat(64))),
            ..bare
        })
        .await;
    assert_eq!(stores.found(given.id).await, given);
}

pub async fn an_unknown_ticket_is_none(stores: TicketStores) {
    stores.ticket().await;
    let found = stores.tickets.find(TicketId::from_uuid(uuid())).await;
    assert_eq!(found.expect("read"), None);
}

pub async fn a_ticket_id_that_exists_conflicts_and_leaves_nothing_behind(stores: TicketStores) {
    let first = stores.ticket().await;
    let second = Ticket {
        id: first.id,
        title: Title::parse("Another").expect("a title"),
        ..open_ticket(stores.user(Role::User).await)
    };
    let refusal = stores.tickets.insert(&second).await;
    assert!(matches!(refusal, Err(RepositoryError::Conflict)));
    assert_eq!(stores.listed(&TicketFilter::default()).await, [first]);
}

pub async fn many_tickets_at_once_are_all_kept(stores: TicketStores) {
    let user_id = stores.user(Role::User).await;
    let mut creations = JoinSet::new();
    for _ in 0..MANY {
        let tickets = Arc::clone(&stores.tickets);
        let ticket = open_ticket(user_id);
        creations.spawn(async move {
            tickets.insert(&ticket).await.expect("stored");
            ticket
        });
    }
    for given in creations.join_all().await {
        assert_eq!(stores.found(given.id).await, given);
    }
}

pub async fn a_change_is_stored_and_returned(stores: TicketStores) {
    let ticket = stores.ticket().await;
    let changed = stores
        .tickets
        .change(ticket.id, handoff(&ticket), at(50))
        .await
        .expect("changed");
    let expected = Ticket {
        assistant_enabled: false,
        handoff: Some(Handoff {
            reason: HandoffReason::Customer,
            at: at(50),
        }),
        updated_at: at(50),
        version: 2,
        ..ticket
    };
    assert_eq!(changed, expected);
    assert_eq!(stores.found(expected.id).await, expected);
}

pub async fn a_change_that_changes_nothing_is_not_stored(stores: TicketStores) {
    let ticket = stores.ticket().await;
    let change = handoff(&ticket);
    let first = stores
        .tickets
        .change(ticket.id, change.clone(), at(50))
        .await;
    let second = stores.tickets.change(ticket.id, change, at(60)).await;
    let first = first.expect("changed");
    assert_eq!(second.expect("answered"), first);
    assert_eq!(stores.found(ticket.id).await, first);
}

pub async fn an_unknown_ticket_is_not_changed(stores: TicketStores) {
    let ticket = stores.ticket().await;
    let unknown = TicketId::from_uuid(uuid());
    let refusal = stores
        .tickets
        .change(unknown, handoff(&ticket), at(50))
        .await;
    assert!(matches!(refusal, Err(ChangeTicketError::NotFound)));
    assert_eq!(stores.found(ticket.id).await, ticket);
}

pub async fn many_changes_at_once_are_all_kept(stores: TicketStores) {
    let ticket = stores.ticket().await;
    let agent = stores.user(Role::Agent).await;
    let mut changes = JoinSet::new();
    for number in 1..MANY {
        let messages = Arc::clone(&stores.messages);
        let message = note(&ticket, agent, &format!("note {number}"));
        changes.spawn(async move {
            messages.append(message).await.expect("appended");
        });
    }
    let tickets = Arc::clone(&stores.tickets);
    let (id, change) = (ticket.id, handoff(&ticket));
    changes.spawn(async move {
        tickets.change(id, change, at(50)).await.expect("changed");
    });
    changes.join_all().await;

    let found = stores.found(ticket.id).await;
    assert!(!found.assistant_enabled);
    assert_eq!(
        found.version,
        ticket.version + i64::try_from(MANY).expect("a small number")
    );
}

pub async fn an_update_changes_all_its_fields_at_once(stores: TicketStores) {
    let ticket = stores.ticket().await;
    let agent = stores.user(Role::Agent).await;
    let tags = Tags::parse(["vip"]).expect("tags");
    let update = TicketUpdate {
        status: Some(TicketStatus::Resolved),
        title: Some(Title::parse("Renamed").expect("a title")),
        priority: Some(Priority::Urgent),
        category: Setting::Set(category("billing")),
        tags: Some(tags.clone()),
        assignee_id: Setting::Set(agent),
        assistant_enabled: Some(false),
    };
    let expected = Ticket {
        status: TicketStatus::Resolved,
        title: Title::parse("Renamed").expect("a title"),
        priority: Priority::Urgent,
        category: Some(category("billing")),
        tags,
        assignee_id: Some(agent),
        assistant_enabled: false,
        handoff: Some(Handoff {
            reason: HandoffReason::Agent,
            at: at(50),
        }),
        updated_at: at(50),
        version: 2,
        ..ticket
    };
    let change = of_version(agent, update, 1);
    let changed = stores.tickets.change(expected.id, change, at(50)).await;
    assert_eq!(changed.expect("changed"), expected);
    assert_eq!(stores.found(expected.id).await, expected);

    let cleared = TicketUpdate {
        category: Setting::Clear,
        tags: Some(Tags::default()),
        assignee_id: Setting::Clear,
        ..TicketUpdate::default()
    };
    let change = of_version(agent, cleared, 2);
    let changed = stores.tickets.change(expected.id, change, at(60)).await;
    let bare = Ticket {
        category: None,
        tags: Tags::default(),
        assignee_id: None,
        updated_at: at(60),
        version: 3,
        ..expected
    };
    assert_eq!(changed.expect("changed"), bare);
    assert_eq!(stores.found(bare.id).await, bare);
}

pub async fn a_refused_update_changes_nothing(stores: TicketStores) {
    let ticket = stores.ticket().await;
    let agent = stores.user(Role::Agent).await;
    let update = |status| TicketUpdate {
        priority: Some(Priority::Urgent),
        status: Some(status),
        ..TicketUpdate::default()
    };
    let refused = [
        (of_version(agent, update(TicketStatus::Pending), 1), false),
        (of_version(agent, update(TicketStatus::Closed), 2), true),
    ];
    for (change, is_of_another_version) in refused {
        let refusal = stores.tickets.change(ticket.id, change, at(50)).await;
        let Err(ChangeTicketError::Refused(refusal)) = refusal else {
            panic!("not refused: {refusal:?}");
        };
        let is_mismatch = refusal == TicketRefusal::VersionMismatch;
        assert_eq!(is_mismatch, is_of_another_version);
        assert_eq!(stores.found(ticket.id).await, ticket);
    }
}

pub async fn of_updates_of_one_version_at_once_one_is_done(stores: TicketStores) {
    let ticket = stores.ticket().await;
    let agent = stores.user(Role::Agent).await;
    let mut changes = JoinSet::new();
    for number in 0..MANY {
        let tickets = Arc::clone(&stores.tickets);
        let update = TicketUpdate {
            title: Some(Title::parse(number.to_string()).expect("a title")),
            ..TicketUpdate::default()
        };
        let (id, change) = (ticket.id, of_version(agent, update, 1));
        changes.spawn(async move { tickets.change(id, change, at(50)).await });
    }
    let outcomes = changes.join_all().await;
    let done: Vec<_> = outcomes.into_iter().filter_map(Result::ok).collect();
    assert_eq!(done.len(), 1);
    assert_eq!(done.first(), Some(&stores.found(ticket.id).await));
}

fn of_version(agent: UserId, update: TicketUpdate, version: i64) -> TicketChange {
    TicketChange::Update {
        by: Actor {
            id: agent,
            role: Role::Agent,
        },
        update,
        expected: ExpectedVersion::OneOf(vec![version]),
    }
}

fn handoff(ticket: &Ticket) -> TicketChange {
    TicketChange::HandOff { by: ticket.user_id }
}
