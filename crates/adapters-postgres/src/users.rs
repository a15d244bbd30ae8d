mod row;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Record, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ids::UserId;
use domain::page::{Page, PageLimit};
use domain::ports::{
    ChangeUserError, Credentials, PasswordChange, RepositoryError, UserRepository,
};
use domain::user::{Email, Role, User, UserChange, UserCursor, UserFilter};
use futures_util::FutureExt as _;
use uuid::Uuid;

pub(crate) use self::row::UserRow;
use crate::database::PgDatabase;
use crate::error::StoreError;
use crate::schema::users;
use crate::sessions;

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

    async fn list(
        &self,
        filter: UserFilter,
        after: Option<UserCursor>,
        limit: PageLimit,
    ) -> Result<Page<User, UserCursor>, RepositoryError> {
        let users: Vec<User> = self
            .database
            .read(
                (filter, after, limit),
                |mut connection, (filter, after, limit)| {
                    async move {
                        let rows = page(filter.clone(), *after, *limit)
                            .select(UserRow::as_select())
                            .load(&mut connection)
                            .await?;
                        rows.into_iter()
                            .map(|row| User::try_from(row).map_err(StoreError::from))
                            .collect()
                    }
                    .boxed()
                },
            )
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
            .write((id, change, at), |connection, &(id, change, at), _| {
                apply(connection, id, change, at).boxed()
            })
            .await?
    }

    async fn change_password(&self, change: &PasswordChange) -> Result<bool, RepositoryError> {
        self.database
            .write(change.clone(), |mut connection, change, _| {
                async move {
                    let named = users::table
                        .find(change.user_id.as_uuid())
                        .filter(users::password_hash.eq(change.from.expose()));
                    let changed = diesel::update(named)
                        .set(users::password_hash.eq(change.to.expose()))
                        .execute(&mut connection)
                        .await?;
                    if changed == 1 {
                        sessions::end_all(connection, change.user_id, Some(change.keep)).await?;
                    }
                    Ok(changed == 1)
                }
                .boxed()
            })
            .await
    }
}

/// Locks the admins before the account, always in the order of their ids: of two who disable each
/// other one waits, and then sees what the other did.
async fn apply(
    mut connection: &AsyncPgConnection,
    id: UserId,
    change: UserChange,
    at: DateTime<Utc>,
) -> Result<Result<User, ChangeUserError>, StoreError> {
    let admins: Vec<Uuid> = users::table
        .filter(users::role.eq(Role::Admin.as_str()))
        .filter(users::disabled_at.is_null())
        .order(users::id)
        .select(users::id)
        .for_update()
        .load(&mut connection)
        .await?;
    let row = users::table
        .find(id.as_uuid())
        .select(UserRow::as_select())
        .for_update()
        .first(&mut connection)
        .await
        .optional()?;
    let Some(row) = row else {
        return Ok(Err(ChangeUserError::NotFound));
    };
    let mut user = User::try_from(row)?;
    let other_admins = admins.iter().any(|admin| *admin != id.as_uuid());
    if let Err(refusal) = user.apply(change, other_admins, at) {
        return Ok(Err(refusal.into()));
    }
    diesel::update(users::table.find(id.as_uuid()))
        .set((
            users::role.eq(user.role.as_str()),
            users::disabled_at.eq(user.disabled_at),
        ))
        .execute(&mut connection)
        .await?;
    if user.disabled_at.is_some() {
        sessions::end_all(connection, id, None).await?;
    }
    Ok(Ok(user))
}

/// One row more than the limit, to tell whether more follow.
pub(crate) fn page(
    filter: UserFilter,
    after: Option<UserCursor>,
    limit: PageLimit,
) -> users::BoxedQuery<'static, Pg> {
    let mut query = users::table.into_boxed();
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
        let place = (users::created_at, users::id).into_sql::<Record<(Timestamptz, SqlUuid)>>();
        query = query.filter(place.lt((created_at, id.as_uuid())));
    }
    let surplus = i64::try_from(limit.get()).map_or(i64::MAX, |limit| limit + 1);
    query
        .order((users::created_at.desc(), users::id.desc()))
        .limit(surplus)
}
