//! The contract of [`TicketRepository`](domain::ports::TicketRepository).

use std::sync::Arc;

use domain::ids::TicketId;
use domain::page::PageLimit;
use domain::ports::{ChangeTicketError, RepositoryError};
use domain::ticket::{
    Description, Priority, Ticket, TicketChange, TicketCursor, TicketFilter, TicketStatus, Title,
};
use domain::user::Role;
use tokio::task::JoinSet;

use super::TicketStores;
use super::fixtures::{EMOJI, MANY, at, category, limit, note, open_ticket, uuid};

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
                an_empty_store_lists_no_tickets,
                tickets_are_listed_newest_first_in_a_total_order,
                pages_neither_repeat_nor_skip_while_tickets_are_added,
                a_full_last_page_has_none_behind_it,
                tickets_are_listed_by_owner_and_status,
                a_change_is_stored_and_returned,
                a_change_that_changes_nothing_is_not_stored,
                an_unknown_ticket_is_not_changed,
                many_changes_at_once_are_all_kept,
            ]
        );
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
                status,
                assignee_id: Some(agent),
                assistant_enabled: false,
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
    assert_eq!(listed(&stores, TicketFilter::default()).await, [first]);
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

pub async fn an_empty_store_lists_no_tickets(stores: TicketStores) {
    assert_eq!(listed(&stores, TicketFilter::default()).await, []);
}

pub async fn tickets_are_listed_newest_first_in_a_total_order(stores: TicketStores) {
    let given = tickets_of_few_moments(&stores).await;
    for size in [1, 2, 3, 100] {
        let mut seen = Vec::new();
        let mut after = None;
        // Bounded, so that pages that never end fail too.
        for _ in 0..=given.len() {
            let page = list(&stores, TicketFilter::default(), after, limit(size)).await;
            seen.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, given, "in pages of {size}");
    }
}

pub async fn pages_neither_repeat_nor_skip_while_tickets_are_added(stores: TicketStores) {
    let given = tickets_of_few_moments(&stores).await;
    let first = list(&stores, TicketFilter::default(), None, limit(2)).await;
    stores
        .stored(Ticket {
            created_at: at(1_000),
            ..open_ticket(stores.user(Role::User).await)
        })
        .await;
    let rest = list(&stores, TicketFilter::default(), first.next, PageLimit::MAX).await;
    assert_eq!([first.items, rest.items].concat(), given);
}

pub async fn a_full_last_page_has_none_behind_it(stores: TicketStores) {
    let given = tickets_of_few_moments(&stores).await;
    let size = u64::try_from(given.len()).expect("a small number");
    let page = list(&stores, TicketFilter::default(), None, limit(size)).await;
    assert_eq!((page.items, page.next), (given, None));
}

pub async fn tickets_are_listed_by_owner_and_status(stores: TicketStores) {
    let (one, other) = (stores.user(Role::User).await, stores.user(Role::User).await);
    let mut given = Vec::new();
    for (micros, (user_id, status)) in (10..).zip([
        (one, TicketStatus::Open),
        (other, TicketStatus::Open),
        (one, TicketStatus::Closed),
        (other, TicketStatus::Pending),
    ]) {
        let ticket = Ticket {
            status,
            created_at: at(micros),
            ..open_ticket(user_id)
        };
        given.insert(0, stores.stored(ticket).await);
    }
    for user_id in [None, Some(one), Some(other)] {
        for status in [None, Some(TicketStatus::Open), Some(TicketStatus::Closed)] {
            let expected: Vec<_> = given
                .iter()
                .filter(|ticket| user_id.is_none_or(|id| ticket.user_id == id))
                .filter(|ticket| status.is_none_or(|status| ticket.status == status))
                .cloned()
                .collect();
            let filter = TicketFilter { user_id, status };
            assert_eq!(listed(&stores, filter).await, expected, "{filter:?}");
        }
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
    let first = stores.tickets.change(ticket.id, change, at(50)).await;
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

/// Eleven tickets of three moments, in the order in which they are listed.
async fn tickets_of_few_moments(stores: &TicketStores) -> Vec<Ticket> {
    let user_id = stores.user(Role::User).await;
    let mut given = Vec::new();
    for number in 0..11 {
        let ticket = Ticket {
            created_at: at(100 + number % 3),
            ..open_ticket(user_id)
        };
        given.push(stores.stored(ticket).await);
    }
    given.sort_by_key(|ticket| std::cmp::Reverse((ticket.created_at, ticket.id)));
    given
}

fn handoff(ticket: &Ticket) -> TicketChange {
    TicketChange::HandOff { by: ticket.user_id }
}

async fn listed(stores: &TicketStores, filter: TicketFilter) -> Vec<Ticket> {
    list(stores, filter, None, PageLimit::MAX).await.items
}

async fn list(
    stores: &TicketStores,
    filter: TicketFilter,
    after: Option<TicketCursor>,
    limit: PageLimit,
) -> domain::page::Page<Ticket, TicketCursor> {
    let page = stores.tickets.list(filter, after, limit).await;
    page.expect("listed")
}
