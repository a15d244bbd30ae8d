use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use domain::ids::UserId;
use domain::password::PasswordHash;
use domain::ports::{Credentials, RepositoryError, UserRepository};
use domain::user::{Email, Role, User};

use crate::columns::{id, known, micros, optional_time, parsed, time};
use crate::database::SqliteDatabase;
use crate::error::CorruptColumn;
use crate::schema::users;

/// Accounts in a [`SqliteDatabase`].
#[derive(Clone, Debug)]
pub struct SqliteUserRepository {
    database: SqliteDatabase,
}

impl SqliteUserRepository {
    /// Keeps accounts in this database.
    pub fn new(database: SqliteDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl UserRepository for SqliteUserRepository {
    async fn insert(&self, credentials: &Credentials) -> Result<(), RepositoryError> {
        let row = UserRow::from(credentials);
        self.database
            .write(move |connection| {
                diesel::insert_into(users::table)
                    .values(row)
                    .execute(connection)?;
                Ok(())
            })
            .await
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, RepositoryError> {
        let id = id.to_string();
        self.database
            .read(move |connection| {
                let row = users::table
                    .find(id)
                    .select(UserRow::as_select())
                    .first(connection)
                    .optional()?;
                Ok(row.map(User::try_from).transpose()?)
            })
            .await
    }

    async fn find_credentials(
        &self,
        email: &Email,
    ) -> Result<Option<Credentials>, RepositoryError> {
        let email = email.as_str().to_owned();
        self.database
            .read(move |connection| {
                let row = users::table
                    .filter(users::email.eq(email))
                    .select(UserRow::as_select())
                    .first(connection)
                    .optional()?;
                Ok(row.map(Credentials::try_from).transpose()?)
            })
            .await
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = users, check_for_backend(Sqlite))]
struct UserRow {
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
