use std::sync::Arc;

use thiserror::Error;

use super::idempotency::RequestKeys;
use crate::idempotency::{KeyReused, KeyedRequest, Made};
use crate::ids::TicketId;
use crate::ports::{
    Clock, IdGenerator, IdempotencyStore, KeyedWrite, OpaqueTokens, RepositoryError,
    TicketRepository,
};
use crate::ticket::{NewTicket, Ticket};
use crate::user::Actor;

/// Why a ticket was not opened.
#[derive(Debug, Error)]
pub enum CreateTicketError {
    /// The key was used for another request.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Opens a ticket for whoever asks.
pub struct CreateTicket {
    tickets: Arc<dyn TicketRepository>,
    keys: RequestKeys,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
}

impl CreateTicket {
    /// Wires the use case.
    pub fn new(
        tickets: Arc<dyn TicketRepository>,
        keyed: Arc<dyn IdempotencyStore>,
        digests: Arc<dyn OpaqueTokens>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdGenerator>,
    ) -> Self {
        Self {
            tickets,
            keys: RequestKeys::new(keyed, digests),
            clock,
            ids,
        }
    }

    /// Opens the ticket; with a key, once. A repetition gives it as it was opened.
    ///
    /// # Errors
    /// [`CreateTicketError`] when the key was used for something else or the store fails.
    pub async fn execute(
        &self,
        actor: Actor,
        new: NewTicket,
        keyed: Option<KeyedRequest>,
    ) -> Result<Made<Ticket>, CreateTicketError> {
        let now = self.clock.now();
        let id = TicketId::from_uuid(self.ids.generate());
        let ticket = Ticket::open(id, actor.id, new.clone(), now);
        let Some(keyed) = keyed else {
            self.tickets.insert(&ticket).await?;
            return Ok(Made::Now(ticket));
        };
        let record = self.keys.record(actor, keyed, now);
        match self.keys.store.insert_ticket(&record, &ticket).await? {
            KeyedWrite::Done(()) => Ok(Made::Now(ticket)),
            // The same request under the same key opened it, so it looked just like this.
            KeyedWrite::Repeated(id, at) => Ok(Made::Before(Ticket::open(id, actor.id, new, at))),
            KeyedWrite::KeyReused => Err(KeyReused.into()),
        }
    }
}
