use async_trait::async_trait;
use chrono::{DateTime, Utc};
use diesel::dsl::auto_type;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ids::{ReplyId, SessionId, TicketId, UserId};
use domain::ports::{RepositoryError, StreamTokenRepository};
use domain::stream_token::{StreamToken, TokenDigest};
use futures_util::FutureExt as _;
use uuid::Uuid;

use crate::columns::parsed;
use crate::database::PgDatabase;
use crate::error::{CorruptColumn, StoreError};
use crate::pipeline::both;
use crate::schema::{replies, stream_tokens};

/// Stream tokens in a [`PgDatabase`].
#[derive(Clone, Debug)]
pub struct PgStreamTokenRepository {
    database: PgDatabase,
}

impl PgStreamTokenRepository {
    /// Keeps stream tokens in this database.
    pub fn new(database: PgDatabase) -> Self {
        Self { database }
    }
}

#[async_trait]
impl StreamTokenRepository for PgStreamTokenRepository {
    async fn insert(&self, token: &StreamToken) -> Result<bool, RepositoryError> {
        let row = StreamTokenRow::from(token);
        self.database
            .write_one(row, |mut connection, row| {
                async move {
                    let inserted = diesel::insert_into(stream_tokens::table)
                        .values(row)
                        .execute(&mut connection)
                        .await;
                    match inserted {
                        Err(DieselError::DatabaseError(
                            DatabaseErrorKind::ForeignKeyViolation,
                            _,
                        )) => Ok(false),
                        inserted => Ok(inserted? == 1),
                    }
                }
                .boxed()
            })
            .await
    }

    async fn find(&self, digest: TokenDigest) -> Result<Option<StreamToken>, RepositoryError> {
        self.database
            .read(digest, |mut connection, digest| {
                async move {
                    let row = stream_tokens::table
                        .find(digest.as_bytes().as_slice())
                        .select(StreamTokenRow::as_select())
                        .first(&mut connection)
                        .await
                        .optional()?;
                    Ok(row.map(StreamToken::try_from).transpose()?)
                }
                .boxed()
            })
            .await
    }

    async fn bind(&self, digest: TokenDigest, reply_id: ReplyId) -> Result<bool, RepositoryError> {
        self.database
            .write_one((digest, reply_id), |mut connection, (digest, reply_id)| {
                async move {
                    let unbound = stream_tokens::table
                        .find(digest.as_bytes().as_slice())
                        .filter(stream_tokens::reply_id.is_null());
                    let bound = diesel::update(unbound)
                        .set(stream_tokens::reply_id.eq(reply_id.as_uuid()))
                        .execute(&mut connection)
                        .await?;
                    Ok(bound == 1)
                }
                .boxed()
            })
            .await
    }

    async fn remove_expired(&self, at: DateTime<Utc>) -> Result<u64, RepositoryError> {
        let removed = self
            .database
            .write(at, |connection, at, _| {
                remove_expired(connection, *at).boxed()
            })
            .await?;
        Ok(u64::try_from(removed).unwrap_or(u64::MAX))
    }
}

/// Removes what [`StreamToken::admits`] would admit to nothing. Tokens of a reply that is gone went
/// with it.
async fn remove_expired(
    mut connection: &AsyncPgConnection,
    at: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let mut pipelined = connection;
    let (unused, used) = both(
        diesel::delete(unused(at)).execute(&mut connection),
        diesel::delete(used(at - StreamToken::AFTERLIFE)).execute(&mut pipelined),
    )
    .await?;
    Ok(unused + used)
}

/// Tokens that opened nothing in their time.
#[auto_type(no_type_alias)]
pub(crate) fn unused(expired_at: DateTime<Utc>) -> _ {
    stream_tokens::table
        .filter(stream_tokens::reply_id.is_null())
        .filter(stream_tokens::expires_at.le(expired_at))
}

/// Tokens that opened a reply which had ended by then. Each looks for its own reply: joined, the few
/// tokens there are might be met by all the replies there ever were.
#[auto_type(no_type_alias)]
pub(crate) fn used(ended_at: DateTime<Utc>) -> _ {
    let end = replies::table
        .filter(replies::id.nullable().eq(stream_tokens::reply_id))
        .select(replies::ended_at)
        .single_value();
    stream_tokens::table
        .filter(stream_tokens::reply_id.is_not_null())
        .filter(end.le(ended_at))
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = stream_tokens, check_for_backend(Pg), treat_none_as_default_value = false)]
struct StreamTokenRow {
    digest: Vec<u8>,
    user_id: Uuid,
    session_id: Uuid,
    ticket_id: Uuid,
    expires_at: DateTime<Utc>,
    reply_id: Option<Uuid>,
}

impl From<&StreamToken> for StreamTokenRow {
    fn from(token: &StreamToken) -> Self {
        Self {
            digest: token.digest.as_bytes().to_vec(),
            user_id: token.user_id.as_uuid(),
            session_id: token.session_id.as_uuid(),
            ticket_id: token.ticket_id.as_uuid(),
            expires_at: token.expires_at,
            reply_id: token.reply_id.map(ReplyId::as_uuid),
        }
    }
}

impl TryFrom<StreamTokenRow> for StreamToken {
    type Error = CorruptColumn;

    fn try_from(row: StreamTokenRow) -> Result<Self, CorruptColumn> {
        let digest = parsed("stream_tokens.digest", row.digest.as_slice().try_into())?;
        Ok(Self {
            digest: TokenDigest::from_bytes(digest),
            user_id: UserId::from_uuid(row.user_id),
            session_id: SessionId::from_uuid(row.session_id),
            ticket_id: TicketId::from_uuid(row.ticket_id),
            expires_at: row.expires_at,
            reply_id: row.reply_id.map(ReplyId::from_uuid),
        })
    }
}
