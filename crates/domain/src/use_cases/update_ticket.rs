use std::sync::Arc;

use thiserror::Error;

use super::{AccessError, find_visible_ticket};
use crate::ids::{TicketId, UserId};
use crate::ports::{
    ChangeTicketError, Clock, HandoffTally, RepositoryError, TicketRepository, UserRepository,
};
use crate::ticket::{ExpectedVersion, Setting, Ticket, TicketChange, TicketRefusal, TicketUpdate};
use crate::user::Actor;

/// Why a ticket was not updated.
#[derive(Debug, Error)]
pub enum UpdateTicketError {
    /// There is no such ticket, or it is somebody else's: callers cannot tell which.
    #[error("there is no such ticket")]
    NotFound,
    /// Customers change the title, the priority and the category, and resolve; nothing else.
    #[error("only staff change the field {0}")]
    FieldIsForStaff(&'static str),
    /// Nobody can be put in charge but staff whose account works.
    #[error("the assignee is no agent")]
    NoSuchAgent,
    /// The ticket does not allow it.
    #[error(transparent)]
    Refused(TicketRefusal),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl From<AccessError> for UpdateTicketError {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::NotFound => Self::NotFound,
            AccessError::Repository(error) => Self::Repository(error),
        }
    }
}

impl From<ChangeTicketError> for UpdateTicketError {
    fn from(error: ChangeTicketError) -> Self {
        match error {
            ChangeTicketError::NotFound => Self::NotFound,
            ChangeTicketError::Refused(refusal) => Self::Refused(refusal),
            ChangeTicketError::Repository(error) => Self::Repository(error),
        }
    }
}

/// Changes fields of a ticket: customers its title, priority and category, and its status to resolved;
/// staff all of them.
pub struct UpdateTicket {
    tickets: Arc<dyn TicketRepository>,
    users: Arc<dyn UserRepository>,
    clock: Arc<dyn Clock>,
    tally: Arc<dyn HandoffTally>,
}

impl UpdateTicket {
    /// Wires the use case.
    pub fn new(
        tickets: Arc<dyn TicketRepository>,
        users: Arc<dyn UserRepository>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            tickets,
            users,
            clock,
            tally: Arc::new(()),
        }
    }

    /// Tells of what it hands off.
    #[must_use]
    pub fn with_tally(self, tally: Arc<dyn HandoffTally>) -> Self {
        Self { tally, ..self }
    }

    /// Changes all of the fields or none, if the ticket is of the expected version. What changes
    /// nothing raises no version.
    ///
    /// # Errors
    /// [`UpdateTicketError`] when the ticket is not the actor's to change in this way.
    pub async fn execute(
        &self,
        actor: Actor,
        id: TicketId,
        update: TicketUpdate,
        expected: ExpectedVersion,
    ) -> Result<Ticket, UpdateTicketError> {
        let before = find_visible_ticket(self.tickets.as_ref(), actor, id).await?;
        if !actor.role.is_staff()
            && let Some(field) = update.field_for_staff()
        {
            return Err(UpdateTicketError::FieldIsForStaff(field));
        }
        if let Setting::Set(assignee_id) = update.assignee_id
            && !self.is_agent(assignee_id).await?
        {
            return Err(UpdateTicketError::NoSuchAgent);
        }
        let change = TicketChange::Update {
            by: actor,
            update,
            expected,
        };
        let ticket = self.tickets.change(id, change, self.clock.now()).await?;
        if let Some(reason) = ticket.handed_off_since(&before) {
            self.tally.handed_off(reason);
        }
        Ok(ticket)
    }

    async fn is_agent(&self, id: UserId) -> Result<bool, RepositoryError> {
        let user = self.users.find(id).await?;
        Ok(user.is_some_and(|user| user.role.is_staff() && user.disabled_at.is_none()))
    }
}
