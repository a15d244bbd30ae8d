mod playback;
mod script;
#[cfg(test)]
mod tests;

use std::fmt::{self, Formatter};
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use domain::ports::{ChatModel, ChatModelError, ChatRequest, ChatStream, Finish};
use tokio::sync::watch;

use self::playback::{Tally, play};
use self::script::Opening;
pub use self::script::{Gate, ModelFault, Script};
use super::locked;

/// A model that answers by script.
///
/// Each call plays the next script; the last one is repeated. The short forms such as
/// [`replying`](Self::replying) and [`then_fails`](Self::then_fails) write the last script,
/// [`playing`](Self::playing) and [`and_then`](Self::and_then) take ready ones.
///
/// ```
/// use testkit::fakes::{ModelFault, Script, ScriptedChatModel};
///
/// let broken_off = ScriptedChatModel::replying(["Hel", "lo"]).then_fails(ModelFault::TimedOut);
/// let second_try = ScriptedChatModel::refusing(ModelFault::Unavailable)
///     .and_then(Script::replying(["Hello"]));
/// # drop((broken_off, second_try));
/// ```
pub struct ScriptedChatModel {
    name: String,
    scripts: Vec<Script>,
    requests: Mutex<Vec<ChatRequest>>,
    calls: watch::Sender<usize>,
    tally: watch::Sender<Tally>,
}

impl ScriptedChatModel {
    /// Says these pieces and stops.
    pub fn replying<'a>(pieces: impl IntoIterator<Item = &'a str>) -> Self {
        Self::playing([Script::replying(pieces)])
    }

    /// Says each piece only when the gate releases it.
    pub fn gated<'a>(pieces: impl IntoIterator<Item = &'a str>) -> (Self, Gate) {
        let (script, gate) = Script::gated(pieces);
        (Self::playing([script]), gate)
    }

    /// Begins no answer.
    pub fn refusing(fault: ModelFault) -> Self {
        Self::playing([Script::refusing(fault)])
    }

    /// Plays one script a call, the last one again and again; without any it answers nothing.
    pub fn playing(scripts: impl IntoIterator<Item = Script>) -> Self {
        Self {
            name: "scripted".to_owned(),
            scripts: scripts.into_iter().collect(),
            requests: Mutex::default(),
            calls: watch::Sender::default(),
            tally: watch::Sender::default(),
        }
    }

    /// Gives the model a name of its own.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Plays this script at the call after those known so far.
    #[must_use]
    pub fn and_then(mut self, script: Script) -> Self {
        self.scripts.push(script);
        self
    }

    /// [`Script::then_fails`] for the last script.
    #[must_use]
    pub fn then_fails(self, fault: ModelFault) -> Self {
        self.rewrite_last(|script| script.then_fails(fault))
    }

    /// [`Script::then_stalls`] for the last script.
    #[must_use]
    pub fn then_stalls(self) -> Self {
        self.rewrite_last(Script::then_stalls)
    }

    /// [`Script::cut_off`] for the last script.
    #[must_use]
    pub fn cut_off(self) -> Self {
        self.rewrite_last(Script::cut_off)
    }

    /// [`Script::handing_off`] for the last script.
    #[must_use]
    pub fn handing_off(self) -> Self {
        self.rewrite_last(Script::handing_off)
    }

    /// [`Script::ending`] for the last script.
    #[must_use]
    pub fn ending(self, finish: Finish) -> Self {
        self.rewrite_last(|script| script.ending(finish))
    }

    /// How often an answer was asked for.
    pub fn calls(&self) -> usize {
        *self.calls.borrow()
    }

    /// What was asked, in order.
    pub fn requests(&self) -> Vec<ChatRequest> {
        locked(&self.requests).clone()
    }

    /// How many answers were dropped, read to their end or not.
    pub fn dropped_streams(&self) -> usize {
        self.tally.borrow().dropped
    }

    /// How many answers were dropped before their last item: those that somebody stopped.
    pub fn abandoned_streams(&self) -> usize {
        self.tally.borrow().abandoned
    }

    /// Waits until so many answers were asked for.
    ///
    /// # Panics
    /// When that takes longer than any test should.
    pub async fn until_called(&self, times: usize) {
        reach(&self.calls, |calls| *calls >= times).await;
    }

    /// Waits until so many answers were dropped, read to their end or not.
    ///
    /// # Panics
    /// When that takes longer than any test should.
    pub async fn until_dropped(&self, streams: usize) {
        reach(&self.tally, |tally| tally.dropped >= streams).await;
    }

    fn rewrite_last(mut self, rewrite: impl FnOnce(Script) -> Script) -> Self {
        let last = self.scripts.pop().unwrap_or_default();
        self.scripts.push(rewrite(last));
        self
    }

    fn script_of_call(&self, index: usize) -> Script {
        self.scripts
            .get(index)
            .or(self.scripts.last())
            .cloned()
            .unwrap_or_default()
    }
}

impl fmt::Debug for ScriptedChatModel {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedChatModel")
            .field("name", &self.name)
            .field("scripts", &self.scripts)
            .field("calls", &self.calls())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl ChatModel for ScriptedChatModel {
    fn name(&self) -> String {
        self.name.clone()
    }

    async fn stream_reply(&self, request: ChatRequest) -> Result<ChatStream, ChatModelError> {
        let index = {
            // Under the lock, so that the calls and the requests are counted in one order.
            let mut requests = locked(&self.requests);
            requests.push(request);
            let index = requests.len() - 1;
            self.calls.send_replace(requests.len());
            index
        };
        let script = self.script_of_call(index);
        match script.opening {
            Opening::Accepts => Ok(play(script, self.name.clone(), self.tally.clone())),
            Opening::Refuses(fault) => Err(fault.into_error()),
            Opening::NeverAnswers => std::future::pending().await,
        }
    }
}

async fn reach<T>(state: &watch::Sender<T>, condition: impl FnMut(&T) -> bool) {
    const PATIENCE: Duration = Duration::from_secs(20);
    let mut changes = state.subscribe();
    let reached = tokio::time::timeout(PATIENCE, changes.wait_for(condition)).await;
    assert!(reached.is_ok(), "the model waited for {PATIENCE:?} in vain");
}
