use std::future::poll_fn;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::{AsyncMessage, Client, Connection, Error, NoTls, Notification};

use crate::bell;
use crate::settings::Target;

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Serving,
    Migrating,
    Listening,
}

impl Purpose {
    const fn set_up(self) -> &'static str {
        match self {
            // The server gives up before a unit of work does, unless that waited for a connection:
            // so it is the server who says what was waited for, and releases locks of whoever
            // vanished. To start a parallel worker takes longer than what it would do.
            Self::Serving => {
                "SET statement_timeout = '3500ms'; SET lock_timeout = '3s'; \
                 SET idle_in_transaction_session_timeout = '10s'; \
                 SET max_parallel_workers_per_gather = 0"
            }
            // Another process' migrations are waited for however long they take.
            Self::Migrating => "SET statement_timeout = 0; SET lock_timeout = 0",
            Self::Listening => bell::LISTEN,
        }
    }
}

/// A connection of its own, driven by a task on the runtime it was made on. Dropping the client
/// ends the task.
pub(crate) struct Link {
    pub(crate) client: Client,
    pub(crate) driver: JoinHandle<()>,
    pub(crate) notifications: UnboundedReceiver<Notification>,
}

impl Target {
    pub(crate) async fn link(&self, purpose: Purpose) -> Result<Link, Error> {
        let link = self.connect().await?;
        link.client.batch_execute(purpose.set_up()).await?;
        if purpose == Purpose::Serving {
            // Errors are told apart by their messages. Not every account may choose their
            // language.
            drop(link.client.batch_execute("SET lc_messages = 'C'").await);
        }
        Ok(link)
    }

    async fn connect(&self) -> Result<Link, Error> {
        let Some(tls) = &self.tls else {
            let (client, connection) = self.config.connect(NoTls).await?;
            return Ok(Link::drive(client, connection));
        };
        match self.config.connect(tls.clone()).await {
            Ok((client, connection)) => Ok(Link::drive(client, connection)),
            // The driver falls back when the server does not encrypt, but not when it does so in a
            // way that we do not understand.
            Err(error) if self.prefers_tls() && is_handshake(&error) => {
                let mut plain = self.config.clone();
                plain.ssl_mode(SslMode::Disable);
                let (client, connection) = plain.connect(NoTls).await?;
                Ok(Link::drive(client, connection))
            }
            Err(error) => Err(error),
        }
    }

    fn prefers_tls(&self) -> bool {
        self.config.get_ssl_mode() == SslMode::Prefer
    }
}

/// The driver does not tell kinds of errors apart otherwise.
fn is_handshake(error: &Error) -> bool {
    error
        .to_string()
        .starts_with("error performing TLS handshake")
}

impl Link {
    fn drive<S, T>(client: Client, connection: Connection<S, T>) -> Self
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, notifications) = mpsc::unbounded_channel();
        Self {
            client,
            driver: Handle::current().spawn(drive(connection, sender)),
            notifications,
        }
    }
}

async fn drive<S, T>(mut connection: Connection<S, T>, notifications: UnboundedSender<Notification>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        match poll_fn(|context| connection.poll_message(context)).await {
            Some(Ok(AsyncMessage::Notification(notification))) => {
                // It fails where nobody listens.
                drop(notifications.send(notification));
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                tracing::debug!(error = %error, "a database connection was lost");
                return;
            }
            None => return,
        }
    }
}
