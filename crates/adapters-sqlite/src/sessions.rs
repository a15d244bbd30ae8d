use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::dsl::{auto_type, exists};
use diesel::prelude::*;
use domain::ids::{SessionId, UserId};
use domain::password::PasswordHash;
use domain::ports::{RepositoryError, Rotated, Rotation, SessionRepository};
use domain::session::RefreshSession;
use domain::user::User;

use crate::columns::{id, micros};
use crate::database::SqliteDatabase;
use crate::error::StoreError;
use crate::schema::{sessions, users};
use crate::users::UserRow;

/// Sessions in a [`SqliteDatabase`].
#[derive(Clone, Debug)]
pub struct SqliteSessionRepository {
    database: SqliteDatabase,
}

impl SqliteSessionRepository {
    /// Keeps sessions in this database.
    pub fn new(database: SqliteDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl SessionRepository for SqliteSessionRepository {
    async fn begin(
        &self,
        session: &RefreshSession,
        password: &PasswordHash,
    ) -> Result<bool, RepositoryError> {
        let (session, password) = (session.clone(), password.clone());
        self.database
            .write(move |connection| {
                let account = users::table
                    .find(session.user_id.to_string())
                    .filter(users::password_hash.eq(password.expose()))
                    .filter(users::disabled_at.is_null());
                let may = diesel::select(exists(account)).get_result(connection)?;
                if may {
                    insert(connection, &session)?;
                }
                Ok(may)
            })
            .await
    }

    async fn find_user(
        &self,
        id: SessionId,
        at: DateTime<Utc>,
    ) -> Result<Option<User>, RepositoryError> {
        self.database
            .read(move |connection| {
                let row = lasting(micros(at))
                    .filter(sessions::id.eq(id.to_string()))
                    .select(UserRow::as_select())
                    .first(connection)
                    .optional()?;
                Ok(row.map(User::try_from).transpose()?)
            })
            .await
    }

    async fn find_users(
        &self,
        ids: &[SessionId],
        at: DateTime<Utc>,
    ) -> Result<Vec<(SessionId, User)>, RepositoryError> {
        let ids: Vec<String> = ids.iter().map(SessionId::to_string).collect();
        self.database
            .read(move |connection| {
                let rows: Vec<(String, UserRow)> = lasting(micros(at))
                    .filter(sessions::id.eq_any(ids))
                    .select((sessions::id, UserRow::as_select()))
                    .load(connection)?;
                let found = rows.into_iter().map(|(session, row)| {
                    let session = SessionId::from_uuid(id("sessions.id", &session)?);
                    Ok((session, User::try_from(row)?))
                });
                found.collect()
            })
            .await
    }

    async fn rotate(&self, rotation: Rotation) -> Result<Rotated, RepositoryError> {
        self.database
            .write(move |connection| rotate(connection, rotation))
            .await
    }

    async fn end(&self, id: SessionId) -> Result<(), RepositoryError> {
        self.database
            .write(move |connection| {
                diesel::delete(sessions::table.find(id.to_string())).execute(connection)?;
                Ok(())
            })
            .await
    }

    async fn remove_expired(&self, at: DateTime<Utc>, max: u32) -> Result<u64, RepositoryError> {
        let removed = self
            .database
            .write(move |connection| {
                let expired = sessions::table
                    .filter(sessions::expires_at.le(micros(at)))
                    .order(sessions::expires_at)
                    .limit(max.into())
                    .select(sessions::id);
                let expired: Vec<String> = expired.load(connection)?;
                let expired = sessions::table.filter(sessions::id.eq_any(expired));
                Ok(diesel::delete(expired).execute(connection)?)
            })
            .await?;
        Ok(u64::try_from(removed).unwrap_or(u64::MAX))
    }
}

/// The sessions that last, with their accounts.
#[auto_type(no_type_alias)]
pub(crate) fn lasting(at: i64) -> _ {
    sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .filter(sessions::expires_at.gt(at))
        .filter(users::disabled_at.is_null())
}

fn insert(connection: &mut SqliteConnection, session: &RefreshSession) -> QueryResult<usize> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(session.id.to_string()),
            sessions::user_id.eq(session.user_id.to_string()),
            sessions::created_at.eq(micros(session.created_at)),
            sessions::expires_at.eq(micros(session.expires_at)),
            sessions::family.eq(session.token.family.as_bytes().as_slice()),
            sessions::generation.eq(session.token.generation.as_bytes().as_slice()),
        ))
        .execute(connection)
}

fn rotate(connection: &mut SqliteConnection, rotation: Rotation) -> Result<Rotated, StoreError> {
    let family = rotation.token.family.as_bytes().as_slice();
    let session = sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .filter(sessions::family.eq(family))
        .filter(sessions::expires_at.gt(micros(rotation.at)))
        .filter(users::disabled_at.is_null())
        .select((sessions::id, sessions::generation, UserRow::as_select()))
        .first::<(String, Vec<u8>, UserRow)>(connection)
        .optional()?;
    let Some((session, generation, user)) = session else {
        diesel::delete(sessions::table.filter(sessions::family.eq(family))).execute(connection)?;
        return Ok(Rotated::Unknown);
    };
    let row = sessions::table.find(session.clone());
    if generation != rotation.token.generation.as_bytes() {
        diesel::delete(row).execute(connection)?;
        return Ok(Rotated::Reused);
    }
    diesel::update(row)
        .set((
            sessions::generation.eq(rotation.successor.as_bytes().as_slice()),
            sessions::expires_at.eq(micros(rotation.at + RefreshSession::LIFETIME)),
        ))
        .execute(connection)?;
    let session = SessionId::from_uuid(id("sessions.id", &session)?);
    Ok(Rotated::Renewed(session, User::try_from(user)?))
}

/// Ends every session of a user, but the one to keep.
pub(crate) fn end_all(
    connection: &mut SqliteConnection,
    user_id: UserId,
    keep: Option<SessionId>,
) -> QueryResult<usize> {
    let keep = keep.map(|id| id.to_string()).unwrap_or_default();
    let others = sessions::table
        .filter(sessions::user_id.eq(user_id.to_string()))
        .filter(sessions::id.ne(keep));
    diesel::delete(others).execute(connection)
}
