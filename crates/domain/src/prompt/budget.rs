use super::tokens::{PER_TURN, estimated_tokens};
use crate::article::RankedPassage;
use crate::message::Message;

/// How often a template may tell everything without more being left out than has to be.
const TOLD_AGAIN: usize = 4;

/// What may be left out of a prompt, and how much of it is told.
#[derive(Debug)]
pub(super) struct Told<'a> {
    /// The newest messages, oldest first.
    pub(super) history: Vec<&'a Message>,
    /// The best passages, the best first.
    pub(super) passages: Vec<RankedPassage>,
}

/// About how many tokens all of these messages are.
pub(super) fn tokens_of(history: &[Message]) -> usize {
    history.iter().map(cost).sum()
}

/// The newest messages that together fit the budget, oldest first.
pub(super) fn newest_within(history: &[Message], budget: usize) -> Vec<&Message> {
    let mut left = budget;
    let mut kept: Vec<&Message> = history
        .iter()
        .rev()
        .take_while(|message| take(&mut left, cost(message)))
        .collect();
    kept.reverse();
    kept
}

/// The best passages that together fit the budget.
pub(super) fn best_within(mut passages: Vec<RankedPassage>, budget: usize) -> Vec<RankedPassage> {
    let mut left = budget;
    let kept = passages
        .iter()
        .take_while(|ranked| take(&mut left, estimated_tokens(&ranked.passage.text)))
        .count();
    passages.truncate(kept);
    passages
}

impl Told<'_> {
    /// Leaves something out towards an excess of so many tokens: the oldest messages, then the worst
    /// passages. Answers whether there was anything.
    pub(super) fn shed(&mut self, excess: usize) -> bool {
        // A template may tell each of them several times, so that less has to go than it seems.
        let excess = excess.div_ceil(TOLD_AGAIN);
        let messages = self.history.iter().map(|message| cost(message));
        let count = covering(messages, excess);
        if count > 0 {
            self.history.drain(..count);
            return true;
        }
        let worst_first = self.passages.iter().rev();
        let count = covering(
            worst_first.map(|ranked| estimated_tokens(&ranked.passage.text)),
            excess,
        );
        self.passages
            .truncate(self.passages.len().saturating_sub(count));
        count > 0
    }
}

/// How many of these costs cover the excess: all of them when they do not.
fn covering(costs: impl Iterator<Item = usize>, excess: usize) -> usize {
    let mut left = excess;
    costs
        .take_while(|cost| {
            let is_needed = left > 0;
            left = left.saturating_sub(*cost);
            is_needed
        })
        .count()
}

fn take(left: &mut usize, cost: usize) -> bool {
    let fits = cost <= *left;
    *left = left.saturating_sub(cost);
    fits
}

fn cost(message: &Message) -> usize {
    PER_TURN + estimated_tokens(&message.content)
}
