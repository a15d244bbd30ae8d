//! Opaque cursors of lists.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use domain::ids::{TicketId, UserId};
use domain::ticket::TicketCursor;
use domain::user::UserCursor;
use thiserror::Error;
use uuid::Uuid;

/// The text is no cursor of this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("must be a `next_cursor` of this list")]
pub(crate) struct CursorError;

pub(crate) fn encode_ticket_cursor(cursor: TicketCursor) -> String {
    encode_place("t", cursor.created_at, cursor.id.as_uuid())
}

pub(crate) fn decode_ticket_cursor(raw: &str) -> Result<TicketCursor, CursorError> {
    let (created_at, id) = decode_place("t", raw)?;
    let id = TicketId::from_uuid(id);
    Ok(TicketCursor { created_at, id })
}

pub(crate) fn encode_user_cursor(cursor: UserCursor) -> String {
    encode_place("u", cursor.created_at, cursor.id.as_uuid())
}

pub(crate) fn decode_user_cursor(raw: &str) -> Result<UserCursor, CursorError> {
    let (created_at, id) = decode_place("u", raw)?;
    let id = UserId::from_uuid(id);
    Ok(UserCursor { created_at, id })
}

/// A place in a list that is ordered by time, then id.
fn encode_place(list: &str, at: DateTime<Utc>, id: Uuid) -> String {
    encode(&format!("{list}.{}.{id}", at.timestamp_micros()))
}

fn decode_place(list: &str, raw: &str) -> Result<(DateTime<Utc>, Uuid), CursorError> {
    let text = decode(raw)?;
    let mut parts = text.split('.');
    let (Some(name), Some(micros), Some(id), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(CursorError);
    };
    let at = micros
        .parse()
        .ok()
        .and_then(DateTime::from_timestamp_micros);
    match (at, Uuid::try_parse(id)) {
        (Some(at), Ok(id)) if name == list => Ok((at, id)),
        _ => Err(CursorError),
    }
}

pub(crate) fn encode_position(position: i64) -> String {
    encode(&format!("m.{position}"))
}

pub(crate) fn decode_position(raw: &str) -> Result<i64, CursorError> {
    let text = decode(raw)?;
    text.strip_prefix("m.")
        .and_then(|position| position.parse().ok())
        .ok_or(CursorError)
}

fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

fn decode(raw: &str) -> Result<String, CursorError> {
    let bytes = URL_SAFE_NO_PAD
        .decode(raw)
        .map_err(|_no_base64| CursorError)?;
    String::from_utf8(bytes).map_err(|_no_text| CursorError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_survive_the_wire() {
        let cursor = TicketCursor {
            created_at: DateTime::from_timestamp_micros(1_790_000_000_123_456).unwrap(),
            id: TicketId::from_uuid(Uuid::from_u128(7)),
        };
        assert_eq!(
            decode_ticket_cursor(&encode_ticket_cursor(cursor)),
            Ok(cursor)
        );
        let cursor = UserCursor {
            created_at: cursor.created_at,
            id: UserId::from_uuid(Uuid::from_u128(8)),
        };
        assert_eq!(decode_user_cursor(&encode_user_cursor(cursor)), Ok(cursor));
        assert_eq!(
            decode_ticket_cursor(&encode_user_cursor(cursor)),
            Err(CursorError)
        );
        assert_eq!(decode_position(&encode_position(42)), Ok(42));
    }

    #[test]
    fn one_lists_cursor_is_not_anothers() {
        assert_eq!(decode_ticket_cursor(&encode_position(42)), Err(CursorError));
        for raw in ["", "!", "bS4", "bS54"] {
            assert_eq!(decode_position(raw), Err(CursorError), "{raw}");
        }
    }
}
