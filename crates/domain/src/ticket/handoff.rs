use chrono::{DateTime, Utc};

use super::{Ticket, TicketStatus};
use crate::handoff::{Handoff, HandoffReason};

impl Ticket {
    /// Why a change that left the ticket like this handed it off, if it did.
    pub(crate) fn handed_off_since(&self, before: &Self) -> Option<HandoffReason> {
        let handoff = self.handoff.filter(|_| before.assistant_enabled)?;
        Some(handoff.reason)
    }

    /// Switches the assistant off. The first reason stays until the assistant is back.
    pub(super) fn hand_off(&mut self, reason: HandoffReason, at: DateTime<Utc>) {
        if self.assistant_enabled {
            self.assistant_enabled = false;
            self.handoff = Some(Handoff { reason, at });
        }
    }

    /// Switches the assistant on, and counts its answers anew.
    pub(super) fn hand_back(&mut self) {
        if !self.assistant_enabled {
            self.assistant_enabled = true;
            self.handoff = None;
            self.turns = 0;
        }
    }

    /// Counts an answer that people did not need to give. One that came late resolved nothing any
    /// more.
    pub(super) fn count_turn(&mut self) {
        if matches!(self.status, TicketStatus::Open | TicketStatus::Pending) {
            self.turns = self.turns.saturating_add(1);
        }
    }

    /// Whether an attempt that somebody asks for by name may be made: the assistant is on, or is
    /// off for want of means only.
    pub(crate) fn allows_retry(&self) -> bool {
        self.assistant_enabled
            || self
                .handoff
                .is_some_and(|handoff| handoff.reason.is_for_want_of_means())
    }

    /// Switches the assistant on for such an attempt, and says whether it was off.
    pub fn take_back_for_retry(&mut self, at: DateTime<Utc>) -> bool {
        if self.assistant_enabled || !self.allows_retry() {
            return false;
        }
        self.assistant_enabled = true;
        self.handoff = None;
        self.touch(at);
        true
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::{TicketId, UserId};
    use crate::message::{Author, Visibility};
    use crate::ticket::{
        Description, ExpectedVersion, NewTicket, Priority, TicketChange, TicketUpdate, Title,
    };
    use crate::user::{Actor, Role};

    const AT: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn customer() -> UserId {
        UserId::from_uuid(Uuid::from_u128(2))
    }

    fn agent() -> Actor {
        Actor {
            id: UserId::from_uuid(Uuid::from_u128(3)),
            role: Role::Agent,
        }
    }

    fn ticket() -> Ticket {
        let new = NewTicket {
            title: Title::parse("Refund").unwrap(),
            description: Description::parse("How?").unwrap(),
            category: None,
            priority: Priority::Normal,
        };
        Ticket::open(TicketId::from_uuid(Uuid::from_u128(1)), customer(), new, AT)
    }

    fn update(ticket: &mut Ticket, update: TicketUpdate) {
        let change = TicketChange::Update {
            by: agent(),
            update,
            expected: ExpectedVersion::Any,
        };
        ticket.apply(&change, AT).unwrap();
    }

    fn switch(ticket: &mut Ticket, on: bool) {
        let switched = TicketUpdate {
            assistant_enabled: Some(on),
            ..TicketUpdate::default()
        };
        update(ticket, switched);
    }

    fn answered(ticket: &mut Ticket) {
        ticket
            .receive(Author::Assistant, Visibility::Public, AT)
            .unwrap();
    }

    fn reason(ticket: &Ticket) -> Option<HandoffReason> {
        assert_eq!(ticket.assistant_enabled, ticket.handoff.is_none());
        ticket.handoff.map(|handoff| handoff.reason)
    }

    #[test]
    fn who_switches_the_assistant_off_is_the_reason() {
        for (by, expected) in [
            (customer(), HandoffReason::Customer),
            (agent().id, HandoffReason::Agent),
        ] {
            let mut ticket = ticket();
            ticket.apply(&TicketChange::HandOff { by }, AT).unwrap();
            assert_eq!(reason(&ticket), Some(expected));
        }
        let mut answered = ticket();
        let author = Author::Agent(agent().id);
        answered.receive(author, Visibility::Public, AT).unwrap();
        assert_eq!(reason(&answered), Some(HandoffReason::Agent));
        let mut switched = ticket();
        switch(&mut switched, false);
        assert_eq!(reason(&switched), Some(HandoffReason::Agent));
    }

    #[test]
    fn the_first_reason_stays_until_the_assistant_is_back() {
        let mut ticket = ticket();
        ticket
            .apply(&TicketChange::HandOff { by: customer() }, AT)
            .unwrap();
        ticket
            .receive(Author::Agent(agent().id), Visibility::Public, AT)
            .unwrap();
        assert_eq!(reason(&ticket), Some(HandoffReason::Customer));
        switch(&mut ticket, true);
        assert_eq!(reason(&ticket), None);
    }

    #[test]
    fn turns_are_counted_anew_after_a_handback_and_a_resolution() {
        let mut ticket = ticket();
        answered(&mut ticket);
        answered(&mut ticket);
        assert_eq!(ticket.turns, 2);
        switch(&mut ticket, true);
        assert_eq!(ticket.turns, 2, "it was on");
        switch(&mut ticket, false);
        switch(&mut ticket, true);
        assert_eq!(ticket.turns, 0);
        answered(&mut ticket);
        let resolved = TicketUpdate {
            status: Some(TicketStatus::Resolved),
            ..TicketUpdate::default()
        };
        update(&mut ticket, resolved);
        answered(&mut ticket);
        assert_eq!(ticket.turns, 0);
    }

    #[test]
    fn a_retry_takes_back_what_was_handed_off_for_want_of_means_only() {
        for reason in HandoffReason::ALL {
            let mut ticket = ticket();
            ticket.hand_off(reason, AT);
            let taken_back = ticket.take_back_for_retry(AT);
            let wanted = matches!(reason, HandoffReason::Quota | HandoffReason::UpstreamDown);
            assert_eq!((taken_back, ticket.assistant_enabled), (wanted, wanted));
        }
    }
}
