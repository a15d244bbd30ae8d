use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sqlite::Sqlite;
use domain::ids::{ReplyId, SessionId, TicketId, UserId};
use domain::ports::{RepositoryError, StreamTokenRepository};
use domain::stream_token::{StreamToken, TokenDigest};

use crate::columns::{id, micros, optional_id, parsed, time};
use crate::database::SqliteDatabase;
use crate::error::CorruptColumn;
use crate::schema::{replies, stream_tokens};

/// Stream tokens in a [`SqliteDatabase`].
#[derive(Clone, Debug)]
pub struct SqliteStreamTokenRepository {
    database: SqliteDatabase,
}

impl SqliteStreamTokenRepository {
    /// Keeps stream tokens in this database.
    pub fn new(database: SqliteDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl StreamTokenRepository for SqliteStreamTokenRepository {
    async fn insert(&self, token: &StreamToken) -> Result<bool, RepositoryError> {
        let row = StreamTokenRow::from(token);
        self.database
            .write(move |connection| {
                let inserted = diesel::insert_into(stream_tokens::table)
                    .values(row)
                    .execute(connection);
                match inserted {
                    Err(DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => {
                        Ok(false)
                    }
                    inserted => Ok(inserted? == 1),
                }
            })
            .await
    }

    async fn find(&self, digest: TokenDigest) -> Result<Option<StreamToken>, RepositoryError> {
        self.database
            .read(move |connection| {
                let row = stream_tokens::table
                    .find(digest.as_bytes().as_slice())
                    .select(StreamTokenRow::as_select())
                    .first(connection)
                    .optional()?;
                Ok(row.map(StreamToken::try_from).transpose()?)
            })
            .await
    }

    async fn bind(&self, digest: TokenDigest, reply_id: ReplyId) -> Result<bool, RepositoryError> {
        self.database
            .write(move |connection| {
                let unbound = stream_tokens::table
                    .find(digest.as_bytes().as_slice())
                    .filter(stream_tokens::reply_id.is_null());
                let bound = diesel::update(unbound)
                    .set(stream_tokens::reply_id.eq(reply_id.to_string()))
                    .execute(connection)?;
                Ok(bound == 1)
            })
            .await
    }

    async fn remove_expired(&self, at: DateTime<Utc>) -> Result<u64, RepositoryError> {
        let removed = self
            .database
            .write(move |connection| Ok(remove_expired(connection, at)?))
            .await?;
        Ok(u64::try_from(removed).unwrap_or(u64::MAX))
    }
}

/// What [`StreamToken::admits`] would admit to nothing, as conditions. Tokens of a reply that is
/// gone went with it.
fn remove_expired(connection: &mut SqliteConnection, at: DateTime<Utc>) -> QueryResult<usize> {
    let unused = stream_tokens::table
        .filter(stream_tokens::reply_id.is_null())
        .filter(stream_tokens::expires_at.le(micros(at)));
    let unused = diesel::delete(unused).execute(connection)?;
    let ended = replies::table
        .filter(replies::id.nullable().eq(stream_tokens::reply_id))
        .filter(replies::ended_at.le(micros(at - StreamToken::AFTERLIFE)));
    let used = stream_tokens::table
        .filter(stream_tokens::reply_id.is_not_null())
        .filter(exists(ended));
    let used = diesel::delete(used).execute(connection)?;
    Ok(unused + used)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = stream_tokens, check_for_backend(Sqlite))]
struct StreamTokenRow {
    digest: Vec<u8>,
    user_id: String,
    session_id: String,
    ticket_id: String,
    expires_at: i64,
    reply_id: Option<String>,
}

impl From<&StreamToken> for StreamTokenRow {
    fn from(token: &StreamToken) -> Self {
        Self {
            digest: token.digest.as_bytes().to_vec(),
            user_id: token.user_id.to_string(),
            session_id: token.session_id.to_string(),
            ticket_id: token.ticket_id.to_string(),
            expires_at: micros(token.expires_at),
            reply_id: token.reply_id.map(|id| id.to_string()),
        }
    }
}

impl TryFrom<StreamTokenRow> for StreamToken {
    type Error = CorruptColumn;

    fn try_from(row: StreamTokenRow) -> Result<Self, CorruptColumn> {
        let digest = parsed("stream_tokens.digest", row.digest.as_slice().try_into())?;
        let reply_id = optional_id("stream_tokens.reply_id", row.reply_id.as_deref())?;
        Ok(Self {
            digest: TokenDigest::from_bytes(digest),
            user_id: UserId::from_uuid(id("stream_tokens.user_id", &row.user_id)?),
            session_id: SessionId::from_uuid(id("stream_tokens.session_id", &row.session_id)?),
            ticket_id: TicketId::from_uuid(id("stream_tokens.ticket_id", &row.ticket_id)?),
            expires_at: time("stream_tokens.expires_at", row.expires_at)?,
            reply_id: reply_id.map(ReplyId::from_uuid),
        })
    }
}
