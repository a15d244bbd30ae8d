use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use uuid::Uuid;

use super::RestartReason;
use crate::handoff::HandoffReason;
use crate::ids::ReplyId;

/// One entry of a reply's event log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedEvent {
    /// Where in the reply it stands; its offset is that of the text's end after it.
    pub position: Position,
    /// What happened.
    pub kind: EventKind,
}

/// What an entry of the log says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// The first attempt began; always the first entry.
    Created,
    /// Text, appended.
    Delta(String),
    /// Another attempt began: the text so far is void.
    Restarted(RestartReason),
    /// People take over: the reply's end follows, in the same moment.
    HandedOff(HandoffReason),
    /// The reply ended, in the way its row tells.
    Ended,
}

/// A place in a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    /// The attempt, from 1.
    pub attempt: i32,
    /// The event's number, rising by one across attempts, from 0.
    pub sequence: i64,
    /// Length of the attempt's text up to here, in bytes of UTF-8.
    pub offset: usize,
}

/// The id of an event on the wire: `<reply>.<attempt>.<sequence>.<utf8-offset>`. Clients hand it
/// back unread to continue behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EventId {
    /// The reply.
    pub reply_id: ReplyId,
    /// The place in it.
    pub position: Position,
}

/// The text is not an event's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not an event id")]
pub struct EventIdError;

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position {
            attempt,
            sequence,
            offset,
        } = self.position;
        write!(
            f,
            "{}.{attempt}.{sequence}.{offset}",
            self.reply_id.as_uuid().simple()
        )
    }
}

impl FromStr for EventId {
    type Err = EventIdError;

    fn from_str(raw: &str) -> Result<Self, EventIdError> {
        fn number<N: FromStr>(part: Option<&str>) -> Result<N, EventIdError> {
            part.filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
                .and_then(|digits| digits.parse().ok())
                .ok_or(EventIdError)
        }
        let mut parts = raw.split('.');
        let reply = parts
            .next()
            .and_then(|id| Uuid::try_parse(id).ok())
            .ok_or(EventIdError)?;
        let position = Position {
            attempt: number(parts.next())?,
            sequence: number(parts.next())?,
            offset: number(parts.next())?,
        };
        match parts.next() {
            None => Ok(Self {
                reply_id: ReplyId::from_uuid(reply),
                position,
            }),
            Some(_) => Err(EventIdError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_the_wire() {
        let id = EventId {
            reply_id: ReplyId::from_uuid(Uuid::from_u128(7)),
            position: Position {
                attempt: 2,
                sequence: 31,
                offset: 1024,
            },
        };
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn other_texts_are_no_ids() {
        let reply = Uuid::from_u128(7).simple();
        for raw in [
            String::new(),
            "1.2.3".to_owned(),
            format!("{reply}.1.2"),
            format!("{reply}.1.2.3.4"),
            format!("{reply}.1.-2.3"),
            format!("{reply}.1.+2.3"),
            format!("{reply}.1.99999999999999999999.3"),
        ] {
            assert_eq!(raw.parse::<EventId>(), Err(EventIdError), "{raw}");
        }
    }
}
