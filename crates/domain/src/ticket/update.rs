use chrono::{DateTime, Utc};

use super::{Category, Effect, Move, Priority, Tags, Ticket, TicketRefusal, TicketStatus, Title};
use crate::handoff::HandoffReason;
use crate::ids::UserId;
use crate::reply::{CancelReason, CancelledBy};
use crate::user::Actor;

/// What is wanted of a field that may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Setting<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It becomes empty.
    Clear,
    /// It becomes this.
    Set(T),
}

impl<T: Clone> Setting<T> {
    pub(crate) fn apply_to(&self, field: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *field = None,
            Self::Set(value) => *field = Some(value.clone()),
        }
    }
}

/// What a person wants of a ticket. Fields that are none stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TicketUpdate {
    /// Where it should stand.
    pub status: Option<TicketStatus>,
    /// Its subject line.
    pub title: Option<Title>,
    /// Its urgency.
    pub priority: Option<Priority>,
    /// Its subject area.
    pub category: Setting<Category>,
    /// Its tags, all of them.
    pub tags: Option<Tags>,
    /// The agent in charge.
    pub assignee_id: Setting<UserId>,
    /// Whether the assistant answers.
    pub assistant_enabled: Option<bool>,
}

impl TicketUpdate {
    /// A field among those to be changed that only staff may change.
    pub fn field_for_staff(&self) -> Option<&'static str> {
        let fields = [
            (self.tags.is_some(), "tags"),
            (self.assignee_id != Setting::Keep, "assignee_id"),
            (self.assistant_enabled.is_some(), "assistant_enabled"),
        ];
        fields
            .into_iter()
            .find_map(|(is_wanted, field)| is_wanted.then_some(field))
    }
}

/// The versions that a ticket, or what else is changed, must be of for that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ExpectedVersion {
    /// Whatever it is, and also if there is none.
    #[default]
    Any,
    /// Whatever it is, if there is one.
    Existing,
    /// One of these.
    OneOf(Vec<i64>),
}

impl ExpectedVersion {
    /// Whether what is of this version may be changed; none for what is not there.
    pub fn allows(&self, version: Option<i64>) -> bool {
        match self {
            Self::Any => true,
            Self::Existing => version.is_some(),
            Self::OneOf(versions) => version.is_some_and(|version| versions.contains(&version)),
        }
    }

    pub(super) fn check(&self, version: i64) -> Result<(), TicketRefusal> {
        if self.allows(Some(version)) {
            Ok(())
        } else {
            Err(TicketRefusal::VersionMismatch)
        }
    }
}

impl Ticket {
    /// Updates all fields or none.
    pub(super) fn update(
        &mut self,
        by: Actor,
        update: &TicketUpdate,
        at: DateTime<Utc>,
    ) -> Result<Effect, TicketRefusal> {
        let mut after = self.clone();
        after.set(by, update, at)?;
        let reason = if after.status == TicketStatus::Closed && after.status != self.status {
            Some(CancelReason::Closed)
        } else if self.assistant_enabled && !after.assistant_enabled {
            Some(CancelReason::Handoff)
        } else {
            None
        };
        if after != *self {
            after.touch(at);
            *self = after;
        }
        Ok(reason.map_or(Effect::None, |reason| Effect::CancelReply {
            reason,
            by: self.part_of(by.id),
        }))
    }

    fn set(
        &mut self,
        by: Actor,
        update: &TicketUpdate,
        at: DateTime<Utc>,
    ) -> Result<(), TicketRefusal> {
        let before = self.clone();
        if let Some(title) = &update.title {
            self.title = title.clone();
        }
        if let Some(priority) = update.priority {
            self.priority = priority;
        }
        update.category.apply_to(&mut self.category);
        let is_fixed = before.status == TicketStatus::Closed && !by.role.is_staff();
        if is_fixed && *self != before {
            return Err(TicketRefusal::Closed);
        }
        if let Some(status) = update.status {
            self.move_to(status, by)?;
        }
        if let Some(tags) = &update.tags {
            self.tags = tags.clone();
        }
        match update.assistant_enabled {
            None => {}
            Some(true) => self.hand_back(),
            Some(false) => self.hand_off(HandoffReason::by(self.part_of(by.id)), at),
        }
        update.assignee_id.apply_to(&mut self.assignee_id);
        Ok(())
    }

    /// To stay where it is is no move, and anybody's.
    fn move_to(&mut self, status: TicketStatus, by: Actor) -> Result<(), TicketRefusal> {
        if status == self.status {
            return Ok(());
        }
        let attempted = match status {
            TicketStatus::Open => Move::Reopen,
            TicketStatus::Pending => return Err(TicketRefusal::OnlyAnswersMakePending),
            TicketStatus::Resolved => Move::Resolve,
            TicketStatus::Closed => Move::Close,
        };
        if attempted != Move::Resolve && !by.role.is_staff() {
            return Err(TicketRefusal::MoveIsForStaff(attempted));
        }
        self.status = self.status.after(attempted)?;
        if matches!(status, TicketStatus::Resolved | TicketStatus::Closed) {
            self.turns = 0;
        }
        Ok(())
    }

    /// In which part a person acts on the ticket.
    pub(super) fn part_of(&self, id: UserId) -> CancelledBy {
        if id == self.user_id {
            CancelledBy::Customer
        } else {
            CancelledBy::Agent
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::TicketId;
    use crate::ticket::{Description, NewTicket, TicketChange};
    use crate::user::Role;

    fn actor(role: Role) -> Actor {
        let id = if role == Role::User { 2 } else { 3 };
        Actor {
            id: UserId::from_uuid(Uuid::from_u128(id)),
            role,
        }
    }

    fn ticket(status: TicketStatus) -> Ticket {
        let new = NewTicket {
            title: Title::parse("Refund").unwrap(),
            description: Description::parse("How?").unwrap(),
            category: None,
            priority: Priority::Normal,
        };
        let id = TicketId::from_uuid(Uuid::from_u128(1));
        Ticket {
            status,
            ..Ticket::open(id, actor(Role::User).id, new, DateTime::UNIX_EPOCH)
        }
    }

    fn to(status: TicketStatus) -> TicketUpdate {
        TicketUpdate {
            status: Some(status),
            ..TicketUpdate::default()
        }
    }

    fn apply(
        ticket: &mut Ticket,
        role: Role,
        update: TicketUpdate,
    ) -> Result<Effect, TicketRefusal> {
        let change = TicketChange::Update {
            by: actor(role),
            update,
            expected: ExpectedVersion::Any,
        };
        ticket.apply(&change, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn who_moves_a_ticket_where() {
        use TicketStatus::{Closed, Open, Pending, Resolved};
        for (role, from, reached) in [
            (Role::User, Open, &[Open, Resolved][..]),
            (Role::User, Pending, &[Pending, Resolved]),
            (Role::User, Resolved, &[Resolved]),
            (Role::User, Closed, &[Closed]),
            (Role::Agent, Open, &[Open, Resolved, Closed]),
            (Role::Agent, Pending, &[Pending, Resolved, Closed]),
            (Role::Agent, Resolved, &[Open, Resolved, Closed]),
            (Role::Agent, Closed, &[Open, Closed]),
        ] {
            for status in TicketStatus::ALL {
                let mut ticket = ticket(from);
                let before = ticket.clone();
                let moved = apply(&mut ticket, role, to(status)).is_ok();
                assert_eq!(
                    moved,
                    reached.contains(&status),
                    "{role:?} {from:?} {status:?}"
                );
                let version = if moved && status != from { 2 } else { 1 };
                assert_eq!(ticket.version, version);
                if version == 1 {
                    assert_eq!(ticket, before);
                } else {
                    assert_eq!(ticket.status, status);
                }
            }
        }
    }

    #[test]
    fn a_refused_field_leaves_all_others_alone() {
        let mut ticket = ticket(TicketStatus::Closed);
        let before = ticket.clone();
        let update = TicketUpdate {
            priority: Some(Priority::Urgent),
            ..to(TicketStatus::Resolved)
        };
        assert!(apply(&mut ticket, Role::Agent, update).is_err());
        assert_eq!(ticket, before);
    }

    #[test]
    fn closing_cancels_and_says_so_rather_than_handoff() {
        let mut ticket = ticket(TicketStatus::Open);
        let update = TicketUpdate {
            assistant_enabled: Some(false),
            ..to(TicketStatus::Closed)
        };
        let effect = apply(&mut ticket, Role::Agent, update.clone());
        let cancelled = Effect::CancelReply {
            reason: CancelReason::Closed,
            by: CancelledBy::Agent,
        };
        assert_eq!(effect, Ok(cancelled));
        assert_eq!(apply(&mut ticket, Role::Agent, update), Ok(Effect::None));
        assert_eq!(ticket.version, 2);
    }

    #[test]
    fn a_closed_ticket_keeps_the_title_that_its_owner_gave() {
        let update = |title| TicketUpdate {
            title: Some(Title::parse(title).unwrap()),
            ..TicketUpdate::default()
        };
        let mut ticket = ticket(TicketStatus::Closed);
        let same = apply(&mut ticket, Role::User, update("Refund"));
        assert_eq!(same, Ok(Effect::None));
        let other = apply(&mut ticket, Role::User, update("Other"));
        assert_eq!(other, Err(TicketRefusal::Closed));
        assert!(apply(&mut ticket, Role::Agent, update("Other")).is_ok());
    }

    #[test]
    fn a_closed_ticket_keeps_its_priority_and_category() {
        let priority = |priority| TicketUpdate {
            priority: Some(priority),
            ..TicketUpdate::default()
        };
        let category = TicketUpdate {
            category: Setting::Set(Category::parse("billing").unwrap()),
            ..TicketUpdate::default()
        };
        let mut ticket = ticket(TicketStatus::Closed);
        let same = apply(&mut ticket, Role::User, priority(Priority::Normal));
        assert_eq!(same, Ok(Effect::None));
        for update in [priority(Priority::Urgent), category] {
            let refused = apply(&mut ticket, Role::User, update.clone());
            assert_eq!(refused, Err(TicketRefusal::Closed));
            assert!(apply(&mut ticket, Role::Agent, update).is_ok());
        }
    }

    #[test]
    fn an_expected_version_must_be_the_tickets() {
        let change = |versions| TicketChange::Update {
            by: actor(Role::Agent),
            update: to(TicketStatus::Resolved),
            expected: ExpectedVersion::OneOf(versions),
        };
        let mut ticket = ticket(TicketStatus::Open);
        for versions in [vec![], vec![2], vec![0, 2]] {
            let refused = ticket.apply(&change(versions), DateTime::UNIX_EPOCH);
            assert_eq!(refused, Err(TicketRefusal::VersionMismatch));
        }
        assert!(
            ticket
                .apply(&change(vec![7, 1]), DateTime::UNIX_EPOCH)
                .is_ok()
        );
    }
}
