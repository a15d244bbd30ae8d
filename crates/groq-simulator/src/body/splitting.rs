use std::{iter, time::Duration};

use bytes::Bytes;

use crate::reply::Writes;

/// A stretch of a body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part {
    /// When to send it, counted from the response head.
    pub(crate) due: Duration,
    pub(crate) bytes: Bytes,
    /// Whether a chunk of the stream is complete with it.
    pub(crate) ends_chunk: bool,
}

/// Drops what comes after that many bytes.
pub(crate) fn first_bytes(
    parts: impl Iterator<Item = Part>,
    limit: usize,
) -> impl Iterator<Item = Part> {
    parts.scan(limit, |left, mut part| {
        if *left == 0 {
            return None;
        }
        if part.bytes.len() > *left {
            part.bytes.truncate(*left);
            part.ends_chunk = false;
        }
        *left -= part.bytes.len();
        Some(part)
    })
}

pub(crate) fn split(
    parts: impl Iterator<Item = Part>,
    writes: Writes,
) -> impl Iterator<Item = Part> {
    parts.flat_map(move |part| {
        let mut rest = Some(part);
        iter::from_fn(move || {
            let mut part = rest.take()?;
            let length = first_write(&part.bytes, writes);
            if length < part.bytes.len() {
                let first = part.bytes.split_to(length);
                let (due, ends_chunk) = (part.due, false);
                rest = Some(part);
                return Some(Part {
                    due,
                    bytes: first,
                    ends_chunk,
                });
            }
            Some(part)
        })
    })
}

/// How many of the bytes go out together.
fn first_write(bytes: &[u8], writes: Writes) -> usize {
    let is_line_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let place = match writes {
        Writes::AsDue => None,
        Writes::Bytes(length) => Some(length.max(1) - 1),
        Writes::WithinCharacters => bytes.iter().position(|byte| *byte >= 0xc0),
        Writes::WithinLineEnds => bytes
            .windows(2)
            .position(|pair| pair.iter().all(is_line_end)),
    };
    place.map_or(bytes.len(), |place| place + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(text: &'static str) -> Part {
        Part {
            due: Duration::ZERO,
            bytes: Bytes::from_static(text.as_bytes()),
            ends_chunk: true,
        }
    }

    fn pieces(parts: impl Iterator<Item = Part>) -> Vec<(Vec<u8>, bool)> {
        parts
            .map(|part| (part.bytes.to_vec(), part.ends_chunk))
            .collect()
    }

    #[test]
    fn a_part_is_split_into_writes_and_ends_its_chunk_once() {
        let split = |text, writes| pieces(split([part(text)].into_iter(), writes));
        let all = |parts: &[&[u8]]| -> Vec<(Vec<u8>, bool)> {
            let last = parts.len() - 1;
            let numbered = parts.iter().enumerate();
            numbered
                .map(|(place, bytes)| (bytes.to_vec(), place == last))
                .collect()
        };

        assert_eq!(split("abc", Writes::AsDue), all(&[b"abc"]));
        assert_eq!(split("abc", Writes::Bytes(0)), all(&[b"a", b"b", b"c"]));
        assert_eq!(split("abc", Writes::Bytes(2)), all(&[b"ab", b"c"]));
        assert_eq!(
            split("aö€b", Writes::WithinCharacters),
            all(&[b"a\xc3", b"\xb6\xe2", b"\x82\xacb"])
        );
        assert_eq!(
            split("a\r\n\r\n", Writes::WithinLineEnds),
            all(&[b"a\r", b"\n", b"\r", b"\n"])
        );
        assert_eq!(
            split("a\n\n", Writes::WithinLineEnds),
            all(&[b"a\n", b"\n"])
        );
    }

    #[test]
    fn the_part_that_a_limit_falls_into_does_not_end_its_chunk() {
        let limited = |limit| pieces(first_bytes([part("ab"), part("cd")].into_iter(), limit));
        let (ab, c) = ((b"ab".to_vec(), true), (b"c".to_vec(), false));

        assert_eq!(limited(0), []);
        assert_eq!(limited(3), [ab, c]);
        assert_eq!(limited(2).len(), 1);
        assert_eq!(limited(9).len(), 2);
    }
}
