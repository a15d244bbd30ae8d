//! Takes connections and serves the application on them.

use std::fmt;
use std::future::ready;
use std::io;
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use actix_http::body::MessageBody;
use actix_http::error::DispatchError;
use actix_http::{HttpService, Request, Response};
use actix_server::Server;
use actix_service::{
    IntoServiceFactory, ServiceFactory, ServiceFactoryExt as _, fn_service, map_config,
};
use actix_web::Error;
use actix_web::dev::AppConfig;
use actix_web::rt::net::TcpStream;
use socket2::SockRef;

use crate::connection::GuardedStream;

/// How connections are treated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Treatment {
    /// Connections at the same time.
    pub(crate) max_connections: u32,
    /// How long the head of a request may take.
    pub(crate) head_timeout: Duration,
    /// How long a client may leave what it was sent unacknowledged.
    pub(crate) client_timeout: Duration,
    /// How long connections may go on when the server is stopped.
    pub(crate) closing_time: Duration,
}

/// What a later head is given more than the first, so that the first one's timer comes first: it
/// answers.
const GRACE: Duration = Duration::from_millis(500);

/// A server of this application. It is what `HttpServer` would be, over guarded connections.
pub(crate) fn serve<F, I, S, B>(
    listener: TcpListener,
    treatment: Treatment,
    application: F,
) -> io::Result<Server>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<Error> + 'static,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>> + 'static,
    S::Service: 'static,
    B: MessageBody + 'static,
{
    let workers = thread::available_parallelism().map_or(2, usize::from);
    let per_worker = usize::try_from(treatment.max_connections)
        .unwrap_or(usize::MAX)
        .div_ceil(workers);
    let builder = Server::build()
        .workers(workers)
        .max_concurrent_connections(per_worker)
        .shutdown_timeout(treatment.closing_time.as_secs())
        .disable_signals();
    let stopping = builder.graceful_shutdown_signal();
    let builder = builder.listen("http", listener, move || {
        let stopping = stopping.clone();
        let service = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .client_request_timeout(treatment.head_timeout)
            // Else a client that closes its side is noticed only at the next write but one.
            .h1_allow_half_closed(false)
            .on_connect_ext(|stream: &GuardedStream, data| {
                data.insert(stream.connection());
            })
            .h1(map_config(
                application()
                    .into_factory()
                    .map_err(|error| error.into().error_response()),
                |()| AppConfig::default(),
            ));
        fn_service(move |stream: TcpStream| ready(accept(stream, treatment))).and_then(service)
    })?;
    Ok(builder.run())
}

type Accepted = (GuardedStream, Option<std::net::SocketAddr>);

fn accept(stream: TcpStream, treatment: Treatment) -> Result<Accepted, DispatchError> {
    let peer = stream.peer_addr().map_err(DispatchError::Io)?;
    stream.set_nodelay(true).map_err(DispatchError::Io)?;
    let timeout = Some(treatment.client_timeout);
    // Not every platform has it; there, the heartbeats' failing writes must do.
    drop(SockRef::from(&stream).set_tcp_user_timeout(timeout));
    let stream = GuardedStream::new(stream, treatment.head_timeout + GRACE);
    Ok((stream, Some(peer)))
}
