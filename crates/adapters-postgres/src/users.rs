use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::ids::UserId;
use domain::password::PasswordHash;
use domain::ports::{Credentials, RepositoryError, UserRepository};
use domain::user::{Email, Role, User};
use futures_util::FutureExt as _;
use uuid::Uuid;

use crate::columns::{known, parsed};
use crate::database::PgDatabase;
use crate::error::CorruptColumn;
use crate::schema::users;

/// Accounts in a [`PgDatabase`].
#[derive(Clone, Debug)]
pub struct PgUserRepository {
    database: PgDatabase,
}

impl PgUserRepository {
    /// Keeps accounts in this database.
    pub fn new(database: PgDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl UserRepository for PgUserRepository {
    async fn insert(&self, credentials: &Credentials) -> Result<(), RepositoryError> {
        let row = UserRow::from(credentials);
        self.database
            .write_one(row, |mut connection, row| {
                async move {
                    diesel::insert_into(users::table)
                        .values(row)
                        .execute(&mut connection)
                        .await?;
                    Ok(())
                }
                .boxed()
            })
            .await
    }

    async fn find(&self, id: UserId) -> Result<Option<User>, RepositoryError> {
        self.database
            .read(id, |mut connection, id| {
                async move {
                    let row = users::table
                        .find(id.as_uuid())
                        .select(UserRow::as_select())
                        .first(&mut connection)
                        .await
                        .optional()?;
                    Ok(row.map(User::try_from).transpose()?)
                }
                .boxed()
            })
            .await
    }

    async fn find_credentials(
        &self,
        email: &Email,
    ) -> Result<Option<Credentials>, RepositoryError> {
        self.database
            .read(email.clone(), |mut connection, email| {
                async move {
                    let row = users::table
                        .filter(users::email.eq(email.as_str()))
                        .select(UserRow::as_select())
                        .first(&mut connection)
                        .await
                        .optional()?;
                    Ok(row.map(Credentials::try_from).transpose()?)
                }
                .boxed()
            })
            .await
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = users, check_for_backend(Pg), treat_none_as_default_value = false)]
struct UserRow {
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
