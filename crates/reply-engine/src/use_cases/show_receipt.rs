use std::sync::Arc;

use domain::ids::{ReplyId, TicketId};
use domain::ports::{RepositoryError, TicketRepository};
use domain::reply::Reply;
use domain::use_cases::{AccessError, find_visible_ticket};
use domain::user::Actor;
use thiserror::Error;

use crate::engine::ReplyEngine;

/// Why a reply's receipt is not shown.
#[derive(Debug, Error)]
pub enum ShowReceiptError {
    /// There is no such ticket or reply to it, or it is somebody else's: callers cannot tell which.
    #[error("there is no such reply")]
    NotFound,
    /// How an answer came about is no customer's business.
    #[error("only staff see receipts")]
    ForStaff,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl From<AccessError> for ShowReceiptError {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::NotFound => Self::NotFound,
            AccessError::Repository(error) => Self::Repository(error),
        }
    }
}

/// Shows staff how an answer came about.
pub struct ShowReceipt {
    tickets: Arc<dyn TicketRepository>,
    engine: ReplyEngine,
}

impl ShowReceipt {
    /// Wires the use case.
    pub fn new(tickets: Arc<dyn TicketRepository>, engine: ReplyEngine) -> Self {
        Self { tickets, engine }
    }

    /// The reply with everything that is kept of it, and its text so far.
    ///
    /// # Errors
    /// [`ShowReceiptError`] when there is none or the actor is no staff.
    pub async fn execute(
        &self,
        actor: Actor,
        ticket_id: TicketId,
        reply_id: ReplyId,
    ) -> Result<Reply, ShowReceiptError> {
        find_visible_ticket(self.tickets.as_ref(), actor, ticket_id).await?;
        if !actor.role.is_staff() {
            return Err(ShowReceiptError::ForStaff);
        }
        let reply = self.engine.find(reply_id).await?;
        reply
            .filter(|reply| reply.ticket_id == ticket_id)
            .ok_or(ShowReceiptError::NotFound)
    }
}
