use std::{
    io,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use actix_http::{HttpService, Protocol};
use actix_service::{ServiceFactoryExt, fn_service, map_config};
use actix_web::{
    App,
    dev::{AppConfig, Server},
    rt::net::TcpStream,
    web::Data,
};
use tokio::net::TcpSocket;

use crate::{connection::Connection, routes, state::State};

/// Pending connections the kernel may keep; a benchmark opens thousands at once.
const BACKLOG: u32 = 4_096;

/// Listens and serves. The web framework's own server would do, if it let go of its sockets: a
/// connection cannot be reset without.
pub(crate) fn serve(state: Data<State>) -> io::Result<(SocketAddr, Server)> {
    let workers = state.config.workers.max(1);
    let listener = listen(state.config.address)?;
    let address = listener.local_addr()?;

    let server = Server::build()
        .workers(workers)
        .disable_signals()
        .listen("groq-simulator", listener, move || {
            let app = App::new()
                .app_data(state.clone())
                .configure(routes::configure);
            let http = HttpService::build()
                .keep_alive(Duration::from_secs(75))
                // A client that closes its side has left: streams do not go on for it.
                .h1_allow_half_closed(false)
                .on_connect_ext(|connection: &Connection, extensions| {
                    extensions.insert(connection.breaker());
                })
                .finish(map_config(app, |()| AppConfig::default()));
            fn_service(async |stream: TcpStream| {
                // Small chunks have to leave at their time, not when the previous one is
                // acknowledged.
                stream.set_nodelay(true)?;
                let peer = stream.peer_addr().ok();
                Ok((Connection::new(stream), Protocol::Http1, peer))
            })
            .and_then(http)
        })?
        .run();
    Ok((address, server))
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}
