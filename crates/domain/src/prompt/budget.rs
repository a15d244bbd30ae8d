use crate::message::Message;

/// The length of all texts together, in characters.
pub(super) fn length(history: &[Message]) -> usize {
    history
        .iter()
        .map(|message| message.content.chars().count())
        .sum()
}

/// The newest messages whose texts together fit the budget, oldest first.
pub(super) fn newest_within(history: &[Message], budget_chars: usize) -> Vec<&Message> {
    let mut left = budget_chars;
    let mut kept: Vec<&Message> = history
        .iter()
        .rev()
        .take_while(|message| {
            let length = message.content.chars().count();
            let fits = length <= left;
            left = left.saturating_sub(length);
            fits
        })
        .collect();
    kept.reverse();
    kept
}
