use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;

use tokio::net::TcpStream;

use crate::client::{Chunked, Connection, malformed};

/// What each token of the simulator holds once, and nothing else in an event does.
pub(crate) const MARK: u8 = b'~';

/// Whose events they are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Dialect {
    /// Of `GET /tickets/{id}/ai-response`.
    Reply,
    /// Of chat completions.
    Upstream,
}

/// What an event means here.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Event {
    /// Text with so many tokens in it.
    Delta(u32),
    /// The answer is whole.
    Completed,
    /// The answer will not become whole.
    Failed,
    Other,
}

/// Where somebody who comes back can continue.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Ids {
    /// Of the first event.
    pub(crate) first: Option<String>,
    /// Of the last one with text.
    pub(crate) text: Option<String>,
}

/// A stream of events.
pub(crate) struct Events {
    stream: TcpStream,
    dialect: Dialect,
    chunked: Chunked,
    /// The beginning of an event whose end is still to come.
    pending: Vec<u8>,
    /// Kept only if asked for; most readers have no use for them.
    ids: Option<Ids>,
    is_over: bool,
}

thread_local! {
    /// One for all streams: ten thousand of their own would be memory of the load generator's.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; 64 * 1024]);
}

impl Events {
    pub(crate) async fn open(
        address: SocketAddr,
        request: &[u8],
        dialect: Dialect,
    ) -> io::Result<Self> {
        let connection = Connection::open(address).await?;
        let (status, early, stream) = connection.stream(request).await?;
        if status != 200 {
            return Err(malformed("a stream was refused"));
        }
        let (mut chunked, mut pending) = (Chunked::default(), Vec::new());
        let is_over = chunked.decode(&early, &mut pending)?;
        Ok(Self {
            stream,
            dialect,
            chunked,
            pending,
            ids: None,
            is_over,
        })
    }

    /// Remembers ids from now on.
    pub(crate) fn keep_ids(&mut self) {
        self.ids = Some(Ids::default());
    }

    pub(crate) fn into_ids(self) -> Ids {
        self.ids.unwrap_or_default()
    }

    /// Waits for more and hands over the events that are whole; `false` when the stream is over.
    pub(crate) async fn next(&mut self, mut take: impl FnMut(Event)) -> io::Result<bool> {
        if self.hand_over(&mut take) {
            return Ok(true);
        }
        while !self.is_over {
            self.stream.readable().await?;
            match self.read() {
                Ok(()) if self.hand_over(&mut take) => return Ok(true),
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    fn read(&mut self) -> io::Result<()> {
        BUFFER.with_borrow_mut(|buffer| {
            let read = self.stream.try_read(buffer)?;
            let bytes = buffer.get(..read).unwrap_or_default();
            self.is_over = self.chunked.decode(bytes, &mut self.pending)? || read == 0;
            Ok(())
        })
    }

    fn hand_over(&mut self, take: &mut impl FnMut(Event)) -> bool {
        let mut taken = 0;
        while let Some(rest) = self.pending.get(taken..)
            && let Some(end) = rest.windows(2).position(|pair| pair == b"\n\n")
        {
            let event = rest.get(..end).unwrap_or_default();
            let meaning = meaning(event, self.dialect);
            if let Some(ids) = &mut self.ids {
                ids.keep(event, &meaning);
            }
            take(meaning);
            taken += end + 2;
        }
        self.pending.drain(..taken);
        taken > 0
    }
}

impl Ids {
    fn keep(&mut self, event: &[u8], meaning: &Event) {
        let Some(id) = field(event, b"id: ") else {
            return;
        };
        let id = || String::from_utf8_lossy(id).into_owned();
        self.first.get_or_insert_with(id);
        if matches!(meaning, Event::Delta(_)) {
            self.text = Some(id());
        }
    }
}

fn meaning(event: &[u8], dialect: Dialect) -> Event {
    let data = field(event, b"data: ").unwrap_or_default();
    match (dialect, field(event, b"event: ")) {
        (Dialect::Reply, Some(b"response.output_text.delta")) => Event::Delta(tokens(data)),
        (Dialect::Reply, Some(b"response.completed")) => Event::Completed,
        (Dialect::Reply, Some(b"response.failed" | b"response.incomplete" | b"stream.closing")) => {
            Event::Failed
        }
        (Dialect::Reply, _) => Event::Other,
        (Dialect::Upstream, _) if data == b"[DONE]" => Event::Completed,
        (Dialect::Upstream, _) => match tokens(data) {
            0 => Event::Other,
            tokens => Event::Delta(tokens),
        },
    }
}

fn field<'a>(event: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let mut lines = event.split(|byte| *byte == b'\n');
    lines.find_map(|line| line.strip_prefix(name))
}

fn tokens(data: &[u8]) -> u32 {
    data.iter().map(|byte| u32::from(*byte == MARK)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_counted_in_deltas_of_replies_only() {
        let delta = b"retry: 1500\nid: a.1.1.9\nevent: response.output_text.delta\n\
            data: {\"delta\":\" wor~ld wor~ld\"}";
        let completed = b"event: response.completed\ndata: {\"output_text\":\" wor~ld\"}";

        assert_eq!(meaning(delta, Dialect::Reply), Event::Delta(2));
        assert_eq!(meaning(completed, Dialect::Reply), Event::Completed);
        assert_eq!(field(delta, b"id: "), Some(&b"a.1.1.9"[..]));
    }

    #[test]
    fn the_upstreams_chunks_are_understood_too() {
        let role = b"data: {\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}";
        let delta = b"data: {\"delta\":{\"content\":\" wor~ld\"}}";

        assert_eq!(meaning(role, Dialect::Upstream), Event::Other);
        assert_eq!(meaning(delta, Dialect::Upstream), Event::Delta(1));
        assert_eq!(
            meaning(b"data: [DONE]", Dialect::Upstream),
            Event::Completed
        );
    }

    #[test]
    fn a_reply_that_fails_is_no_answer() {
        let failed = b"event: response.failed\ndata: {}";

        assert_eq!(meaning(failed, Dialect::Reply), Event::Failed);
    }

    #[test]
    fn the_ids_of_the_first_event_and_of_the_last_text_are_kept() {
        let mut ids = Ids::default();
        ids.keep(b"id: a.0\ndata: {}", &Event::Other);
        ids.keep(b"id: a.1\ndata: {}", &Event::Delta(1));
        ids.keep(b"id: a.2\ndata: {}", &Event::Delta(1));
        ids.keep(b"id: a.3\ndata: {}", &Event::Completed);

        assert_eq!(ids.first.as_deref(), Some("a.0"));
        assert_eq!(ids.text.as_deref(), Some("a.2"));
    }
}
