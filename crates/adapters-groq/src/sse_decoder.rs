#[cfg(test)]
mod tests;

use std::mem;

/// The greatest size of a line and of an event's data. The largest chunk of an answer has a few
/// kilobytes; this only keeps a broken host from filling the memory.
pub(crate) const MAX_BYTES: usize = 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// One server-sent event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SseEvent {
    /// The event's name; empty when it has none.
    pub(crate) name: String,
    /// Its data lines, joined by line feeds.
    pub(crate) data: String,
}

/// A line or the data of an event is larger than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;

/// Reads server-sent events from bytes that come in pieces of any size, as the HTML standard
/// describes it.
///
/// Only whole lines are decoded, so a character that is split between two pieces stays whole. A
/// line may end with LF, CRLF or CR.
#[derive(Debug)]
pub(crate) struct SseDecoder {
    max_bytes: usize,
    /// The line that has not ended yet.
    line: Vec<u8>,
    /// A CR ended the last line, so an LF that follows it, perhaps in the next piece, ends nothing.
    after_cr: bool,
    /// A byte order mark may only be here.
    in_first_line: bool,
    name: Vec<u8>,
    /// The data lines so far, each with a line feed.
    data: Vec<u8>,
}

impl SseDecoder {
    pub(crate) fn new() -> Self {
        Self::with_max_bytes(MAX_BYTES)
    }

    fn with_max_bytes(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            line: Vec::new(),
            after_cr: false,
            in_first_line: true,
            name: Vec::new(),
            data: Vec::new(),
        }
    }

    /// Reads on, and appends the events that are now whole.
    ///
    /// # Errors
    /// [`TooLarge`], after the events before the one that is. Nothing can be read after it.
    pub(crate) fn push(
        &mut self,
        bytes: &[u8],
        events: &mut Vec<SseEvent>,
    ) -> Result<(), TooLarge> {
        let mut rest = bytes;
        loop {
            if self.after_cr
                && let Some((first, others)) = rest.split_first()
            {
                self.after_cr = false;
                if *first == b'\n' {
                    rest = others;
                }
            }
            let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
                return self.extend_line(rest);
            };
            let (head, tail) = rest.split_at(end);
            self.extend_line(head)?;
            if let Some((terminator, others)) = tail.split_first() {
                self.after_cr = *terminator == b'\r';
                rest = others;
            }
            events.extend(self.end_line()?);
        }
    }

    /// Reads the end. The standard drops an event that no empty line ended; hosts do forget that
    /// line, so it is handed out here, and may be cut.
    pub(crate) fn finish(&mut self) -> Option<SseEvent> {
        if !self.line.is_empty() {
            self.end_line().ok()?;
        }
        self.end_event()
    }

    fn extend_line(&mut self, bytes: &[u8]) -> Result<(), TooLarge> {
        if self.line.len() + bytes.len() > self.max_bytes {
            return Err(TooLarge);
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self) -> Result<Option<SseEvent>, TooLarge> {
        let whole_line = mem::take(&mut self.line);
        let mut line = whole_line.as_slice();
        if mem::take(&mut self.in_first_line) {
            line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
        }
        let event = if line.is_empty() {
            self.end_event()
        } else {
            self.read_field(line)?;
            None
        };
        // The next line takes over the memory.
        self.line = whole_line;
        self.line.clear();
        Ok(event)
    }

    fn read_field(&mut self, line: &[u8]) -> Result<(), TooLarge> {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let field = parts.next().unwrap_or_default();
        let value = parts.next().unwrap_or_default();
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"data" => {
                if self.data.len() + value.len() > self.max_bytes {
                    return Err(TooLarge);
                }
                self.data.extend_from_slice(value);
                self.data.push(b'\n');
            }
            b"event" => {
                self.name.clear();
                self.name.extend_from_slice(value);
            }
            // A comment has an empty name here. Ids and times to reconnect are of no use: an
            // answer cannot be resumed.
            _ => {}
        }
        Ok(())
    }

    fn end_event(&mut self) -> Option<SseEvent> {
        let name = mem::take(&mut self.name);
        let mut data = mem::take(&mut self.data);
        // Without any data line there is no event.
        data.pop()?;
        Some(SseEvent {
            name: into_text(name),
            data: into_text(data),
        })
    }
}

fn into_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
