//! Opaque cursors of lists.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use domain::ids::TicketId;
use domain::ticket::TicketCursor;
use thiserror::Error;
use uuid::Uuid;

/// The text is no cursor of this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("must be a `next_cursor` of this list")]
pub(crate) struct CursorError;

pub(crate) fn encode_ticket_cursor(cursor: TicketCursor) -> String {
    encode(&format!(
        "t.{}.{}",
        cursor.created_at.timestamp_micros(),
        cursor.id
    ))
}

pub(crate) fn decode_ticket_cursor(raw: &str) -> Result<TicketCursor, CursorError> {
    let text = decode(raw)?;
    let (micros, id) = text
        .strip_prefix("t.")
        .and_then(|rest| rest.split_once('.'))
        .ok_or(CursorError)?;
    let created_at = micros
        .parse()
        .ok()
        .and_then(DateTime::from_timestamp_micros)
        .ok_or(CursorError)?;
    let id = Uuid::try_parse(id).map_err(|_no_id| CursorError)?;
    Ok(TicketCursor {
        created_at,
        id: TicketId::from_uuid(id),
    })
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
