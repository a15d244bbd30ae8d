//! What the web framework alone takes: a handler that answers a body of a given size.

use std::net::{Ipv4Addr, SocketAddr};

use actix_web::web::{self, Bytes};
use actix_web::{App, HttpResponse, HttpServer};
use anyhow::Context as _;

use super::child::{Role, serve_until_abandoned};

/// A running bare server.
pub(crate) struct Bare(Role);

impl Bare {
    pub(crate) fn start(bytes: usize) -> anyhow::Result<Self> {
        let arguments = ["bare".to_owned(), format!("--bytes={bytes}")];
        Ok(Self(Role::start(&arguments)?))
    }

    pub(crate) fn pid(&self) -> u32 {
        self.0.pid()
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.0.address
    }
}

/// Serves until whoever started this process is gone.
///
/// # Errors
/// When it cannot listen.
pub async fn serve(bytes: usize) -> anyhow::Result<()> {
    let body = Bytes::from(vec![b'x'; bytes]);
    let server = HttpServer::new(move || {
        let body = body.clone();
        // A body that nobody reads costs its connection.
        let answer = move |_: Bytes| {
            let body = body.clone();
            async move {
                HttpResponse::Ok()
                    .content_type("application/json")
                    .body(body)
            }
        };
        App::new().default_service(web::to(answer))
    });
    let server = server.disable_signals().bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = server.addrs().first().copied().context("no address")?;
    let server = server.run();
    let handle = server.handle();
    let (end, abandoned) = tokio::join!(server, async {
        let abandoned = serve_until_abandoned(address).await;
        handle.stop(false).await;
        abandoned
    });
    end?;
    abandoned
}
