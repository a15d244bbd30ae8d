use std::io;

use super::malformed;

/// Takes the chunks of a body apart, however they arrive.
#[derive(Debug, Default)]
pub(crate) struct Chunked {
    place: Place,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Place {
    /// In front of a chunk.
    #[default]
    Start,
    /// In the line that tells a chunk's size, which is this so far.
    Size(usize),
    /// Where so many bytes of the chunk are still to come.
    Data(usize),
    /// Behind a chunk, in the line end that closes it.
    Close,
    End,
}

impl Chunked {
    /// Appends to `body` what of it is in these bytes; says whether its end was among them.
    pub(crate) fn decode(&mut self, mut bytes: &[u8], body: &mut Vec<u8>) -> io::Result<bool> {
        while let Some((&first, rest)) = bytes.split_first() {
            self.place = match self.place {
                Place::Start => Place::Size(digit(first)?),
                Place::Size(size) if first == b'\n' && size == 0 => Place::End,
                Place::Size(size) if first == b'\n' => Place::Data(size),
                Place::Size(size) if first == b'\r' => Place::Size(size),
                Place::Size(size) => Place::Size(
                    size.checked_mul(16)
                        .ok_or_else(|| malformed("an endless chunk"))?
                        + digit(first)?,
                ),
                Place::Data(left) => {
                    let taken = left.min(bytes.len());
                    let (data, behind) = bytes.split_at(taken);
                    body.extend_from_slice(data);
                    bytes = behind;
                    self.place = match left - taken {
                        0 => Place::Close,
                        left => Place::Data(left),
                    };
                    continue;
                }
                Place::Close if first == b'\n' => Place::Start,
                Place::Close => Place::Close,
                Place::End => return Ok(true),
            };
            bytes = rest;
        }
        Ok(self.place == Place::End)
    }
}

fn digit(byte: u8) -> io::Result<usize> {
    let digit = char::from(byte).to_digit(16);
    let digit = digit.and_then(|digit| usize::try_from(digit).ok());
    digit.ok_or_else(|| malformed("a chunk without a size"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"5\r\nhello\r\n1a\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n";

    #[test]
    fn chunks_are_joined_wherever_they_are_cut() {
        for cut in 0..BODY.len() {
            let (one, other) = BODY.split_at(cut);
            let (mut chunked, mut body) = (Chunked::default(), Vec::new());

            chunked.decode(one, &mut body).unwrap();
            let is_over = chunked.decode(other, &mut body).unwrap();

            assert!(is_over, "cut at {cut}");
            assert_eq!(body, b"helloabcdefghijklmnopqrstuvwxyz", "cut at {cut}");
        }
    }

    #[test]
    fn what_is_no_size_is_refused() {
        assert!(
            Chunked::default()
                .decode(b"hello", &mut Vec::new())
                .is_err()
        );
    }
}
