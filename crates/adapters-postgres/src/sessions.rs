use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::dsl::auto_type;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ids::{SessionId, UserId};
use domain::password::PasswordHash;
use domain::ports::{RepositoryError, Rotated, Rotation, SessionRepository};
use domain::session::RefreshSession;
use domain::user::User;
use futures_util::FutureExt as _;
use uuid::Uuid;

use crate::database::PgDatabase;
use crate::error::StoreError;
use crate::schema::{sessions, users};
use crate::users::UserRow;

/// Sessions in a [`PgDatabase`].
#[derive(Clone, Debug)]
pub struct PgSessionRepository {
    database: PgDatabase,
}

impl PgSessionRepository {
    /// Keeps sessions in this database.
    pub fn new(database: PgDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl SessionRepository for PgSessionRepository {
    async fn begin(
        &self,
        session: &RefreshSession,
        password: &PasswordHash,
    ) -> Result<bool, RepositoryError> {
        let input = (session.clone(), password.clone());
        self.database
            .write(input, |connection, (session, password), _| {
                begin(connection, session, password).boxed()
            })
            .await
    }

    async fn find_user(
        &self,
        id: SessionId,
        at: DateTime<Utc>,
    ) -> Result<Option<User>, RepositoryError> {
        self.database
            .read((id, at), |mut connection, &(id, at)| {
                async move {
                    let row = lasting(at)
                        .filter(sessions::id.eq(id.as_uuid()))
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

    async fn find_users(
        &self,
        ids: &[SessionId],
        at: DateTime<Utc>,
    ) -> Result<Vec<(SessionId, User)>, RepositoryError> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
        self.database
            .read((ids, at), |mut connection, (ids, at)| {
                async move {
                    let rows: Vec<(Uuid, UserRow)> = lasting(*at)
                        .filter(sessions::id.eq_any(ids))
                        .select((sessions::id, UserRow::as_select()))
                        .load(&mut connection)
                        .await?;
                    let found = rows
                        .into_iter()
                        .map(|(id, row)| Ok((SessionId::from_uuid(id), User::try_from(row)?)));
                    found.collect()
                }
                .boxed()
            })
            .await
    }

    async fn rotate(&self, rotation: Rotation) -> Result<Rotated, RepositoryError> {
        self.database
            .write(rotation, |connection, rotation, _| {
                rotate(connection, *rotation).boxed()
            })
            .await
    }

    async fn end(&self, id: SessionId) -> Result<(), RepositoryError> {
        self.database
            .write_one(id, |mut connection, id| {
                async move {
                    diesel::delete(sessions::table.find(id.as_uuid()))
                        .execute(&mut connection)
                        .await?;
                    Ok(())
                }
                .boxed()
            })
            .await
    }

    async fn remove_expired(&self, at: DateTime<Utc>, max: u32) -> Result<u64, RepositoryError> {
        let removed = self
            .database
            .write((at, max), |mut connection, &(at, max), _| {
                async move {
                    let expired: Vec<Uuid> = expired(at, max.into()).load(&mut connection).await?;
                    let expired = sessions::table.filter(sessions::id.eq_any(expired));
                    Ok(diesel::delete(expired).execute(&mut connection).await?)
                }
                .boxed()
            })
            .await?;
        Ok(u64::try_from(removed).unwrap_or(u64::MAX))
    }
}

/// The sessions that last, with their accounts.
#[auto_type(no_type_alias)]
pub(crate) fn lasting(at: DateTime<Utc>) -> _ {
    sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .filter(sessions::expires_at.gt(at))
        .filter(users::disabled_at.is_null())
}

/// Some sessions that nobody renewed. Those that are being renewed or removed right now are left out.
#[auto_type(no_type_alias)]
pub(crate) fn expired(at: DateTime<Utc>, max: i64) -> _ {
    sessions::table
        .filter(sessions::expires_at.le(at))
        .order(sessions::expires_at)
        .limit(max)
        .select(sessions::id)
        .for_update()
        .skip_locked()
}

/// The account's lock orders this and a change of the password or the account.
async fn begin(
    mut connection: &AsyncPgConnection,
    session: &RefreshSession,
    password: &PasswordHash,
) -> Result<bool, StoreError> {
    let account: Option<Uuid> = users::table
        .find(session.user_id.as_uuid())
        .filter(users::password_hash.eq(password.expose()))
        .filter(users::disabled_at.is_null())
        .select(users::id)
        .for_share()
        .first(&mut connection)
        .await
        .optional()?;
    if account.is_none() {
        return Ok(false);
    }
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(session.id.as_uuid()),
            sessions::user_id.eq(session.user_id.as_uuid()),
            sessions::created_at.eq(session.created_at),
            sessions::expires_at.eq(session.expires_at),
            sessions::family.eq(session.token.family.as_bytes().as_slice()),
            sessions::generation.eq(session.token.generation.as_bytes().as_slice()),
        ))
        .execute(&mut connection)
        .await?;
    Ok(true)
}

/// Of several uses of a token one changes the row; those that waited for it find another token there.
async fn rotate(
    mut connection: &AsyncPgConnection,
    rotation: Rotation,
) -> Result<Rotated, StoreError> {
    let family =
        sessions::table.filter(sessions::family.eq(rotation.token.family.as_bytes().as_slice()));
    let present = family
        .filter(sessions::generation.eq(rotation.token.generation.as_bytes().as_slice()))
        .filter(sessions::expires_at.gt(rotation.at));
    let renewed: Option<(Uuid, Uuid)> = diesel::update(present)
        .set((
            sessions::generation.eq(rotation.successor.as_bytes().as_slice()),
            sessions::expires_at.eq(rotation.at + RefreshSession::LIFETIME),
        ))
        .returning((sessions::id, sessions::user_id))
        .get_result(&mut connection)
        .await
        .optional()?;
    let user = match renewed {
        Some((_, user_id)) => users::table
            .find(user_id)
            .filter(users::disabled_at.is_null())
            .select(UserRow::as_select())
            .first(&mut connection)
            .await
            .optional()?,
        None => None,
    };
    if let (Some((session, _)), Some(user)) = (renewed, user) {
        let session = SessionId::from_uuid(session);
        return Ok(Rotated::Renewed(session, User::try_from(user)?));
    }
    let ends: Vec<DateTime<Utc>> = diesel::delete(family)
        .returning(sessions::expires_at)
        .get_results(&mut connection)
        .await?;
    Ok(if ends.iter().any(|end| rotation.at < *end) {
        Rotated::Reused
    } else {
        Rotated::Unknown
    })
}

/// Ends every session of a user, but the one to keep.
pub(crate) async fn end_all(
    mut connection: &AsyncPgConnection,
    user_id: UserId,
    keep: Option<SessionId>,
) -> Result<(), StoreError> {
    let of_user = sessions::table.filter(sessions::user_id.eq(user_id.as_uuid()));
    match keep {
        Some(keep) => {
            let others = of_user.filter(sessions::id.ne(keep.as_uuid()));
            diesel::delete(others).execute(&mut connection).await?;
        }
        None => {
            diesel::delete(of_user).execute(&mut connection).await?;
        }
    }
    Ok(())
}
