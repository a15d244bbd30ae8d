use std::net::SocketAddr;
use std::time::Duration;

use adapters_postgres::{
    PgDatabase, PgReplyStore, PgSessionRepository, PgTicketRepository, PgUserRepository,
};
use chrono::DateTime;
use domain::ids::{OwnerId, ReplyId, SessionId, TicketId, UserId};
use domain::password::PasswordHash;
use domain::ports::{
    Claim, ClaimRequest, Credentials, ReplyStore as _, RetryRule, SessionRepository as _,
    TicketRepository as _, UserRepository as _,
};
use domain::reply::{EventKind, Lease, LoggedEvent, Position};
use domain::session::{RefreshSession, RefreshTokenDigest};
use domain::stream_token::TokenDigest;
use domain::ticket::{Description, NewTicket, Priority, Ticket, Title};
use domain::user::{Email, Role, User};
use tokio_postgres::Config;
use tokio_postgres::config::Host;
use uuid::Uuid;

/// Accounts of different numbers are different people.
pub(crate) fn user(number: u128) -> Credentials {
    Credentials {
        user: User {
            id: UserId::from_uuid(Uuid::from_u128(number)),
            email: Email::parse(&format!("user-{number}@example.com")).expect("an address"),
            role: Role::User,
            created_at: DateTime::UNIX_EPOCH,
            disabled_at: None,
        },
        password_hash: PasswordHash::new("hash"),
    }
}

/// A session of an account that is there.
pub(crate) async fn session_of(database: &PgDatabase, account: &Credentials) -> SessionId {
    let token = RefreshTokenDigest {
        family: TokenDigest::from_bytes([2; 32]),
        generation: TokenDigest::from_bytes([3; 32]),
    };
    let id = SessionId::from_uuid(Uuid::from_u128(1));
    let session = RefreshSession::new(id, account.user.id, token, DateTime::UNIX_EPOCH);
    let sessions = PgSessionRepository::new(database.clone());
    let begun = sessions.begin(&session, &account.password_hash).await;
    assert!(begun.expect("answered"));
    id
}

/// A ticket of a new customer.
pub(crate) async fn ticket_in(database: &PgDatabase, number: u128) -> Ticket {
    let owner = user(number);
    let users = PgUserRepository::new(database.clone());
    users.insert(&owner).await.expect("stored");
    let new = NewTicket {
        title: Title::parse("Refund").expect("a title"),
        description: Description::parse("How?").expect("a description"),
        category: None,
        priority: Priority::Normal,
    };
    let id = TicketId::from_uuid(Uuid::from_u128(number));
    let ticket = Ticket::open(id, owner.user.id, new, DateTime::UNIX_EPOCH);
    let tickets = PgTicketRepository::new(database.clone());
    tickets.insert(&ticket).await.expect("stored");
    ticket
}

pub(crate) fn request(ticket: &Ticket, number: u128) -> ClaimRequest {
    ClaimRequest {
        ticket_id: ticket.id,
        reply_id: ReplyId::from_uuid(Uuid::from_u128(number)),
        owner: OwnerId::from_uuid(Uuid::from_u128(number)),
        lease: Duration::from_mins(1),
        model: "model".to_owned(),
        retry: RetryRule::Automatic,
        limits: None,
        at: DateTime::UNIX_EPOCH,
    }
}

/// The lease on a reply to a new customer's ticket.
pub(crate) async fn running_in(database: &PgDatabase, number: u128) -> (Ticket, Lease) {
    let ticket = ticket_in(database, number).await;
    let replies = PgReplyStore::new(database.clone());
    let claim = replies.claim(request(&ticket, number)).await;
    match claim.expect("answered") {
        Claim::Granted(lease, _) => (ticket, lease),
        other => unreachable_claim(&other),
    }
}

#[expect(
    clippy::panic,
    reason = "a fixture that cannot be made must stop the test"
)]
fn unreachable_claim(claim: &Claim) -> ! {
    panic!("not granted: {claim:?}")
}

/// One delta of a reply's first attempt.
pub(crate) fn delta(sequence: i64, text: &str) -> LoggedEvent {
    LoggedEvent {
        position: Position {
            attempt: 1,
            sequence,
            offset: text.len(),
        },
        kind: EventKind::Delta(text.to_owned()),
    }
}

/// A connection that is none of the adapter's.
pub(crate) async fn client(url: &str) -> tokio_postgres::Client {
    let connected = tokio_postgres::connect(url, tokio_postgres::NoTls).await;
    let (client, connection) = connected.expect("connected");
    tokio::runtime::Handle::current().spawn(connection);
    client
}

/// Where the database's server listens; none where that is no port.
pub(crate) async fn server_of(url: &str) -> Option<SocketAddr> {
    let (host, port) = host_and_port(url)?;
    let addresses = tokio::net::lookup_host((host, port)).await;
    addresses.expect("a known host").next()
}

/// The same database behind a proxy, which must see what is said.
pub(crate) fn behind(proxy: SocketAddr, url: &str) -> String {
    let (host, port) = host_and_port(url).expect("a port");
    let proxied = url.replace(&format!("{host}:{port}"), &proxy.to_string());
    assert_ne!(proxied, url);
    let separator = if proxied.contains('?') { '&' } else { '?' };
    format!("{proxied}{separator}sslmode=disable")
}

fn host_and_port(url: &str) -> Option<(String, u16)> {
    let config: Config = url.parse().expect("a URL");
    let port = config.get_ports().first().copied().unwrap_or(5432);
    match config.get_hosts().first() {
        Some(Host::Tcp(host)) => Some((host.clone(), port)),
        _ => None,
    }
}
