//! How processes tell each other that a reply's log has grown.

mod listener;

use std::sync::{Arc, OnceLock};

use diesel::result::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::ids::ReplyId;
use domain::ports::{Doorbell, Ring};
use futures_util::stream;
use tokio::runtime::Handle;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::AbortHandle;
use uuid::Uuid;

use crate::columns::pg_notify;
use crate::settings::Target;

pub(crate) const CHANNEL: &str = "reply_rings";
pub(crate) const LISTEN: &str = "LISTEN reply_rings";

/// Rings in one notification. PostgreSQL takes less than 8 000 bytes, and a ring less than 60.
pub(crate) const RINGS_PER_NOTIFICATION: usize = 128;

/// Rings that a slow listener may lag behind. It loses older ones, as rings may be.
const BACKLOG: usize = 1_024;

/// Rings to give out when a unit of work is committed.
#[derive(Debug, Default)]
pub(crate) struct Rings {
    everywhere: Vec<Ring>,
    elsewhere: Vec<Ring>,
}

impl Rings {
    /// For a change to a reply that others generate, here as well.
    pub(crate) fn everywhere(&mut self, ring: Ring) {
        self.everywhere.push(ring);
    }

    /// For a change that whoever asked for it hears of anyway.
    pub(crate) fn elsewhere(&mut self, ring: Ring) {
        self.elsewhere.push(ring);
    }

    /// Tells the other processes, which hear of it once the transaction is committed.
    pub(crate) async fn announce(
        &self,
        mut connection: &AsyncPgConnection,
        instance: Uuid,
    ) -> QueryResult<()> {
        let rings: Vec<Ring> = self
            .everywhere
            .iter()
            .chain(&self.elsewhere)
            .copied()
            .collect();
        for rings in rings.chunks(RINGS_PER_NOTIFICATION) {
            diesel::select(pg_notify(CHANNEL, payload(instance, rings)))
                .execute(&mut connection)
                .await?;
        }
        Ok(())
    }
}

/// The rings of one database, from this process and from all others.
pub(crate) struct Bell {
    /// Marks what this process announced itself.
    pub(crate) instance: Uuid,
    target: Arc<Target>,
    handle: Handle,
    rings: broadcast::Sender<Ring>,
    listener: OnceLock<AbortHandle>,
}

impl Bell {
    pub(crate) fn new(target: Arc<Target>, handle: Handle) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "it is stored nowhere and shown to nobody"
        )]
        let instance = Uuid::now_v7();
        Self {
            instance,
            target,
            handle,
            rings: broadcast::Sender::new(BACKLOG),
            listener: OnceLock::new(),
        }
    }

    pub(crate) fn ring(&self, rings: Rings) {
        for ring in rings.everywhere {
            // It fails when nobody listens.
            drop(self.rings.send(ring));
        }
    }

    /// Listens, with a connection that is made for the first listener and kept.
    pub(crate) fn doorbell(&self) -> Doorbell {
        let listener = self.rings.subscribe();
        self.listener.get_or_init(|| {
            let listening =
                listener::listen(Arc::clone(&self.target), self.instance, self.rings.clone());
            self.handle.spawn(listening).abort_handle()
        });
        Box::pin(stream::unfold(listener, |mut listener| async move {
            loop {
                match listener.recv().await {
                    Ok(ring) => return Some((ring, listener)),
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                }
            }
        }))
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        if let Some(listener) = self.listener.get() {
            listener.abort();
        }
    }
}

/// `<instance> <reply>:<sequence> …`
fn payload(instance: Uuid, rings: &[Ring]) -> String {
    let rings = rings
        .iter()
        .map(|ring| format!(" {}:{}", ring.reply_id, ring.last_sequence));
    instance.to_string() + &rings.collect::<String>()
}

/// The rings of another process; none of what this one announced itself, or of what is no
/// announcement.
fn heard(instance: Uuid, payload: &str) -> Vec<Ring> {
    let mut words = payload.split(' ');
    let sender = words.next().and_then(|word| Uuid::try_parse(word).ok());
    if sender.is_none_or(|sender| sender == instance) {
        return Vec::new();
    }
    words
        .filter_map(|word| {
            let (reply, sequence) = word.split_once(':')?;
            Some(Ring {
                reply_id: ReplyId::from_uuid(Uuid::try_parse(reply).ok()?),
                last_sequence: sequence.parse().ok()?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Uuid = Uuid::from_u128(1);
    const THERE: Uuid = Uuid::from_u128(2);

    fn rings(count: usize) -> Vec<Ring> {
        let ring = |number| Ring {
            reply_id: ReplyId::from_uuid(Uuid::from_u128(number)),
            last_sequence: i64::MAX,
        };
        (0..).map(ring).take(count).collect()
    }

    #[test]
    fn others_hear_what_was_announced() {
        let rings = rings(3);
        assert_eq!(heard(HERE, &payload(THERE, &rings)), rings);
        assert_eq!(heard(HERE, &payload(HERE, &rings)), []);
    }

    #[test]
    fn other_words_are_no_rings() {
        for stray in ["", "hello", &format!("{THERE} hello 1:2 {THERE}:x")] {
            assert_eq!(heard(HERE, stray), []);
        }
    }

    #[test]
    fn a_full_notification_fits_the_servers_limit() {
        let payload = payload(HERE, &rings(RINGS_PER_NOTIFICATION));
        assert!(payload.len() < 7_900, "{}", payload.len());
    }
}
