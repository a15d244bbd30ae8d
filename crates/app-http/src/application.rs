//! The server: built, then run until it is told to stop.

use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::{Compress, Condition, from_fn};
use actix_web::{App, web};
use anyhow::Context as _;
use reply_engine::{ReplyEngine, ShutdownPace};
use tokio_util::sync::CancellationToken;

use crate::client_address::TrustedProxies;
use crate::composition::{ServingGuard, Wiring, compose};
use crate::config::{Config, Database};
use crate::listening::{Treatment, serve};
use crate::{measures, middleware, routes};

/// A server that listens, ready to run.
pub struct Application {
    server: Server,
    handle: ServerHandle,
    metrics: Option<Server>,
    address: SocketAddr,
    engine: ReplyEngine,
    draining: CancellationToken,
    housekeeping: Pin<Box<dyn Future<Output = ()> + Send>>,
    pace: ShutdownPace,
    guard: ServingGuard,
}

impl Application {
    /// What a shutdown keeps back for readers to be told and connections to be closed.
    const CLOSING_TIME: Duration = Duration::from_secs(3);
    /// How long readers are left in peace where another replica could serve them: most answers
    /// end by then.
    const PATIENCE: Duration = Duration::from_secs(5);

    /// Opens the store, starts the reply engine and binds the address.
    ///
    /// # Errors
    /// When the store cannot be opened or the address is taken.
    pub async fn build(config: &Config, wiring: Wiring) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((config.host, config.port))
            .with_context(|| format!("cannot listen on {}:{}", config.host, config.port))?;
        let address = listener.local_addr()?;

        let metrics = measures::listen(&config.metrics)?;

        let composed = compose(config, wiring).await?;
        let use_cases = web::Data::new(composed.use_cases);
        let proxies = web::Data::new(TrustedProxies::new(config.edge.trusted_proxies.clone()));
        let edge = web::Data::new(config.edge.clone());
        let treatment = Treatment {
            max_connections: edge.max_connections,
            head_timeout: edge.head_timeout,
            client_timeout: config.client_timeout,
            closing_time: Self::CLOSING_TIME.min(config.shutdown),
        };
        let server = serve(listener, treatment, move || {
            let origins = &edge.cors_origins;
            App::new()
                .app_data(use_cases.clone())
                .app_data(proxies.clone())
                .app_data(edge.clone())
                .wrap(Compress::default())
                .wrap(from_fn(middleware::admit))
                // It answers preflights before anything else is asked of them.
                .wrap(Condition::new(!origins.is_empty(), middleware::cors(origins)))
                .wrap(from_fn(middleware::around))
                .configure(routes::configure)
        })?;

        Ok(Self {
            handle: server.handle(),
            server,
            metrics,
            address,
            engine: composed.engine,
            draining: composed.draining,
            housekeeping: composed.housekeeping,
            pace: Self::shutdown_pace(config),
            guard: composed.guard,
        })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    fn shutdown_pace(config: &Config) -> ShutdownPace {
        let budget = config.shutdown.saturating_sub(Self::CLOSING_TIME);
        let patience = match config.database {
            // Nobody else serves this file: readers have nowhere to go.
            Database::Sqlite(_) => budget,
            Database::Postgres(_) => Self::PATIENCE.min(budget / 4),
        };
        ShutdownPace { budget, patience }
    }

    /// Serves until `stop` resolves, then lets replies finish or hands them over, tells readers and closes.
    ///
    /// # Errors
    /// When the server fails.
    pub async fn run_until(self, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
        let Self {
            server,
            handle,
            metrics,
            engine,
            draining,
            housekeeping,
            pace,
            guard,
            ..
        } = self;
        let closing = async {
            stop.await;
            tracing::info!("shutting down");
            draining.cancel();
            engine.shut_down(pace).await;
            handle.stop(true).await;
            std::future::pending().await
        };
        let housekeeping = async {
            housekeeping.await;
            std::future::pending().await
        };
        // The server ends when it was closed, or by itself when it cannot go on.
        let served = tokio::select! {
            served = server => served,
            never = closing => never,
            never = housekeeping => never,
            never = tell_metrics(metrics) => never,
        };
        drop(guard);
        served.context("the server failed")
    }
}

/// Tells metrics to the end: those of a shutdown are of interest, too.
async fn tell_metrics(server: Option<Server>) -> std::io::Result<()> {
    let told = async {
        match server {
            Some(server) => server.await,
            None => std::future::pending().await,
        }
    };
    let (told, ()) = tokio::join!(told, measures::keep_up());
    told
}
