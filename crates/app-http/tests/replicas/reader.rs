//! A client that comes back for what it is missing, as browsers' `EventSource` does, and that
//! checks on the way what every client relies on.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;
use tokio::time::sleep;

use crate::harness::{Event, soon};

/// Where the replicas are, as a load balancer in front of them knows it.
#[derive(Clone, Default)]
pub struct Addresses(Arc<Mutex<Vec<String>>>);

impl Addresses {
    pub fn set(&self, replica: usize, base_url: &str) {
        let mut addresses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if addresses.len() <= replica {
            addresses.resize(replica + 1, String::new());
        }
        base_url.clone_into(&mut addresses[replica]);
    }

    fn pick(&self, number: usize) -> String {
        let addresses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        addresses[number % addresses.len()].clone()
    }
}

/// Who reads, and how.
#[derive(Clone)]
pub struct Customer {
    pub client: Client,
    pub addresses: Addresses,
    pub token: String,
}

/// Where an event stands, by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub reply: String,
    pub attempt: i64,
    pub sequence: i64,
    pub offset: usize,
}

impl Place {
    fn parse(id: &str) -> Self {
        let parts: Vec<_> = id.split('.').collect();
        let [reply, attempt, sequence, offset] = parts[..] else {
            panic!("not an event's id: {id}");
        };
        Self {
            reply: reply.to_owned(),
            attempt: attempt.parse().expect("an attempt"),
            sequence: sequence.parse().expect("a number"),
            offset: offset.parse().expect("an offset"),
        }
    }
}

/// One reader of one answer.
pub struct Reader {
    customer: Customer,
    /// Counts up when a replica cannot be reached any more.
    replica: usize,
    path: String,
    connection: Option<Connection>,
    /// What the reader has been told, over all its connections.
    pub seen: Vec<Event>,
    /// What the reader shows.
    pub text: String,
    /// How often it connected.
    pub connections: usize,
    /// When it was asked to come back elsewhere.
    pub moves: Vec<Instant>,
}

struct Connection {
    response: Response,
    unread: Vec<u8>,
}

impl Reader {
    /// How long to wait before a replica that refused is left for the next.
    const PAUSE: Duration = Duration::from_millis(50);

    /// A reader that begins at that replica; it connects with the first event asked for.
    pub fn new(customer: Customer, replica: usize, ticket: &str) -> Self {
        Self {
            customer,
            replica,
            path: format!("{ticket}/ai-response"),
            connection: None,
            seen: Vec::new(),
            text: String::new(),
            connections: 0,
            moves: Vec::new(),
        }
    }

    /// The next event, over as many connections as it takes; none when the server says that there
    /// is nothing more to come.
    pub async fn next(&mut self) -> Option<Event> {
        soon("the next event", self.next_event()).await
    }

    async fn next_event(&mut self) -> Option<Event> {
        loop {
            if self.connection.is_none() {
                self.connection = Some(self.connect().await?);
            }
            let connection = self.connection.as_mut().expect("a connection");
            let Some(event) = connection.event().await else {
                self.connection = None;
                continue;
            };
            if event.name == "stream.closing" {
                assert_eq!(event.id, None);
                self.connection = None;
                self.moves.push(Instant::now());
                self.replica += 1;
                let reconnect = event.data["reconnect_ms"].as_u64();
                sleep(Duration::from_millis(reconnect.expect("a time"))).await;
                continue;
            }
            self.take(&event);
            return Some(event);
        }
    }

    /// Reads on until that event has come.
    pub async fn until(&mut self, name: &str) -> Event {
        loop {
            let event = self.next().await;
            let event = event.unwrap_or_else(|| panic!("told to stop before {name}"));
            if event.name == name {
                return event;
            }
        }
    }

    /// Reads until the server says that there is nothing more, and gives the last event.
    pub async fn finish(&mut self) -> &Event {
        while self.next().await.is_some() {}
        self.last()
    }

    /// What was told last.
    pub fn last(&self) -> &Event {
        self.seen.last().expect("an event")
    }

    /// How often an event of that name was told.
    pub fn count(&self, name: &str) -> usize {
        self.seen.iter().filter(|event| event.name == name).count()
    }

    /// Drops the connection; the next event is asked for over a new one.
    pub fn disconnect(&mut self) {
        self.connection = None;
    }

    /// Checks that numbers never went back, which is promised while the database loses nothing.
    #[track_caller]
    pub fn assert_numbers_increase(&self) {
        let places: Vec<_> = self
            .seen
            .iter()
            .map(|event| Place::parse(event.id()))
            .collect();
        for pair in places.windows(2) {
            assert!(pair[0].sequence < pair[1].sequence, "{pair:?}");
        }
    }

    fn request(&self) -> RequestBuilder {
        let Customer {
            client,
            addresses,
            token,
        } = &self.customer;
        let url = format!("{}{}", addresses.pick(self.replica), self.path);
        let request = client.get(url).bearer_auth(token);
        match self.seen.last() {
            Some(event) => request.header("Last-Event-ID", event.id()),
            None => request,
        }
    }

    /// None when the server has nothing more to say.
    async fn connect(&mut self) -> Option<Connection> {
        loop {
            match self.request().send().await {
                Ok(response) if response.status() == 200 => {
                    self.connections += 1;
                    return Some(Connection {
                        response,
                        unread: Vec::new(),
                    });
                }
                Ok(response) if response.status() == 204 => return None,
                Ok(response) if response.status() != 503 => {
                    let status = response.status();
                    panic!("{status}: {}", response.text().await.expect("a body"));
                }
                // It starts, it stops, or it is gone.
                Ok(_) | Err(_) => {
                    self.replica += 1;
                    sleep(Self::PAUSE).await;
                }
            }
        }
    }

    fn take(&mut self, event: &Event) {
        let place = Place::parse(event.id());
        if let Some(last) = self.seen.last() {
            let last = Place::parse(last.id());
            assert_eq!(place.reply, last.reply);
            let goes_on = (place.attempt, place.sequence) > (last.attempt, last.sequence);
            let starts_over = event.name == "response.snapshot";
            assert!(goes_on || starts_over, "{place:?} after {last:?}");
        }
        match event.name.as_str() {
            "response.created" | "response.restarted" => self.text.clear(),
            "response.output_text.delta" => self.text.push_str(text(&event.data["delta"])),
            "response.snapshot" => text(&event.data["text"]).clone_into(&mut self.text),
            "ticket.handed_off" => {}
            _ => assert_eq!(text(&event.data["response"]["output_text"]), self.text),
        }
        assert_eq!(place.offset, self.text.len(), "{} {place:?}", event.name);
        self.seen.push(event.clone());
    }
}

impl Connection {
    /// The next event; none when the connection has ended, in whatever way.
    async fn event(&mut self) -> Option<Event> {
        loop {
            let end = self.unread.windows(2).position(|bytes| bytes == b"\n\n");
            if let Some(end) = end {
                let frame: Vec<u8> = self.unread.drain(..end + 2).collect();
                let frame = String::from_utf8(frame).expect("UTF-8");
                return Some(event_of(&frame));
            }
            let bytes = self.response.chunk().await.ok().flatten()?;
            self.unread.extend(bytes);
        }
    }
}

/// One event from its lines, heartbeats before it included.
pub fn event_of(frame: &str) -> Event {
    let field = |name: &str| {
        let mut lines = frame.lines().rev();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    };
    let data = field("data").expect("no event is dispatched without data");
    Event {
        id: field("id").map(str::to_owned),
        name: field("event").expect("a name").to_owned(),
        data: serde_json::from_str(data).expect("JSON"),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
