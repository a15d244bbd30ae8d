use std::sync::Arc;

use domain::ids::TicketId;
use domain::ports::TicketRepository;
use domain::reply::Reply;
use domain::use_cases::{AccessError, find_visible_ticket};
use domain::user::Actor;
use thiserror::Error;

use crate::engine::{ReplyEngine, RetryError};

/// Why a reply gets no other attempt.
#[derive(Debug, Error)]
pub enum RetryReplyError {
    /// There is no such ticket, or it is somebody else's.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The reply does not allow it.
    #[error(transparent)]
    Refused(#[from] RetryError),
}

/// Has the answer to a ticket's newest question generated again.
pub struct RetryReply {
    tickets: Arc<dyn TicketRepository>,
    engine: ReplyEngine,
}

impl RetryReply {
    /// Wires the use case.
    pub fn new(tickets: Arc<dyn TicketRepository>, engine: ReplyEngine) -> Self {
        Self { tickets, engine }
    }

    /// Begins another attempt at a reply that failed or was cancelled, and shows it.
    ///
    /// # Errors
    /// [`RetryReplyError`] when the ticket is not the actor's, or its reply needs no other attempt.
    pub async fn execute(
        &self,
        actor: Actor,
        ticket_id: TicketId,
    ) -> Result<Reply, RetryReplyError> {
        find_visible_ticket(self.tickets.as_ref(), actor, ticket_id).await?;
        Ok(self.engine.retry(ticket_id).await?)
    }
}
