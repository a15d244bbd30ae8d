//! Opaque cursors of lists.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use domain::article::ArticleCursor;
use domain::ids::{ArticleId, TicketId, UserId};
use domain::prompt::TemplateName;
use domain::ticket::{ScorePlace, TicketOrder, TimePlace};
use domain::user::UserCursor;
use thiserror::Error;
use uuid::Uuid;

/// The text is no cursor of this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("must be a `next_cursor` of this list")]
pub(crate) struct CursorError;

/// How tickets are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TicketSort {
    CreatedAt,
    UpdatedAt,
    Relevance,
}

/// The cursors of one list of tickets: those of another order or filter are none of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TicketCursors {
    sort: TicketSort,
    /// Tells lists of different filters apart.
    list: u64,
}

/// The greatest time that every database knows, the end of the year 9999, in microseconds.
const LATEST: i64 = 253_402_300_799_999_999;

impl TicketCursors {
    pub(crate) fn new(sort: TicketSort, filters: &[Option<&str>]) -> Self {
        Self {
            sort,
            list: fingerprint(filters),
        }
    }

    /// The list from its beginning on.
    pub(crate) const fn start(self) -> TicketOrder {
        match self.sort {
            TicketSort::CreatedAt => TicketOrder::CreatedAt { after: None },
            TicketSort::UpdatedAt => TicketOrder::UpdatedAt { after: None },
            TicketSort::Relevance => TicketOrder::Relevance { after: None },
        }
    }

    pub(crate) fn encode(self, place: TicketOrder) -> String {
        let (key, id) = match place {
            TicketOrder::CreatedAt { after } | TicketOrder::UpdatedAt { after } => {
                after.map(|place| (place.at.timestamp_micros(), place.id))
            }
            TicketOrder::Relevance { after } => after.map(|place| (place.score, place.id)),
        }
        .unzip();
        let (key, id) = (key.unwrap_or_default(), id.map(TicketId::as_uuid));
        let id = id.unwrap_or_default();
        encode(&format!(
            "{}.{:x}.{key}.{id}",
            self.sort.letter(),
            self.list
        ))
    }

    pub(crate) fn decode(self, raw: &str) -> Result<TicketOrder, CursorError> {
        let text = decode(raw)?;
        let prefix = format!("{}.{:x}.", self.sort.letter(), self.list);
        let (key, id) = text
            .strip_prefix(&prefix)
            .and_then(|rest| rest.split_once('.'))
            .ok_or(CursorError)?;
        let key = key.parse().map_err(|_no_number| CursorError)?;
        let id = Uuid::try_parse(id).map_err(|_no_id| CursorError)?;
        let id = TicketId::from_uuid(id);
        match self.sort {
            TicketSort::CreatedAt => Ok(TicketOrder::CreatedAt {
                after: Some(time_place(key, id)?),
            }),
            TicketSort::UpdatedAt => Ok(TicketOrder::UpdatedAt {
                after: Some(time_place(key, id)?),
            }),
            TicketSort::Relevance => Ok(TicketOrder::Relevance {
                after: Some(ScorePlace { score: key, id }),
            }),
        }
    }
}

impl TicketSort {
    const fn letter(self) -> char {
        match self {
            Self::CreatedAt => 'c',
            Self::UpdatedAt => 'u',
            Self::Relevance => 'r',
        }
    }
}

fn time_place(micros: i64, id: TicketId) -> Result<TimePlace, CursorError> {
    let at = time(micros)?;
    Ok(TimePlace { at, id })
}

fn time(micros: i64) -> Result<DateTime<Utc>, CursorError> {
    (0..=LATEST)
        .contains(&micros)
        .then(|| DateTime::from_timestamp_micros(micros))
        .flatten()
        .ok_or(CursorError)
}

pub(crate) fn encode_user_cursor(cursor: UserCursor) -> String {
    let micros = cursor.created_at.timestamp_micros();
    encode(&format!("a.{micros}.{}", cursor.id))
}

pub(crate) fn decode_user_cursor(raw: &str) -> Result<UserCursor, CursorError> {
    let (created_at, id) = decode_time_and_id("a.", raw)?;
    Ok(UserCursor {
        created_at,
        id: UserId::from_uuid(id),
    })
}

pub(crate) fn encode_article_cursor(cursor: ArticleCursor) -> String {
    let micros = cursor.created_at.timestamp_micros();
    encode(&format!("h.{micros}.{}", cursor.id))
}

pub(crate) fn decode_article_cursor(raw: &str) -> Result<ArticleCursor, CursorError> {
    let (created_at, id) = decode_time_and_id("h.", raw)?;
    Ok(ArticleCursor {
        created_at,
        id: ArticleId::from_uuid(id),
    })
}

fn decode_time_and_id(prefix: &str, raw: &str) -> Result<(DateTime<Utc>, Uuid), CursorError> {
    let text = decode(raw)?;
    let (micros, id) = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.split_once('.'))
        .ok_or(CursorError)?;
    let micros = micros.parse().map_err(|_no_number| CursorError)?;
    let id = Uuid::try_parse(id).map_err(|_no_id| CursorError)?;
    Ok((time(micros)?, id))
}

/// The cursor behind a position among the messages of a ticket.
pub(crate) fn encode_position(ticket_id: TicketId, position: i64) -> String {
    encode(&format!("m.{ticket_id}.{position}"))
}

pub(crate) fn decode_position(ticket_id: TicketId, raw: &str) -> Result<i64, CursorError> {
    let text = decode(raw)?;
    text.strip_prefix(&format!("m.{ticket_id}."))
        .and_then(|position| position.parse().ok())
        .ok_or(CursorError)
}

/// The cursor behind a version of a prompt template.
pub(crate) fn encode_version(name: &TemplateName, version: i32) -> String {
    encode(&format!("p.{}.{version}", name.as_str()))
}

pub(crate) fn decode_version(name: &TemplateName, raw: &str) -> Result<i32, CursorError> {
    let text = decode(raw)?;
    text.strip_prefix(&format!("p.{}.", name.as_str()))
        .and_then(|version| version.parse().ok())
        .ok_or(CursorError)
}

/// FNV-1a: the same in every process and version, unlike the standard library's hashes.
fn fingerprint(filters: &[Option<&str>]) -> u64 {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    // Bytes that are in no text mark what is given and where it ends.
    let bytes = filters.iter().flat_map(|filter| {
        let given = filter.map_or(0xfe, |_| 0xfd);
        let text = filter.unwrap_or_default().bytes();
        std::iter::once(given).chain(text)
    });
    bytes.fold(BASIS, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(PRIME)
    })
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

    const SORTS: [TicketSort; 3] = [
        TicketSort::CreatedAt,
        TicketSort::UpdatedAt,
        TicketSort::Relevance,
    ];

    fn id() -> TicketId {
        TicketId::from_uuid(Uuid::from_u128(7))
    }

    fn place(sort: TicketSort) -> TicketOrder {
        let time = Some(TimePlace {
            at: DateTime::from_timestamp_micros(1_790_000_000_123_456).unwrap(),
            id: id(),
        });
        let score = Some(ScorePlace {
            score: -12,
            id: id(),
        });
        match sort {
            TicketSort::CreatedAt => TicketOrder::CreatedAt { after: time },
            TicketSort::UpdatedAt => TicketOrder::UpdatedAt { after: time },
            TicketSort::Relevance => TicketOrder::Relevance { after: score },
        }
    }

    #[test]
    fn cursors_survive_the_wire() {
        for sort in SORTS {
            let cursors = TicketCursors::new(sort, &[Some("open"), None]);
            let cursor = cursors.encode(place(sort));
            assert_eq!(cursors.decode(&cursor), Ok(place(sort)));
        }
        let cursor = UserCursor {
            created_at: DateTime::from_timestamp_micros(1_790_000_000_123_456).unwrap(),
            id: UserId::from_uuid(Uuid::from_u128(8)),
        };
        assert_eq!(decode_user_cursor(&encode_user_cursor(cursor)), Ok(cursor));
        assert!(decode_article_cursor(&encode_user_cursor(cursor)).is_err());
        let cursor = ArticleCursor {
            created_at: DateTime::from_timestamp_micros(1_790_000_000_123_456).unwrap(),
            id: ArticleId::from_uuid(Uuid::from_u128(9)),
        };
        let decoded = decode_article_cursor(&encode_article_cursor(cursor));
        assert_eq!(decoded, Ok(cursor));
        let position = decode_position(id(), &encode_position(id(), 42));
        assert_eq!(position, Ok(42));
    }

    #[test]
    fn one_lists_cursor_is_not_anothers() {
        let filters: [&[Option<&str>]; 5] = [
            &[None, None],
            &[Some("open"), None],
            &[None, Some("open")],
            &[Some(""), None],
            &[Some("o"), Some("pen")],
        ];
        for sort in SORTS {
            for (number, filter) in filters.iter().enumerate() {
                let cursor = TicketCursors::new(sort, filter).encode(place(sort));
                for other in SORTS {
                    for (other_number, other_filter) in filters.iter().enumerate() {
                        let read = TicketCursors::new(other, other_filter).decode(&cursor);
                        let is_same = (sort, number) == (other, other_number);
                        assert_eq!(read.is_ok(), is_same);
                    }
                }
                assert_eq!(decode_position(id(), &cursor), Err(CursorError));
            }
        }
        let other = TicketId::from_uuid(Uuid::from_u128(8));
        let cursor = encode_position(id(), 42);
        assert_eq!(decode_position(other, &cursor), Err(CursorError));
    }

    #[test]
    fn forged_cursors_are_refused() {
        let cursors = TicketCursors::new(TicketSort::CreatedAt, &[]);
        let list = cursors.list;
        for key in ["-1", "253402300800000000", "9223372036854775807", "", "x"] {
            let forged = encode(&format!("c.{list:x}.{key}.{}", id()));
            assert_eq!(cursors.decode(&forged), Err(CursorError), "{key}");
        }
        for raw in ["", "!", "bS4", "bS54"] {
            assert_eq!(decode_position(id(), raw), Err(CursorError), "{raw}");
            assert_eq!(cursors.decode(raw), Err(CursorError), "{raw}");
        }
    }
}
