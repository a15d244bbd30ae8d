use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use domain::ids::UserId;
use domain::password::PasswordHash;
use domain::ports::Credentials;
use domain::user::{Email, Role, User};

use crate::columns::{id, known, micros, optional_time, parsed, time};
use crate::error::CorruptColumn;
use crate::schema::users;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = users, check_for_backend(Sqlite))]
pub(crate) struct UserRow {
    id: String,
    email: String,
    password_hash: String,
    role: String,
    created_at: i64,
    disabled_at: Option<i64>,
}

impl From<&Credentials> for UserRow {
    fn from(credentials: &Credentials) -> Self {
        let user = &credentials.user;
        Self {
            id: user.id.to_string(),
            email: user.email.as_str().to_owned(),
            password_hash: credentials.password_hash.expose().to_owned(),
            role: user.role.as_str().to_owned(),
            created_at: micros(user.created_at),
            disabled_at: user.disabled_at.map(micros),
        }
    }
}

impl TryFrom<UserRow> for User {
    type Error = CorruptColumn;

    fn try_from(row: UserRow) -> Result<Self, CorruptColumn> {
        Ok(Self {
            id: UserId::from_uuid(id("users.id", &row.id)?),
            email: parsed("users.email", Email::parse(&row.email))?,
            role: known("users.role", Role::from_name(&row.role))?,
            created_at: time("users.created_at", row.created_at)?,
            disabled_at: optional_time("users.disabled_at", row.disabled_at)?,
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
