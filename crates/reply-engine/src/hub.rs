//! The replies that this process generates or follows.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use domain::ids::ReplyId;
use domain::reply::{Lease, Reply};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::live::{LiveReply, lock};

/// A map of live replies; entries leave it when their generation or their last reader does.
#[derive(Default)]
pub(crate) struct Hub {
    entries: Mutex<HashMap<ReplyId, Entry>>,
}

struct Entry {
    live: Arc<LiveReply>,
    role: Role,
}

enum Role {
    /// This process generates.
    Owner {
        lease: Lease,
        stop: CancellationToken,
    },
    /// Another one does.
    Follower { wake: Arc<Notify> },
}

/// A live reply that somebody is about to read.
pub(crate) struct Joined {
    pub(crate) live: Arc<LiveReply>,
    /// The bell of the follower that the caller has to start, when none is at work.
    pub(crate) follow: Option<Arc<Notify>>,
    /// Counts as a reader until the reading is opened.
    pub(crate) hold: watch::Receiver<i64>,
}

impl Hub {
    /// Registers a generation. Readers who follow the reply already stay with it. None when this
    /// process generates it under the same lease already.
    pub(crate) fn own(
        &self,
        lease: Lease,
        reply: &Arc<Reply>,
    ) -> Option<(Arc<LiveReply>, CancellationToken)> {
        let mut entries = lock(&self.entries);
        forget_if_ended(&mut entries, lease.reply_id);
        let entry = entries.entry(lease.reply_id).or_insert_with(|| Entry {
            live: Arc::new(LiveReply::new(Arc::clone(reply))),
            role: Role::Follower {
                wake: Arc::default(),
            },
        });
        match &entry.role {
            Role::Owner { lease: held, .. } if held.epoch >= lease.epoch => return None,
            Role::Owner { stop, .. } => stop.cancel(),
            Role::Follower { wake } => wake.notify_one(),
        }
        let stop = CancellationToken::new();
        entry.role = Role::Owner {
            lease,
            stop: stop.clone(),
        };
        Some((Arc::clone(&entry.live), stop))
    }

    /// Ends a generation's registration, unless a later one has replaced it. When the reply goes
    /// on elsewhere, answers the bell of the follower that its readers need.
    pub(crate) fn release(&self, lease: Lease) -> Option<Arc<Notify>> {
        let mut entries = lock(&self.entries);
        let entry = entries.get_mut(&lease.reply_id)?;
        match entry.role {
            Role::Owner { lease: held, .. } if held == lease => {}
            _ => return None,
        }
        if entry.live.has_ended() {
            entries.remove(&lease.reply_id);
            return None;
        }
        let wake = Arc::new(Notify::new());
        entry.role = Role::Follower {
            wake: Arc::clone(&wake),
        };
        Some(wake)
    }

    /// The live reply, made for following when it is not here.
    pub(crate) fn join(&self, reply: &Arc<Reply>) -> Joined {
        let mut entries = lock(&self.entries);
        forget_if_ended(&mut entries, reply.id);
        if let Some(entry) = entries.get(&reply.id) {
            let live = Arc::clone(&entry.live);
            return Joined {
                hold: live.hold(),
                live,
                follow: None,
            };
        }
        let live = Arc::new(LiveReply::new(Arc::clone(reply)));
        let wake = Arc::new(Notify::new());
        let role = Role::Follower {
            wake: Arc::clone(&wake),
        };
        entries.insert(
            reply.id,
            Entry {
                live: Arc::clone(&live),
                role,
            },
        );
        Joined {
            hold: live.hold(),
            live,
            follow: Some(wake),
        }
    }

    /// Whether a follower of the reply is still wanted; it is forgotten when it is not.
    pub(crate) fn still_followed(&self, live: &Arc<LiveReply>) -> bool {
        let mut entries = lock(&self.entries);
        match entries.get(&live.id()) {
            Some(Entry {
                live: current,
                role: Role::Follower { .. },
            }) if Arc::ptr_eq(current, live) => {
                let wanted = live.has_readers() && !live.has_ended();
                if !wanted {
                    entries.remove(&live.id());
                }
                wanted
            }
            _ => false,
        }
    }

    /// Leases of this process and their live replies.
    pub(crate) fn owned(&self) -> Vec<(Lease, Arc<LiveReply>)> {
        lock(&self.entries)
            .values()
            .filter_map(|entry| match entry.role {
                Role::Owner { lease, .. } => Some((lease, Arc::clone(&entry.live))),
                Role::Follower { .. } => None,
            })
            .collect()
    }

    /// Stops the generation under that lease, if it runs here.
    pub(crate) fn stop(&self, lease: Lease) {
        if let Some(Entry {
            role: Role::Owner { lease: held, stop },
            ..
        }) = lock(&self.entries).get(&lease.reply_id)
            && *held == lease
        {
            stop.cancel();
        }
    }

    /// Wakes a follower; answers the lease when the reply is generated here and has not come as
    /// far as `sequence`.
    pub(crate) fn ring(&self, reply_id: ReplyId, sequence: i64) -> Option<Lease> {
        match lock(&self.entries).get(&reply_id) {
            Some(Entry {
                role: Role::Follower { wake },
                ..
            }) => {
                wake.notify_one();
                None
            }
            Some(Entry {
                live,
                role: Role::Owner { lease, .. },
            }) => (live.last_sequence() < sequence).then_some(*lease),
            None => None,
        }
    }
}

/// A reply that failed may begin again while an entry of its last attempt is still here: what is
/// at its end takes no new readers.
fn forget_if_ended(entries: &mut HashMap<ReplyId, Entry>, reply_id: ReplyId) {
    if entries
        .get(&reply_id)
        .is_some_and(|entry| entry.live.has_ended())
    {
        entries.remove(&reply_id);
    }
}
