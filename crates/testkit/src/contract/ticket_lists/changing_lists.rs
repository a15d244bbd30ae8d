use std::collections::HashSet;

use domain::ids::{TicketId, UserId};
use domain::ticket::{
    ExpectedVersion, Ticket, TicketChange, TicketFilter, TicketOrder, TicketUpdate, Title,
};
use domain::user::{Actor, Role};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use super::super::TicketStores;
use super::super::fixtures::{at, limit, open_ticket};
use super::{BY_CHANGE, BY_CREATION};

/// How many lists are tried; each is some dozen statements.
const CASES: u32 = 24;

#[derive(Clone, Debug)]
struct Story {
    order: TicketOrder,
    page_size: u64,
    /// When the tickets were opened that are there from the beginning, in microseconds.
    opened: Vec<i64>,
    /// What happens before each page but the first.
    meanwhile: Vec<Vec<Event>>,
}

#[derive(Clone, Debug)]
enum Event {
    /// A ticket appears that was opened then, perhaps on a server whose clock is behind.
    Opened(i64),
    /// The ticket of that number changes.
    Changed(usize),
}

fn stories() -> impl Strategy<Value = Story> {
    let event = prop_oneof![
        (0..8_i64).prop_map(Event::Opened),
        any::<usize>().prop_map(Event::Changed),
    ];
    let order = prop_oneof![Just(BY_CREATION), Just(BY_CHANGE)];
    let meanwhile = vec(vec(event, 0..3), 0..8);
    (order, 1..4_u64, vec(0..8_i64, 0..12), meanwhile).prop_map(
        |(order, page_size, opened, meanwhile)| Story {
            order,
            page_size,
            opened,
            meanwhile,
        },
    )
}

/// Whatever is opened and changed between pages: no ticket is seen twice, those that were there
/// and stayed as they were are all seen, and a page that is asked for again is the same. The agent
/// is who changes tickets.
pub(super) fn check(stores: &TicketStores, agent: UserId) {
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    let handle = Handle::current();
    block_in_place(|| {
        TestRunner::new(config)
            .run(&stories(), |story| {
                handle.block_on(play(stores, agent, &story));
                Ok(())
            })
            .unwrap_or_else(|failure| panic!("{failure}"));
    });
}

async fn play(stores: &TicketStores, agent: UserId, story: &Story) {
    let mut world = World {
        stores,
        agent,
        owner: stores.user(Role::User).await,
        tickets: Vec::new(),
        now: 1_000,
    };
    for micros in &story.opened {
        world.open(*micros).await;
    }
    let mut steady: HashSet<TicketId> = world.tickets.iter().map(|ticket| ticket.id).collect();
    let mut seen: Vec<Ticket> = Vec::new();
    let mut place = Some(story.order);
    let mut meanwhile = story.meanwhile.iter();
    while let Some(order) = place {
        let filter = TicketFilter {
            user_id: Some(world.owner),
            ..TicketFilter::default()
        };
        let page = stores.page(&filter, order, limit(story.page_size)).await;
        let again = stores.page(&filter, order, limit(story.page_size)).await;
        assert_eq!(page, again, "the same page");
        seen.extend(page.items);
        place = page.next;
        // By creation, a change moves nothing.
        let moves = matches!(order, TicketOrder::UpdatedAt { .. });
        for event in meanwhile.next().into_iter().flatten() {
            match event {
                Event::Opened(micros) => world.open(*micros).await,
                Event::Changed(number) => {
                    let changed = world.change(*number).await;
                    if let Some(id) = changed.filter(|_| moves) {
                        steady.remove(&id);
                    }
                }
            }
        }
    }
    let mut ids = HashSet::new();
    assert!(
        seen.iter().all(|ticket| ids.insert(ticket.id)),
        "seen twice"
    );
    assert!(
        steady.is_subset(&ids),
        "skipped: {:?}",
        steady.difference(&ids)
    );
    let key = |ticket: &Ticket| match story.order {
        TicketOrder::UpdatedAt { .. } => (ticket.updated_at, ticket.id),
        _ => (ticket.created_at, ticket.id),
    };
    assert!(seen.is_sorted_by(|one, next| key(one) > key(next)), "order");
}

struct World<'a> {
    stores: &'a TicketStores,
    agent: UserId,
    owner: UserId,
    tickets: Vec<Ticket>,
    now: i64,
}

impl World<'_> {
    async fn open(&mut self, micros: i64) {
        let ticket = Ticket {
            created_at: at(micros),
            updated_at: at(micros),
            ..open_ticket(self.owner)
        };
        self.tickets.push(self.stores.stored(ticket).await);
    }

    /// Changes a ticket, if there is one, and tells which.
    async fn change(&mut self, number: usize) -> Option<TicketId> {
        let ticket = self.tickets.get(number.checked_rem(self.tickets.len())?)?;
        self.now += 1;
        let change = TicketChange::Update {
            by: Actor {
                id: self.agent,
                role: Role::Agent,
            },
            update: TicketUpdate {
                title: Some(Title::parse(self.now.to_string()).expect("a title")),
                ..TicketUpdate::default()
            },
            expected: ExpectedVersion::Any,
        };
        let changed = self.stores.tickets.change(ticket.id, change, at(self.now));
        Some(changed.await.expect("changed").id)
    }
}
