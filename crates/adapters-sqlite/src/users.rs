mod row;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use domain::ids::UserId;
use domain::page::{Page, PageLimit};
use domain::ports::{
    ChangeUserError, Credentials, PasswordChange, RepositoryError, UserRepository,
};
use domain::user::{Email, Role, User, UserChange, UserCursor, UserFilter};

pub(crate) use self::row::UserRow;
use crate::columns::micros;
use crate::database::SqliteDatabase;
use crate::error::StoreError;
use crate::schema::users;
use crate::sessions;

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

    async fn list(
        &self,
        filter: UserFilter,
        after: Option<UserCursor>,
        limit: PageLimit,
    ) -> Result<Page<User, UserCursor>, RepositoryError> {
        let users = self
            .database
            .read(move |connection| load_page(connection, filter, after, limit))
            .await?;
        Ok(Page::from_surplus(users, limit, |user| {
            UserCursor::from(user)
        }))
    }

    async fn change(
        &self,
        id: UserId,
        change: UserChange,
        at: DateTime<Utc>,
    ) -> Result<User, ChangeUserError> {
        self.database
            .write(move |connection| apply(connection, id, change, at))
            .await?
    }

    async fn change_password(&self, change: &PasswordChange) -> Result<bool, RepositoryError> {
        let change = change.clone();
        self.database
            .write(move |connection| {
                let named = users::table
                    .find(change.user_id.to_string())
                    .filter(users::password_hash.eq(change.from.expose()));
                let changed = diesel::update(named)
                    .set(users::password_hash.eq(change.to.expose()))
                    .execute(connection)?;
                if changed == 1 {
                    sessions::end_all(connection, change.user_id, Some(change.keep))?;
                }
                Ok(changed == 1)
            })
            .await
    }
}

fn apply(
    connection: &mut SqliteConnection,
    id: UserId,
    change: UserChange,
    at: DateTime<Utc>,
) -> Result<Result<User, ChangeUserError>, StoreError> {
    let row = users::table
        .find(id.to_string())
        .select(UserRow::as_select())
        .first(connection)
        .optional()?;
    let Some(row) = row else {
        return Ok(Err(ChangeUserError::NotFound));
    };
    let mut user = User::try_from(row)?;
    let other_admins = users::table
        .filter(users::id.ne(id.to_string()))
        .filter(users::role.eq(Role::Admin.as_str()))
        .filter(users::disabled_at.is_null());
    let other_admins = diesel::select(exists(other_admins)).get_result(connection)?;
    if let Err(refusal) = user.apply(change, other_admins, at) {
        return Ok(Err(refusal.into()));
    }
    diesel::update(users::table.find(id.to_string()))
        .set((
            users::role.eq(user.role.as_str()),
            users::disabled_at.eq(user.disabled_at.map(micros)),
        ))
        .execute(connection)?;
    if user.disabled_at.is_some() {
        sessions::end_all(connection, id, None)?;
    }
    Ok(Ok(user))
}

/// One row more than the limit, to tell whether more follow.
fn load_page(
    connection: &mut SqliteConnection,
    filter: UserFilter,
    after: Option<UserCursor>,
    limit: PageLimit,
) -> Result<Vec<User>, StoreError> {
    let mut query = users::table.select(UserRow::as_select()).into_boxed();
    if let Some(role) = filter.role {
        query = query.filter(users::role.eq(role.as_str()));
    }
    match filter.disabled {
        Some(true) => query = query.filter(users::disabled_at.is_not_null()),
        Some(false) => query = query.filter(users::disabled_at.is_null()),
        None => {}
    }
    if let Some(email) = filter.email {
        query = query.filter(users::email.eq(email.as_str().to_owned()));
    }
    if let Some(UserCursor { created_at, id }) = after {
        let created_at = micros(created_at);
        // Written so that the index is entered at the cursor.
        query = query.filter(
            users::created_at.le(created_at).and(
                users::created_at
                    .lt(created_at)
                    .or(users::id.lt(id.to_string())),
            ),
        );
    }
    let surplus = i64::try_from(limit.get()).map_or(i64::MAX, |limit| limit + 1);
    let rows = query
        .order((users::created_at.desc(), users::id.desc()))
        .limit(surplus)
        .load(connection)?;
    rows.into_iter()
        .map(|row| User::try_from(row).map_err(StoreError::from))
        .collect()
}
