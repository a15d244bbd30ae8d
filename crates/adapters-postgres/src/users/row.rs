use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use domain::ids::UserId;
use domain::password::PasswordHash;
use domain::ports::Credentials;
use domain::user::{Email, Role, User};
use uuid::Uuid;

use crate::columns::{known, parsed};
use crate::error::CorruptColumn;
use crate::schema::users;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = users, check_for_backend(Pg), treat_none_as_default_value = false)]
pub(crate) struct UserRow {
    id: Uuid,
    email: String,
    password_hash: String,
    role: String,
    created_at: DateTime<Utc>,
    disabled_at: Option<DateTime<Utc>>,
}

impl From<&Credentials> for UserRow {
    fn from(credentials: &Credentials) -> Self {
        let user = &credentials.user;
        Self {
            id: user.id.as_uuid(),
            email: user.email.as_str().to_owned(),
            password_hash: credentials.password_hash.expose().to_owned(),
            role: user.role.as_str().to_owned(),
            created_at: user.created_at,
            disabled_at: user.disabled_at,
        }
    }
}

impl TryFrom<UserRow> for User {
    type Error = CorruptColumn;

    fn try_from(row: UserRow) -> Result<Self, CorruptColumn> {
        Ok(Self {
            id: UserId::from_uuid(row.id),
            email: parsed("users.email", Email::parse(&row.email))?,
            role: known("users.role", Role::from_name(&row.role))?,
            created_at: row.created_at,
            disabled_at: row.disabled_at,
        })
    }
}

impl TryFrom<UserRow> for Credentials {
    type Error = CorruptColumn;

    fn try_from(mut row: UserRow) -> Result<Self, CorruptColumn> {
        let password_hash = PasswordHash::new(std::mem::take(&mut row.password_hash));
        Ok(Self {
            user: User::try_from(row)?,
            password_hash,
        })
    }
}
