use std::time::{Duration, Instant};

use adapters_postgres::{PgDatabase, PgStoreHealth, PgTicketRepository, PgUserRepository};
use chrono::DateTime;
use domain::ids::UserId;
use domain::ports::{
    ChangeTicketError, RepositoryError, StoreHealth as _, TicketRepository as _,
    UserRepository as _,
};
use domain::ticket::TicketChange;
use testkit::fault_proxy::FaultProxy;
use testkit::postgres::own_cluster;
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::fixtures::{behind, client, server_of, ticket_in, user};
use crate::{Scratch, open};

/// Longer than any unit of work may take.
const A_FEW_SECONDS: Duration = Duration::from_secs(6);
const DEADLINE: Duration = Duration::from_secs(30);

/// A migrated database, and a way to it that breaks when it is told to.
struct Fragile {
    scratch: Scratch,
    proxy: FaultProxy,
    database: PgDatabase,
}

impl Fragile {
    async fn new() -> Option<Self> {
        let scratch = Scratch::new().await?;
        scratch.migrated().await;
        let upstream = server_of(scratch.url()).await?;
        let proxy = FaultProxy::start(upstream).await.expect("a proxy");
        let database = open(&behind(proxy.address(), scratch.url()));
        healthy(&database).await;
        Some(Self {
            scratch,
            proxy,
            database,
        })
    }

    /// Every kind of work is refused, in a few seconds.
    async fn is_unavailable(&self) {
        let started = Instant::now();
        let users = PgUserRepository::new(self.database.clone());
        let read = users.find(UserId::from_uuid(Uuid::nil())).await;
        assert!(
            matches!(read, Err(RepositoryError::Unavailable(_))),
            "{read:?}"
        );
        assert!(started.elapsed() < A_FEW_SECONDS);

        let started = Instant::now();
        let health = PgStoreHealth::new(self.database.clone());
        let ping = health.ping().await;
        assert!(
            matches!(ping, Err(RepositoryError::Unavailable(_))),
            "{ping:?}"
        );
        assert!(started.elapsed() < Duration::from_secs(3));
    }
}

/// It answers, now or soon.
async fn healthy(database: &PgDatabase) {
    let users = PgUserRepository::new(database.clone());
    let answers = async {
        while users.find(UserId::from_uuid(Uuid::nil())).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    let answered = tokio::time::timeout(DEADLINE, answers).await;
    answered.expect("it answers again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_refuses_connections_is_unavailable_until_it_is_back() {
    let Some(fragile) = Fragile::new().await else {
        return;
    };
    fragile.proxy.refuse();
    fragile.is_unavailable().await;
    fragile.proxy.pass();
    healthy(&fragile.database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_swallows_everything_is_unavailable_until_it_is_back() {
    let Some(fragile) = Fragile::new().await else {
        return;
    };
    fragile.proxy.swallow();
    fragile.is_unavailable().await;
    fragile.proxy.pass();
    healthy(&fragile.database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_is_cut_off_leaves_nothing_behind() {
    let Some(fragile) = Fragile::new().await else {
        return;
    };
    let ticket = ticket_in(&fragile.database, 1).await;
    let tickets = PgTicketRepository::new(fragile.database.clone());
    let blocker = client(fragile.scratch.url()).await;
    let locked = blocker.batch_execute("BEGIN; SELECT id FROM tickets FOR UPDATE");
    locked.await.expect("locked");
    let change = TicketChange::HandOff { by: ticket.user_id };
    let changing = tickets.clone();
    let changing = Handle::current().spawn(async move {
        changing
            .change(ticket.id, change, DateTime::UNIX_EPOCH)
            .await
    });
    waiting_for_a_lock(&fragile.scratch).await;
    fragile.proxy.cut();
    let outcome = changing.await.expect("answered");
    assert!(
        matches!(
            outcome,
            Err(ChangeTicketError::Repository(RepositoryError::Unavailable(
                _
            )))
        ),
        "{outcome:?}"
    );
    blocker.batch_execute("COMMIT").await.expect("released");

    healthy(&fragile.database).await;
    let found = tickets.find(ticket.id).await.expect("read");
    assert_eq!(found.expect("the ticket").version, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_the_server_ended_are_replaced() {
    let Some(scratch) = Scratch::new().await else {
        return;
    };
    let database = scratch.migrated().await;
    let users = PgUserRepository::new(database.clone());
    users.insert(&user(1)).await.expect("stored");
    let client = client(scratch.url()).await;
    let ended = client.batch_execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    ended.await.expect("ended");
    let found = users.find(user(1).user.id).await;
    assert_eq!(found.expect("read"), Some(user(1).user));
    users.insert(&user(2)).await.expect("stored");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_crashed_is_unavailable_until_it_is_back() {
    let Some(mut cluster) = own_cluster().await else {
        return;
    };
    let database = open(&cluster.url("postgres"));
    database.migrate().await.expect("migrated");
    let users = PgUserRepository::new(database.clone());
    users.insert(&user(1)).await.expect("stored");
    cluster.stop();
    let refusal = users.find(user(1).user.id).await;
    assert!(
        matches!(refusal, Err(RepositoryError::Unavailable(_))),
        "{refusal:?}"
    );
    database.migrate().await.expect_err("not there");
    cluster.resume().await;
    let found = users.find(user(1).user.id).await;
    assert_eq!(found.expect("read"), Some(user(1).user));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_not_there_yet_is_connected_to_all_the_same() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let database = open(&format!("postgres://user:secret@{address}/db"));
    let error = PgStoreHealth::new(database.clone())
        .ping()
        .await
        .expect_err("not there");
    assert!(matches!(error, RepositoryError::Unavailable(_)));
    assert!(!format!("{error:?}").contains("secret"));
    let error = database.migrate().await.expect_err("not there");
    assert!(!format!("{error:?}").contains("secret"));
}

async fn waiting_for_a_lock(scratch: &Scratch) {
    let client = client(scratch.url()).await;
    let waits = async {
        loop {
            let row = client.query_one(
                "SELECT count(*) FROM pg_stat_activity \
                 WHERE datname = current_database() AND wait_event_type = 'Lock'",
                &[],
            );
            let waiting: i64 = row.await.expect("counted").get(0);
            if waiting > 0 {
                return;
            }
        }
    };
    tokio::time::timeout(DEADLINE, waits)
        .await
        .expect("somebody waits");
}
