use crate::message::Message;

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
