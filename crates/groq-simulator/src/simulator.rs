use std::{io, net::SocketAddr, thread, time::Duration};

use actix_web::{dev::ServerHandle, rt::System, web::Data};
use tokio::sync::oneshot;

use crate::{
    config::Config,
    journal::{Counts, DeadlinePassed, Outcome, RecordedRequest},
    limits::RateLimits,
    reply::{Reply, ScriptedReply},
    server::serve,
    state::State,
};

/// A running simulator. Dropping it stops the server as well, without waiting for that.
///
/// The server has threads and a runtime of its own, so it can be started from any other.
pub struct Simulator {
    state: Data<State>,
    address: SocketAddr,
    server: ServerHandle,
    /// Resolves (to an error) when the server's thread is through.
    stopped: oneshot::Receiver<()>,
}

impl Simulator {
    /// Starts on a free port of the loopback interface.
    ///
    /// # Errors
    /// When no port could be bound.
    pub async fn start() -> io::Result<Self> {
        Self::start_with(Config::default()).await
    }

    /// Starts as configured.
    ///
    /// # Errors
    /// When the address could not be bound.
    pub async fn start_with(config: Config) -> io::Result<Self> {
        let state = Data::new(State::new(config));
        let shared = state.clone();
        let (started, start) = oneshot::channel();
        let (stopping, stopped) = oneshot::channel::<()>();
        thread::Builder::new()
            .name(String::from("groq-simulator"))
            .spawn(move || {
                System::new().block_on(async move {
                    match serve(shared) {
                        Ok((address, server)) => {
                            // If nobody waits for the start any more, the handle is gone, too.
                            if started.send(Ok((address, server.handle()))).is_ok() {
                                drop(server.await);
                            }
                        }
                        Err(error) => drop(started.send(Err(error))),
                    }
                });
                drop(stopping);
            })?;

        let (address, server) = start.await.map_err(io::Error::other)??;
        Ok(Self {
            state,
            address,
            server,
            stopped,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a client takes for `https://api.groq.com/openai/v1`.
    pub fn base_url(&self) -> String {
        format!("http://{}/openai/v1", self.address)
    }

    /// Under which the control endpoints are.
    pub fn control_url(&self) -> String {
        format!("http://{}/control", self.address)
    }

    /// Scripts the answer to the next request that has none yet. Only a request that passes the
    /// checks takes one; a refused one leaves it to the next.
    pub fn enqueue(&self, reply: Reply) {
        self.state.script([ScriptedReply { at: None, reply }]);
    }

    /// Scripts the answer to one request, counted from now: 1 is the next. The others are answered
    /// as if it was not there.
    pub fn enqueue_at(&self, request: u64, reply: Reply) {
        let at = Some(request.max(1));
        self.state.script([ScriptedReply { at, reply }]);
    }

    /// Every chat request so far, in the order of arrival (the newest, if there were more than
    /// [`Config::journal_capacity`]).
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state.journal.requests()
    }

    /// How many requests there were, by outcome.
    pub fn counts(&self) -> Counts {
        self.state.journal.counts()
    }

    /// Waits until `count` requests were received, and returns the journal.
    ///
    /// # Errors
    /// When it takes longer than `within`.
    pub async fn wait_for_requests(
        &self,
        count: usize,
        within: Duration,
    ) -> Result<Vec<RecordedRequest>, DeadlinePassed> {
        self.state.journal.wait_for_requests(count, within).await
    }

    /// Waits until request `index` has ended, and tells how. A client that left in the middle is
    /// [`Outcome::ClientLeft`].
    ///
    /// # Errors
    /// When it takes longer than `within`, or no such request is in the journal by then.
    pub async fn wait_for_outcome(
        &self,
        index: usize,
        within: Duration,
    ) -> Result<Outcome, DeadlinePassed> {
        self.state.journal.wait_for_outcome(index, within).await
    }

    /// Limits the requests from now on, starting with full buckets. A request over a limit is
    /// refused and takes no scripted reply.
    pub fn limit_rates(&self, limits: RateLimits) {
        self.state.limiter.set(limits);
    }

    /// Forgets the scripted replies and the journal, and goes back to the configured limits with
    /// full buckets.
    pub fn reset(&self) {
        self.state.reset();
    }

    /// Stops the server at once, breaking off what it is still sending, and waits for its end.
    pub async fn stop(mut self) {
        self.server.stop(false).await;
        drop((&mut self.stopped).await);
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        // The command is sent by the call; the future only waits for its completion.
        drop(self.server.stop(false));
    }
}
