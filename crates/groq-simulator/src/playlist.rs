use std::collections::{BTreeMap, VecDeque};

use crate::reply::{Reply, ScriptedReply};

/// Which reply is for which request.
#[derive(Debug, Default)]
pub(crate) struct Playlist {
    /// For the requests to come, in turn.
    queue: VecDeque<Reply>,
    /// By the number of their request.
    placed: BTreeMap<u64, Reply>,
    requests: u64,
    repeats: usize,
}

impl Playlist {
    pub(crate) fn add(&mut self, scripted: ScriptedReply) {
        match scripted.at {
            Some(at) => drop(self.placed.insert(self.requests + at, scripted.reply)),
            None => self.queue.push_back(scripted.reply),
        }
    }

    /// The reply to the next request, which is `own` if the request brings one. `repeated` are
    /// the replies for requests without any.
    pub(crate) fn next(&mut self, own: Option<Reply>, repeated: &[Reply]) -> Reply {
        self.requests += 1;
        let placed = self.placed.remove(&self.requests);
        own.or(placed)
            .or_else(|| self.queue.pop_front())
            .or_else(|| self.repeat(repeated))
            .unwrap_or_default()
    }

    fn repeat(&mut self, repeated: &[Reply]) -> Option<Reply> {
        let place = self.repeats.checked_rem(repeated.len())?;
        self.repeats = place + 1;
        repeated.get(place).cloned()
    }
}
