//! What [`TicketRepository::list`](domain::ports::TicketRepository::list) promises.

mod changing_lists;

use domain::ids::UserId;
use domain::page::PageLimit;
use domain::ticket::{
    AssigneeFilter, Priority, Tag, Tags, Ticket, TicketChange, TicketFilter, TicketOrder,
    TicketStatus,
};
use domain::user::Role;

use super::TicketStores;
use super::fixtures::{at, category, limit, open_ticket};

/// The cases of `TicketRepository::list`, part of `ticket_repository_contract`.
#[doc(hidden)]
#[macro_export]
macro_rules! ticket_list_contract {
    ($stores:expr) => {
        $crate::contract_cases!(
            ticket_lists,
            $stores,
            [
                an_empty_store_lists_no_tickets,
                tickets_are_listed_newest_first_in_a_total_order,
                tickets_are_listed_by_their_last_change,
                a_change_moves_a_ticket_to_the_front_of_the_last_changed,
                pages_neither_repeat_nor_skip_while_tickets_are_added,
                a_full_last_page_has_none_behind_it,
                tickets_are_listed_by_owner_and_status,
                tickets_are_listed_by_every_filter,
                filters_that_are_given_together_must_all_fit,
                nothing_is_relevant_without_a_search,
                pages_skip_and_repeat_nothing_whatever_changes_between_them,
            ]
        );
    };
}

const BY_CREATION: TicketOrder = TicketOrder::CreatedAt { after: None };
const BY_CHANGE: TicketOrder = TicketOrder::UpdatedAt { after: None };

pub async fn an_empty_store_lists_no_tickets(stores: TicketStores) {
    for order in [BY_CREATION, BY_CHANGE] {
        let filter = TicketFilter::default();
        let page = stores.page(&filter, order, PageLimit::MAX).await;
        assert_eq!((page.items, page.next), (vec![], None));
    }
}

pub async fn tickets_are_listed_newest_first_in_a_total_order(stores: TicketStores) {
    let mut given = tickets_of_few_moments(&stores).await;
    given.sort_by_key(|ticket| std::cmp::Reverse((ticket.created_at, ticket.id)));
    assert_pages(&stores, BY_CREATION, &given).await;
}

pub async fn tickets_are_listed_by_their_last_change(stores: TicketStores) {
    let mut given = tickets_of_few_moments(&stores).await;
    given.sort_by_key(|ticket| std::cmp::Reverse((ticket.updated_at, ticket.id)));
    assert_pages(&stores, BY_CHANGE, &given).await;
}

pub async fn a_change_moves_a_ticket_to_the_front_of_the_last_changed(stores: TicketStores) {
    let (first, second) = (stores.ticket().await, stores.ticket().await);
    let change = TicketChange::HandOff { by: first.user_id };
    let changed = stores.tickets.change(first.id, change, at(50)).await;
    let filter = TicketFilter::default();
    let page = stores.page(&filter, BY_CHANGE, PageLimit::MAX).await;
    assert_eq!(page.items, [changed.expect("changed"), second]);
}

pub async fn pages_neither_repeat_nor_skip_while_tickets_are_added(stores: TicketStores) {
    let mut given = tickets_of_few_moments(&stores).await;
    given.sort_by_key(|ticket| std::cmp::Reverse((ticket.created_at, ticket.id)));
    let filter = TicketFilter::default();
    let first = stores.page(&filter, BY_CREATION, limit(2)).await;
    stores
        .stored(Ticket {
            created_at: at(1_000),
            ..open_ticket(stores.user(Role::User).await)
        })
        .await;
    let next = first.next.expect("more");
    let rest = stores.page(&filter, next, PageLimit::MAX).await;
    assert_eq!([first.items, rest.items].concat(), given);
}

pub async fn a_full_last_page_has_none_behind_it(stores: TicketStores) {
    let given = tickets_of_few_moments(&stores).await;
    let size = u64::try_from(given.len()).expect("a small number");
    for order in [BY_CREATION, BY_CHANGE] {
        let filter = TicketFilter::default();
        let page = stores.page(&filter, order, limit(size)).await;
        assert_eq!((page.items.len(), page.next), (given.len(), None));
    }
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
            let filter = TicketFilter {
                user_id,
                status,
                ..TicketFilter::default()
            };
            assert_eq!(stores.listed(&filter).await, expected, "{filter:?}");
        }
    }
}

pub async fn tickets_are_listed_by_every_filter(stores: TicketStores) {
    let agent = stores.user(Role::Agent).await;
    let [plain, taken, urgent, sorted, tagged] = one_of_each_kind(&stores, agent).await;
    let any = TicketFilter::default;
    let tag = |slug| Some(Tag::parse(slug).expect("a tag"));
    let assignee = |assignee| TicketFilter {
        assignee: Some(assignee),
        ..any()
    };
    let of_nobody: &[&Ticket] = &[&tagged, &sorted, &urgent, &plain];
    let cases: [(TicketFilter, &[&Ticket]); 8] = [
        (assignee(AssigneeFilter::Nobody), of_nobody),
        (assignee(AssigneeFilter::Agent(agent)), &[&taken]),
        (assignee(AssigneeFilter::Agent(plain.user_id)), &[]),
        (
            TicketFilter {
                priority: Some(Priority::Urgent),
                ..any()
            },
            &[&urgent],
        ),
        (
            TicketFilter {
                category: Some(category("billing")),
                ..any()
            },
            &[&sorted],
        ),
        (
            TicketFilter {
                tag: tag("vip"),
                ..any()
            },
            &[&tagged],
        ),
        (
            TicketFilter {
                tag: tag("b-2"),
                ..any()
            },
            &[&tagged],
        ),
        // Only whole tags fit.
        (
            TicketFilter {
                tag: tag("b"),
                ..any()
            },
            &[],
        ),
    ];
    for (filter, expected) in cases {
        let listed = stores.listed(&filter).await;
        let listed: Vec<&Ticket> = listed.iter().collect();
        assert_eq!(listed, expected, "{filter:?}");
    }
}

pub async fn filters_that_are_given_together_must_all_fit(stores: TicketStores) {
    let agent = stores.user(Role::Agent).await;
    one_of_each_kind(&stores, agent).await;
    let wanted = stores
        .stored(Ticket {
            status: TicketStatus::Resolved,
            assignee_id: Some(agent),
            priority: Priority::Urgent,
            category: Some(category("billing")),
            tags: Tags::parse(["vip"]).expect("tags"),
            ..open_ticket(stores.user(Role::User).await)
        })
        .await;
    let filter = TicketFilter {
        user_id: Some(wanted.user_id),
        status: Some(TicketStatus::Resolved),
        assignee: Some(AssigneeFilter::Agent(agent)),
        priority: Some(Priority::Urgent),
        category: Some(category("billing")),
        tag: Some(Tag::parse("vip").expect("a tag")),
        search: None,
    };
    for order in [BY_CREATION, BY_CHANGE] {
        let page = stores.page(&filter, order, PageLimit::MAX).await;
        assert_eq!(page.items, std::slice::from_ref(&wanted));
    }
    let other = TicketFilter {
        status: Some(TicketStatus::Open),
        ..filter
    };
    assert_eq!(stores.listed(&other).await, []);
}

pub async fn nothing_is_relevant_without_a_search(stores: TicketStores) {
    stores.ticket().await;
    let order = TicketOrder::Relevance { after: None };
    let filter = TicketFilter::default();
    let page = stores.page(&filter, order, PageLimit::MAX).await;
    assert_eq!((page.items, page.next), (vec![], None));
}

pub async fn pages_skip_and_repeat_nothing_whatever_changes_between_them(stores: TicketStores) {
    let agent = stores.user(Role::Agent).await;
    changing_lists::check(&stores, agent);
}

/// Pages of any size show exactly these.
async fn assert_pages(stores: &TicketStores, order: TicketOrder, expected: &[Ticket]) {
    for size in [1, 2, 3, 100] {
        let mut seen = Vec::new();
        let mut place = Some(order);
        // Bounded, so that pages that never end fail too.
        for _ in 0..=expected.len() {
            let Some(order) = place else { break };
            let filter = TicketFilter::default();
            let page = stores.page(&filter, order, limit(size)).await;
            seen.extend(page.items);
            place = page.next;
        }
        assert_eq!(seen, expected, "in pages of {size}");
    }
}

/// Eleven tickets of three moments, changed last at four.
async fn tickets_of_few_moments(stores: &TicketStores) -> Vec<Ticket> {
    let user_id = stores.user(Role::User).await;
    let mut given = Vec::new();
    for number in 0..11 {
        let ticket = Ticket {
            created_at: at(100 + number % 3),
            updated_at: at(200 - number % 4),
            ..open_ticket(user_id)
        };
        given.push(stores.stored(ticket).await);
    }
    given
}

/// An ordinary ticket, and one for each filter that it alone fits, each newer than the one before.
async fn one_of_each_kind(stores: &TicketStores, agent: UserId) -> [Ticket; 5] {
    let user_id = stores.user(Role::User).await;
    let mut micros = 10;
    let mut bare = || {
        micros += 1;
        Ticket {
            created_at: at(micros),
            ..open_ticket(user_id)
        }
    };
    let kinds = [
        bare(),
        Ticket {
            assignee_id: Some(agent),
            ..bare()
        },
        Ticket {
            priority: Priority::Urgent,
            ..bare()
        },
        Ticket {
            category: Some(category("billing")),
            ..bare()
        },
        Ticket {
            tags: Tags::parse(["vip", "b-2"]).expect("tags"),
            ..bare()
        },
    ];
    for ticket in &kinds {
        stores.stored(ticket.clone()).await;
    }
    kinds
}
