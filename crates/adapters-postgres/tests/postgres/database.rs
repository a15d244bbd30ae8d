use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use adapters_postgres::{
    PgDatabase, PgReplyStore, PgStoreHealth, PgTicketRepository, PgUserRepository,
};
use chrono::DateTime;
use domain::ids::OwnerId;
use domain::ports::{
    Claim, ReplyStore as _, StoreHealth as _, Takeover, TakeoverRequest, TicketRepository as _,
    UserRepository as _,
};
use domain::ticket::TicketChange;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::Scratch;
use crate::fixtures::{request, running_in, ticket_in, user};

#[tokio::test(flavor = "multi_thread")]
async fn of_claims_by_two_processes_one_is_granted() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let processes = [scratch.migrated().await, scratch.open()];
    let ticket = ticket_in(&processes[0], 7).await;
    let stores = processes.map(|database| Arc::new(PgReplyStore::new(database)));
    let mut claims = JoinSet::new();
    for number in 0..16 {
        for (process, replies) in (0..).zip(&stores) {
            let replies = Arc::clone(replies);
            let request = request(&ticket, 100 + 2 * number + process);
            claims.spawn(async move { replies.claim(request).await.expect("answered") });
        }
    }
    let claims = claims.join_all().await;
    let granted = claims
        .iter()
        .filter(|claim| matches!(claim, Claim::Granted(..)));
    assert_eq!((granted.count(), claims.len()), (1, 32));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_takeovers_by_two_processes_each_reply_goes_to_one() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let processes = [scratch.migrated().await, scratch.open()];
    let stores = processes
        .each_ref()
        .map(|database| PgReplyStore::new(database.clone()));
    for number in 1..=20 {
        let (_, lease) = running_in(&processes[0], number).await;
        let kept = stores[0].renew(&[lease], Duration::ZERO).await;
        assert_eq!(kept.expect("answered"), [lease]);
    }
    let takeover = |number| TakeoverRequest {
        owner: OwnerId::from_uuid(Uuid::from_u128(number)),
        lease: Duration::from_mins(1),
        model: "openai/gpt-oss-20b".to_owned(),
        max: 3,
        at: DateTime::UNIX_EPOCH,
    };
    let mut taken = Vec::new();
    while taken.len() < 20 {
        let (one, other) = tokio::join!(
            stores[0].take_over_expired(takeover(100)),
            stores[1].take_over_expired(takeover(101)),
        );
        taken.extend(one.expect("answered"));
        taken.extend(other.expect("answered"));
    }
    let mut replies: Vec<_> = taken
        .iter()
        .map(|takeover| match takeover {
            Takeover::Restarted(lease, reply) => (lease.reply_id, reply.attempt),
            Takeover::Failed(reply) => panic!("failed: {reply:?}"),
        })
        .collect();
    replies.sort();
    replies.dedup();
    assert_eq!(replies.len(), 20);
    assert!(replies.iter().all(|(_, attempt)| *attempt == 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_at_once_neither_blocks_nor_fails() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let database = scratch.migrated().await;
    let processes = [database.clone(), scratch.open()];
    let mut tickets = Vec::new();
    for number in 1..=6 {
        tickets.push(ticket_in(&database, number).await);
    }
    let mut work = JoinSet::new();
    for (process, database) in (0..).zip(processes) {
        for (number, ticket) in (0..).zip(&tickets) {
            let replies = PgReplyStore::new(database.clone());
            let handoffs = PgTicketRepository::new(database.clone());
            let ticket = ticket.clone();
            let by = ticket.user_id;
            work.spawn(async move {
                for round in 0..8 {
                    let id = 1_000 + 100 * process + 10 * number + round;
                    let claim = replies.claim(request(&ticket, id)).await;
                    if let Claim::Granted(lease, _) = claim.expect("answered") {
                        let renewed = replies.renew(&[lease], Duration::ZERO).await;
                        renewed.expect("answered");
                    }
                    let taken = replies.take_over_expired(TakeoverRequest {
                        owner: OwnerId::from_uuid(Uuid::from_u128(id)),
                        lease: Duration::ZERO,
                        model: "openai/gpt-oss-20b".to_owned(),
                        max: 10,
                        at: DateTime::UNIX_EPOCH,
                    });
                    taken.await.expect("answered");
                    if round == 7 {
                        let change = TicketChange::HandOff { by };
                        let changed = handoffs.change(ticket.id, change, DateTime::UNIX_EPOCH);
                        changed.await.expect("changed");
                    }
                }
            });
        }
    }
    work.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_leaves_leaves_no_busy_connection() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let users = PgUserRepository::new(scratch.migrated().await);
    for number in 0..64 {
        let credentials = user(1_000 + number);
        let mut insert = std::pin::pin!(users.insert(&credentials));
        // However far it got: some are dropped waiting for a connection, some at work.
        for _ in 0..number % 4 {
            let ready = poll_fn(|context| {
                let ready = insert.as_mut().poll(context).is_ready();
                Poll::Ready(ready)
            });
            if ready.await {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    let started = Instant::now();
    users.insert(&user(1)).await.expect("stored");
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_nobody_waits_for_keeps_its_connection_from_others() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let database = scratch.migrated().await;
    let ticket = ticket_in(&database, 1).await;
    let blocker = scratch.open();
    let tickets = PgTicketRepository::new(database.clone());
    let lock = Lock::on_tickets(scratch.url()).await;
    // As many as there are connections wait for the lock, and are left.
    for _ in 0..5 {
        let change = TicketChange::HandOff { by: ticket.user_id };
        let change = tickets.change(ticket.id, change, DateTime::UNIX_EPOCH);
        let left = tokio::time::timeout(Duration::from_millis(50), change).await;
        assert!(left.is_err());
    }
    drop(blocker);
    lock.release().await;
    let started = Instant::now();
    assert!(tickets.find(ticket.id).await.expect("read").is_some());
    assert!(started.elapsed() < Duration::from_secs(1));
}

/// An HTTP server's workers are such runtimes; the work is done on another.
#[test]
fn callers_on_runtimes_that_end_leave_the_database_alone() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime")
    };
    let main = tokio::runtime::Runtime::new().expect("a runtime");
    let Some(scratch) = main.block_on(Scratch::new()) else {
        return;
    };
    let database = main.block_on(scratch.migrated());
    for number in 1..4 {
        let users = PgUserRepository::new(database.clone());
        let stored = runtime().block_on(async { users.insert(&user(number)).await });
        stored.expect("stored");
    }
    main.block_on(PgStoreHealth::new(database).ping())
        .expect("healthy");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_is_never_released_is_given_up_as_unavailable() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let database: PgDatabase = scratch.migrated().await;
    let ticket = ticket_in(&database, 1).await;
    let tickets = PgTicketRepository::new(database);
    let lock = Lock::on_tickets(scratch.url()).await;
    let started = Instant::now();
    let change = TicketChange::HandOff { by: ticket.user_id };
    let refusal = tickets
        .change(ticket.id, change.clone(), DateTime::UNIX_EPOCH)
        .await;
    assert!(
        matches!(
            refusal,
            Err(domain::ports::ChangeTicketError::Repository(
                domain::ports::RepositoryError::Unavailable(_)
            ))
        ),
        "{refusal:?}"
    );
    assert!(started.elapsed() < Duration::from_secs(5));
    lock.release().await;
    let changed = tickets.change(ticket.id, change, DateTime::UNIX_EPOCH);
    changed.await.expect("changed");
}

/// Somebody else's transaction that has written to the tickets.
struct Lock {
    client: tokio_postgres::Client,
}

impl Lock {
    async fn on_tickets(url: &str) -> Self {
        let client = crate::fixtures::client(url).await;
        let locked = client.batch_execute("BEGIN; SELECT id FROM tickets FOR UPDATE");
        locked.await.expect("locked");
        Self { client }
    }

    async fn release(self) {
        self.client.batch_execute("COMMIT").await.expect("released");
    }
}
