//! The composition root: the one place that knows which adapter stands behind which port.

mod assistant;
pub(crate) mod examination;
mod knowledge;
mod signing_key;
mod stores;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use adapters_auth::{BcryptPasswordHasher, JwtAccessTokens, RandomOpaqueTokens};
use adapters_extractive::sample_articles;
use adapters_search::TantivyPassageSearch;
use anyhow::Context as _;
use domain::ports::{
    AccessTokens, ChatModel, Clock, IdGenerator, OpaqueTokens, PasswordHasher, TokenQuotas,
};
use domain::prompt::PromptFactory;
use domain::use_cases::{
    Authenticate, ChangePassword, ChangeUser, CheckAccess, CreateTicket, CreateUser, HandOffTicket,
    ImportArticles, InstallSampleArticles, IssueStreamToken, LimitAttempts, ListMessages,
    ListPromptTemplates, ListTickets, ListUsers, LogIn, LogInParts, LogOut, PrepareReply,
    PreviewPrompt, Prompting, RateMessage, RenewSession, SavePromptTemplate, SendMessage,
    SendMessageParts, ShowProfile, ShowPromptTemplate, ShowStatistics, ShowTicket, SignIn, SignUp,
    Sweep, SweepParts, UpdateTicket, WithdrawPromptTemplate,
};
use reply_engine::{
    CancelReply, EngineParts, EngineSettings, ReplyEngine, RetryReply, ShowReceipt, ShowReply,
    StreamByToken, StreamByTokenParts, StreamReply,
};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use self::knowledge::Knowledge;
pub(crate) use self::stores::ServingGuard;
use self::stores::{Serving, Stores};
use crate::access_watch::AccessWatch;
use crate::config::{Assistant, Config, Database};
use crate::janitor;
use crate::measures::CountedHandoffs;
use crate::system::{SystemClock, UuidV7Ids};
use crate::use_cases::{Readiness, UseCases};

/// What tests replace; the default is production.
pub struct Wiring {
    /// bcrypt's cost: each step doubles the work.
    pub bcrypt_cost: u32,
    /// Answers instead of the configured assistant.
    pub model: Option<Arc<dyn ChatModel>>,
}

impl Default for Wiring {
    fn default() -> Self {
        Self {
            bcrypt_cost: BcryptPasswordHasher::PRODUCTION_COST,
            model: None,
        }
    }
}

/// The wired product.
pub(crate) struct Composed {
    pub(crate) use_cases: UseCases,
    pub(crate) engine: ReplyEngine,
    pub(crate) draining: CancellationToken,
    /// Cleans up and watches readers until draining begins.
    pub(crate) housekeeping: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// Kept until nothing is served any more.
    pub(crate) guard: ServingGuard,
}

/// How often replies of other processes are looked at when nothing rings.
const POLL: Duration = Duration::from_millis(500);

/// Brings the database to the newest migration.
///
/// # Errors
/// When it cannot be opened or migrated.
pub async fn migrate(config: &Config) -> anyhow::Result<()> {
    Stores::open(config).await.map(drop)
}

/// The use case that makes accounts, for the command line.
///
/// # Errors
/// When the database cannot be opened.
pub async fn user_creation(config: &Config) -> anyhow::Result<CreateUser> {
    let stores = Stores::open(config).await?;
    let hasher = BcryptPasswordHasher::new(Wiring::default().bcrypt_cost);
    Ok(CreateUser::new(
        stores.users,
        Arc::new(hasher),
        Arc::new(SystemClock),
        Arc::new(UuidV7Ids),
    ))
}

/// The use case that imports articles, for the command line.
///
/// # Errors
/// When the database cannot be opened.
pub async fn article_import(config: &Config) -> anyhow::Result<ImportArticles> {
    let stores = Stores::open(config).await?;
    Ok(ImportArticles::new(
        stores.articles,
        Arc::new(SystemClock),
        Arc::new(UuidV7Ids),
    ))
}

/// Wires everything.
pub(crate) async fn compose(config: &Config, wiring: Wiring) -> anyhow::Result<Composed> {
    let draining = CancellationToken::new();
    let Serving {
        stores,
        guard,
        prepared,
    } = Stores::open_for_serving(config, draining.clone()).await?;
    let mut tokens = JwtAccessTokens::new(
        &signing_key::obtain(config)?,
        JwtAccessTokens::PRODUCTION_LIFETIME,
    );
    if let Some(previous) = &config.jwt_secret_previous {
        tokens = tokens.accepting_previous(previous);
    }
    let services = Services {
        clock: Arc::new(SystemClock),
        ids: Arc::new(UuidV7Ids),
        hasher: Arc::new(BcryptPasswordHasher::new(wiring.bcrypt_cost)),
        tokens: Arc::new(tokens),
        opaque_tokens: Arc::new(RandomOpaqueTokens),
        search: knowledge::search(config, &stores)?,
    };
    let (model, quotas) = match (wiring.model, &config.assistant) {
        (Some(model), _) => (model, config.token_quotas),
        // To quote articles costs no tokens.
        (None, assistant @ Assistant::Extractive) => {
            (assistant::obtain(assistant)?, TokenQuotas::default())
        }
        (None, assistant) => (assistant::obtain(assistant)?, config.token_quotas),
    };

    // A company's own database gets its own articles; the file of somebody who tries the program
    // gets something to quote.
    if matches!(config.database, Database::Sqlite(_)) {
        install_samples(&stores, &services).await?;
    }
    let prompting = prompting(config, &stores, &services);
    let answering = Answering {
        model,
        quotas,
        prepare: PrepareReply::new(prompting.clone()).with_rules(config.handoff_rules),
    };
    let engine = start_engine(config, &stores, &services, answering, prepared.clone());
    let sweep = Sweep::new(SweepParts {
        events: Arc::clone(&stores.events),
        stream_tokens: Arc::clone(&stores.stream_tokens),
        sessions: Arc::clone(&stores.sessions),
        throttle: Arc::clone(&stores.throttle),
        keyed: Arc::clone(&stores.keyed),
        clock: Arc::clone(&services.clock),
    });
    let cleaning = janitor::run(sweep, prepared.clone(), draining.clone());
    let indexing = knowledge::follow(services.search.clone(), prepared.clone(), draining.clone());
    let check_access = CheckAccess::new(Arc::clone(&stores.sessions), Arc::clone(&services.clock));
    let readiness = Readiness {
        store: Arc::clone(&stores.health),
        prepared,
        draining: draining.clone(),
    };
    let attempts = limit_attempts(config, &stores, &services);
    let use_cases = wire(stores, services, &engine, (readiness, attempts), prompting);
    let watching = use_cases.access.clone().run(check_access, draining.clone());
    let housekeeping = Box::pin(async {
        tokio::join!(cleaning, watching, indexing);
    });
    Ok(Composed {
        use_cases,
        engine,
        draining,
        housekeeping,
        guard,
    })
}

/// Every port that no database stands behind.
struct Services {
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
    hasher: Arc<dyn PasswordHasher>,
    tokens: Arc<dyn AccessTokens>,
    opaque_tokens: Arc<dyn OpaqueTokens>,
    search: TantivyPassageSearch,
}

async fn install_samples(stores: &Stores, services: &Services) -> anyhow::Result<()> {
    let install = InstallSampleArticles::new(
        Arc::clone(&stores.articles),
        Arc::clone(&services.clock),
        Arc::clone(&services.ids),
    );
    if install
        .execute(&sample_articles())
        .await
        .context("cannot load the sample articles")?
    {
        tracing::info!("sample help articles loaded");
    }
    Ok(())
}

fn limit_attempts(config: &Config, stores: &Stores, services: &Services) -> LimitAttempts {
    if config.attempt_limits.is_none() {
        tracing::warn!(
            "RATE_LIMITS=off: passwords may be guessed and accounts made without end, which is for \
             load tests only"
        );
    }
    LimitAttempts::new(
        Arc::clone(&stores.throttle),
        Arc::clone(&services.opaque_tokens),
        Arc::clone(&services.clock),
        config.attempt_limits,
    )
}

fn prompting(config: &Config, stores: &Stores, services: &Services) -> Prompting {
    Prompting {
        tickets: Arc::clone(&stores.tickets),
        messages: Arc::clone(&stores.messages),
        search: Arc::new(services.search.clone()),
        templates: Arc::clone(&stores.templates),
        digests: Arc::clone(&services.opaque_tokens),
        clock: Arc::clone(&services.clock),
        factory: PromptFactory::new(assistant::prompt_limits(&config.assistant)),
    }
}

/// How questions are answered.
struct Answering {
    model: Arc<dyn ChatModel>,
    quotas: TokenQuotas,
    prepare: PrepareReply,
}

fn start_engine(
    config: &Config,
    stores: &Stores,
    services: &Services,
    answering: Answering,
    prepared: CancellationToken,
) -> ReplyEngine {
    let Answering {
        model,
        quotas,
        prepare,
    } = answering;
    let parts = EngineParts {
        store: Arc::clone(&stores.replies),
        log: Arc::clone(&stores.events),
        ledger: Arc::clone(&stores.ledger),
        model,
        prepare,
        clock: Arc::clone(&services.clock),
        ids: Arc::clone(&services.ids),
        prepared,
    };
    let settings = EngineSettings {
        lease: config.lease,
        poll: POLL,
        limits: config.reply_limits,
        quotas,
    };
    ReplyEngine::start(parts, settings, Handle::current())
}

fn log_in(stores: &Stores, services: &Services) -> LogIn {
    LogIn::new(LogInParts {
        users: stores.users.clone(),
        sessions: stores.sessions.clone(),
        hasher: services.hasher.clone(),
        tokens: services.tokens.clone(),
        opaque_tokens: services.opaque_tokens.clone(),
        clock: services.clock.clone(),
        ids: services.ids.clone(),
    })
}

fn wire(
    stores: Stores,
    services: Services,
    engine: &ReplyEngine,
    (readiness, attempts): (Readiness, LimitAttempts),
    prompting: Prompting,
) -> UseCases {
    let knowledge = Knowledge::new(&stores, &services);
    let log_in = log_in(&stores, &services);
    let Stores {
        users,
        sessions,
        tickets,
        messages,
        keyed,
        replies,
        statistics,
        stream_tokens,
        templates,
        ..
    } = stores;
    let Services {
        clock,
        ids,
        hasher,
        tokens,
        opaque_tokens,
        ..
    } = services;
    let by_token = StreamByTokenParts {
        sessions: sessions.clone(),
        tickets: tickets.clone(),
        stream_tokens: stream_tokens.clone(),
        replies,
        tokens: opaque_tokens.clone(),
        clock: clock.clone(),
    };
    let create_user = CreateUser::new(users.clone(), hasher.clone(), clock.clone(), ids.clone());
    UseCases {
        authenticate: Authenticate::new(tokens.clone(), sessions.clone(), clock.clone()),
        sign_up: SignUp::new(create_user, attempts.clone()),
        sign_in: SignIn::new(log_in, attempts.clone()),
        renew_session: RenewSession::new(
            sessions.clone(),
            tokens,
            opaque_tokens.clone(),
            clock.clone(),
        ),
        log_out: LogOut::new(sessions),
        change_password: ChangePassword::new(users.clone(), hasher, attempts),
        list_users: ListUsers::new(users.clone()),
        change_user: ChangeUser::new(users.clone(), clock.clone()),
        show_statistics: ShowStatistics::new(statistics, clock.clone()),
        list_prompt_templates: ListPromptTemplates::new(templates.clone()),
        show_prompt_template: ShowPromptTemplate::new(templates.clone()),
        save_prompt_template: SavePromptTemplate::new(templates.clone(), clock.clone()),
        withdraw_prompt_template: WithdrawPromptTemplate::new(templates, clock.clone()),
        preview_prompt: PreviewPrompt::new(prompting),
        show_profile: ShowProfile::new(users.clone()),
        create_ticket: CreateTicket::new(
            tickets.clone(),
            keyed.clone(),
            opaque_tokens.clone(),
            clock.clone(),
            ids.clone(),
        ),
        list_tickets: ListTickets::new(tickets.clone()),
        show_ticket: ShowTicket::new(messages.clone()),
        hand_off_ticket: HandOffTicket::new(tickets.clone(), clock.clone())
            .with_tally(Arc::new(CountedHandoffs)),
        update_ticket: UpdateTicket::new(tickets.clone(), users, clock.clone())
            .with_tally(Arc::new(CountedHandoffs)),
        send_message: SendMessage::new(SendMessageParts {
            tickets: tickets.clone(),
            messages: messages.clone(),
            keyed,
            digests: opaque_tokens.clone(),
            clock: clock.clone(),
            ids,
            tally: Arc::new(CountedHandoffs),
        }),
        list_messages: ListMessages::new(tickets.clone(), messages.clone()),
        rate_message: RateMessage::new(tickets.clone(), messages, clock.clone()),
        stream_reply: StreamReply::new(tickets.clone(), engine.clone()),
        stream_by_token: StreamByToken::new(by_token, engine.clone()),
        show_reply: ShowReply::new(tickets.clone(), engine.clone()),
        show_receipt: ShowReceipt::new(tickets.clone(), engine.clone()),
        cancel_reply: CancelReply::new(tickets.clone(), engine.clone()),
        retry_reply: RetryReply::new(tickets.clone(), engine.clone()),
        issue_stream_token: IssueStreamToken::new(tickets, stream_tokens, opaque_tokens, clock),
        list_articles: knowledge.list,
        show_article: knowledge.show,
        search_articles: knowledge.search,
        create_article: knowledge.create,
        change_article: knowledge.change,
        delete_article: knowledge.delete,
        show_synonyms: knowledge.show_synonyms,
        set_synonyms: knowledge.set_synonyms,
        access: AccessWatch::default(),
        readiness,
    }
}
