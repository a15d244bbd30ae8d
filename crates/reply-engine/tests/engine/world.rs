use std::sync::Arc;
use std::time::Duration;

use adapters_sqlite::{
    SqliteDatabase, SqliteMessageRepository, SqliteReplyEventLog, SqliteReplyStore,
    SqliteTicketRepository, SqliteTokenLedger, SqliteUserRepository,
};
use chrono::DateTime;
use domain::ids::{OwnerId, ReplyId, TicketId, UserId};
use domain::password::PasswordHash;
use domain::ports::{
    AppendOutcome, Appending, ChatModel, Claim, ClaimRequest, Credentials, IdGenerator as _,
    MessageRepository, ReplyEventLog as _, ReplyStore as _, RetryRule, TicketRepository as _,
    TokenQuotas, UserRepository as _,
};
use domain::prompt::{PromptFactory, PromptLimits};
use domain::reply::{EventId, EventKind, LoggedEvent, Position, Reply};
use domain::ticket::{Description, NewTicket, Priority, Ticket, Title};
use domain::use_cases::{PrepareReply, Prompting};
use domain::user::{Email, Role, User};
use reply_engine::{
    Cursor, EngineParts, EngineSettings, Frame, Opening, ReplyEngine, ReplyStream, ShutdownPace,
};
use tempfile::TempDir;
use testkit::fakes::{
    FixedClock, FixedPassageSearch, InMemoryPromptTemplates, SequentialIds, SequentialOpaqueTokens,
};
use tokio::runtime::{Handle, Runtime};
use tokio_util::sync::CancellationToken;

/// How long a test waits for what must happen.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// A database with one customer, on which any number of engines work.
pub struct World {
    database: SqliteDatabase,
    ids: Arc<SequentialIds>,
    customer: UserId,
    pub clock: Arc<FixedClock>,
    _folder: TempDir,
}

/// A shutdown that waits for nothing.
pub const AT_ONCE: ShutdownPace = ShutdownPace {
    budget: Duration::ZERO,
    patience: Duration::ZERO,
};

impl World {
    pub async fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let database = SqliteDatabase::open(&folder.path().join("support.db")).expect("a database");
        database.migrate().await.expect("migrations");
        let ids = Arc::new(SequentialIds::default());
        let customer = UserId::from_uuid(ids.generate());
        let user = User {
            id: customer,
            email: Email::parse("ada@example.com").expect("an address"),
            role: Role::User,
            created_at: DateTime::UNIX_EPOCH,
            disabled_at: None,
        };
        let credentials = Credentials {
            user,
            password_hash: PasswordHash::new("x"),
        };
        SqliteUserRepository::new(database.clone())
            .insert(&credentials)
            .await
            .expect("a user");
        Self {
            database,
            ids,
            customer,
            clock: Arc::default(),
            _folder: folder,
        }
    }

    pub async fn open_ticket(&self) -> TicketId {
        let new = NewTicket {
            title: Title::parse("Parcel").expect("a title"),
            description: Description::parse("Where is it?").expect("a description"),
            category: None,
            priority: Priority::Normal,
        };
        let id = TicketId::from_uuid(self.ids.generate());
        let ticket = Ticket::open(id, self.customer, new, DateTime::UNIX_EPOCH);
        SqliteTicketRepository::new(self.database.clone())
            .insert(&ticket)
            .await
            .expect("a ticket");
        id
    }

    pub fn messages(&self) -> SqliteMessageRepository {
        SqliteMessageRepository::new(self.database.clone())
    }

    /// The contents of a ticket's messages.
    pub async fn contents(&self, ticket: TicketId) -> Vec<String> {
        let audience = domain::message::Audience::Staff;
        let limit = domain::page::PageLimit::MAX;
        let page = self
            .messages()
            .list(ticket, audience, None, limit)
            .await
            .expect("messages");
        page.items
            .into_iter()
            .map(|message| message.content)
            .collect()
    }

    pub fn replies(&self) -> SqliteReplyStore {
        SqliteReplyStore::new(self.database.clone())
    }

    pub fn log(&self) -> SqliteReplyEventLog {
        SqliteReplyEventLog::new(self.database.clone())
    }

    /// The answer to the ticket's newest question as it is stored.
    pub async fn stored(&self, ticket: TicketId) -> Reply {
        let reply = self.replies().find_current(ticket).await;
        reply.expect("a store").expect("a reply")
    }

    /// Another process says so many words of the answer, each an event of its own, and goes on
    /// for an hour. Returns them.
    pub async fn say_elsewhere(&self, ticket_id: TicketId, words: i64) -> String {
        let request = ClaimRequest {
            ticket_id,
            reply_id: ReplyId::from_uuid(self.ids.generate()),
            owner: OwnerId::from_uuid(self.ids.generate()),
            lease: Duration::from_hours(1),
            model: "openai/gpt-oss-20b".to_owned(),
            retry: RetryRule::Automatic,
            limits: None,
            at: DateTime::UNIX_EPOCH,
        };
        let claim = self.replies().claim(request).await.expect("a store");
        let Claim::Granted(lease, reply) = claim else {
            panic!("not granted: {claim:?}");
        };
        let mut text = String::new();
        let mut events = Vec::new();
        for sequence in 1..=words {
            let word = format!("{sequence} ");
            text.push_str(&word);
            let position = Position {
                attempt: reply.attempt,
                sequence,
                offset: text.len(),
            };
            let kind = EventKind::Delta(word);
            events.push(LoggedEvent { position, kind });
        }
        let appended = self.log().append(&[Appending { lease, events }]).await;
        assert_eq!(appended.expect("a store"), [AppendOutcome::Appended]);
        text
    }

    /// An engine that dies with its runtime, as a process does.
    pub fn mortal_engine(&self, model: Arc<dyn ChatModel>) -> (ReplyEngine, Runtime) {
        let runtime = Runtime::new().expect("a runtime");
        let lease = Duration::from_secs(1);
        let engine = self.engine_on(model, lease, runtime.handle().clone());
        (engine, runtime)
    }

    /// An engine with leases of a second.
    pub fn engine(&self, model: Arc<dyn ChatModel>) -> ReplyEngine {
        self.engine_on(model, Duration::from_secs(1), Handle::current())
    }

    /// An engine whose replies are not taken over while a test runs, unless it gives them back.
    pub fn engine_with_long_leases(&self, model: Arc<dyn ChatModel>) -> ReplyEngine {
        self.engine_on(model, Duration::from_hours(1), Handle::current())
    }

    fn engine_on(
        &self,
        model: Arc<dyn ChatModel>,
        lease: Duration,
        runtime: Handle,
    ) -> ReplyEngine {
        let tickets = Arc::new(SqliteTicketRepository::new(self.database.clone()));
        let prompting = Prompting {
            tickets,
            messages: Arc::new(self.messages()),
            search: Arc::new(FixedPassageSearch::nothing()),
            templates: Arc::new(InMemoryPromptTemplates::default()),
            digests: Arc::new(SequentialOpaqueTokens::default()),
            clock: self.clock.clone(),
            factory: PromptFactory::new(PromptLimits::default()),
        };
        let prepared = CancellationToken::new();
        prepared.cancel();
        let parts = EngineParts {
            store: Arc::new(self.replies()),
            log: Arc::new(self.log()),
            model,
            prepare: PrepareReply::new(prompting),
            ledger: Arc::new(SqliteTokenLedger::new(self.database.clone())),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            prepared,
        };
        let settings = EngineSettings {
            lease,
            poll: Duration::from_millis(20),
            limits: None,
            quotas: TokenQuotas::default(),
        };
        ReplyEngine::start(parts, settings, runtime)
    }
}

/// Opens a reading that must have something to read.
pub async fn read(engine: &ReplyEngine, ticket: TicketId, cursor: Option<Cursor>) -> ReplyStream {
    match engine.open(ticket, cursor).await.expect("an opening") {
        Opening::Stream(stream) => stream,
        Opening::Finished => panic!("there is nothing to read"),
    }
}

/// The next frame.
pub async fn next(stream: &mut ReplyStream) -> Frame {
    tokio::time::timeout(DEADLINE, stream.next())
        .await
        .expect("a frame in time")
        .expect("a frame")
}

/// The text that a reader shows in the end, and how the reply ended.
pub async fn read_to_end(mut stream: ReplyStream) -> (String, &'static str) {
    let mut shown = String::new();
    loop {
        match next(&mut stream).await {
            Frame::Delta { text, .. } => shown.push_str(&text),
            Frame::Snapshot { text, .. } => shown = text,
            Frame::Restarted { .. } => shown.clear(),
            Frame::Created(_) | Frame::HandedOff { .. } => {}
            Frame::Ended(reply) => return (shown, reply.state.status()),
            Frame::Closing { .. } => return (shown, "closing"),
        }
    }
}

/// The cursor of a reader who saw the reply's end.
pub fn end_of(reply: &Reply) -> Cursor {
    Cursor::Event(EventId {
        reply_id: reply.id,
        position: Position {
            attempt: reply.attempt,
            sequence: reply.last_sequence,
            offset: reply.text.len(),
        },
    })
}
