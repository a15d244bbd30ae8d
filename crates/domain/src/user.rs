//! People: customers, agents and admins.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ids::UserId;
use crate::names::named;

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A customer: sees and writes on own tickets only.
    User,
    /// Support staff: reads and answers every ticket.
    Agent,
    /// An agent who also manages users, templates and statistics.
    Admin,
}

named!(Role {
    User = "user",
    Agent = "agent",
    Admin = "admin",
});

impl Role {
    /// Whether the role reads and answers other people's tickets.
    pub const fn is_staff(self) -> bool {
        matches!(self, Self::Agent | Self::Admin)
    }

    /// Whether the role manages accounts, templates and statistics.
    pub const fn is_admin(self) -> bool {
        matches!(self, Self::Admin)
    }
}

/// An e-mail address, trimmed and lower-cased, so that equal mailboxes compare equal.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

/// Why an e-mail address was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EmailError {
    /// Not of the form `local@domain`.
    #[error("must be an e-mail address")]
    Malformed,
    /// Longer than RFC 5321 lets a path be.
    #[error("must be at most {} characters long", Email::MAX_CHARS)]
    TooLong,
}

impl Email {
    /// The longest address that fits an SMTP path (RFC 5321, section 4.5.3.1.3), in characters.
    pub const MAX_CHARS: usize = 254;

    /// Accepts `local@domain`. Only a delivered message proves an address, so the check is loose.
    ///
    /// # Errors
    /// [`EmailError`] when it cannot be an address.
    pub fn parse(raw: &str) -> Result<Self, EmailError> {
        let address = raw.trim().to_lowercase();
        if address.chars().count() > Self::MAX_CHARS {
            return Err(EmailError::TooLong);
        }
        let (local, domain) = address.rsplit_once('@').ok_or(EmailError::Malformed)?;
        let forbidden = |c: char| c.is_whitespace() || c.is_control() || c == '@';
        let labels_ok = domain.split('.').all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
        if local.is_empty() || local.contains(forbidden) || !labels_ok {
            return Err(EmailError::Malformed);
        }
        Ok(Self(address))
    }

    /// The normalised address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Email {
    /// Addresses are personal data and stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Identity.
    pub id: UserId,
    /// Unique among users.
    pub email: Email,
    /// What the person may do.
    pub role: Role,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    /// When the account was disabled; none while it works.
    pub disabled_at: Option<DateTime<Utc>>,
}

/// Who is acting: an authenticated person with the rights held right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The person.
    pub id: UserId,
    /// The person's current role.
    pub role: Role,
}

impl Actor {
    /// Whether the actor may see what belongs to `owner`.
    pub fn may_see(self, owner: UserId) -> bool {
        self.role.is_staff() || self.id == owner
    }
}

impl User {
    /// Whether the person manages accounts.
    pub fn is_active_admin(&self) -> bool {
        self.role == Role::Admin && self.disabled_at.is_none()
    }

    /// Takes in a change. `other_admins` tells whether anybody else manages accounts.
    ///
    /// # Errors
    /// [`LastAdmin`] when nobody would be left who does; nothing has changed then.
    pub fn apply(
        &mut self,
        change: UserChange,
        other_admins: bool,
        at: DateTime<Utc>,
    ) -> Result<(), LastAdmin> {
        let mut changed = self.clone();
        changed.role = change.role.unwrap_or(self.role);
        changed.disabled_at = match change.disabled {
            Some(true) => self.disabled_at.or(Some(at)),
            Some(false) => None,
            None => self.disabled_at,
        };
        if self.is_active_admin() && !changed.is_active_admin() && !other_admins {
            return Err(LastAdmin);
        }
        *self = changed;
        Ok(())
    }
}

/// A change of an account that an admin asks for. What is none stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserChange {
    /// The new role.
    pub role: Option<Role>,
    /// Whether the account is disabled.
    pub disabled: Option<bool>,
}

/// The change would leave nobody who manages accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the last admin must stay one")]
pub struct LastAdmin;

/// Which accounts a list has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Only those of that role.
    pub role: Option<Role>,
    /// Only disabled ones, or only those that work.
    pub disabled: Option<bool>,
    /// Only the one of that address.
    pub email: Option<Email>,
}

/// A place in a list of accounts, behind the account it was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserCursor {
    /// Creation time of the last account seen.
    pub created_at: DateTime<Utc>,
    /// Its id, which orders accounts of the same microsecond.
    pub id: UserId,
}

impl From<&User> for UserCursor {
    fn from(user: &User) -> Self {
        Self {
            created_at: user.created_at,
            id: user.id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_trimmed_and_lower_cased() {
        let email = Email::parse("  Ada@Example.COM ").unwrap();
        assert_eq!(email.as_str(), "ada@example.com");
    }

    #[test]
    fn what_cannot_be_an_address_is_refused() {
        for raw in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "a b@example.com",
            "a@b@c",
            "a@.com",
            "a@b\0",
        ] {
            assert_eq!(Email::parse(raw), Err(EmailError::Malformed), "{raw:?}");
        }
        let long = format!("{}@example.com", "a".repeat(250));
        assert_eq!(Email::parse(&long), Err(EmailError::TooLong));
    }

    #[test]
    fn debug_output_hides_the_address() {
        assert!(!format!("{:?}", Email::parse("ada@example.com")).contains("ada"));
    }
}
