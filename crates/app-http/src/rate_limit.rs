//! Tells clients of limits, in the fields of draft-ietf-httpapi-ratelimit-headers-11.

use std::time::Duration;

use domain::throttle::Level;

use crate::problem::Problem;

/// The limit of generated replies, whose numbers are not told.
const REPLIES: &str = "replies";

/// Adds when to come back, which limits there are and which of them are used up.
pub(crate) fn tell(problem: Problem, levels: &[Level]) -> Problem {
    let empty = || levels.iter().filter(|level| level.left == 0);
    let policies: Vec<_> = levels
        .iter()
        .map(|Level { quota, .. }| {
            let window = quota.window.as_secs();
            format!("\"{}\";q={};w={window}", quota.name, quota.capacity)
        })
        .collect();
    let used_up: Vec<_> = empty()
        .map(|level| used_up(level.quota.name, level.next_in))
        .collect();
    let wait = empty().map(|level| level.next_in).max();
    problem
        .with_header("retry-after", seconds(wait.unwrap_or_default()).to_string())
        .with_header("ratelimit-policy", policies.join(", "))
        .with_header("ratelimit", used_up.join(", "))
}

/// Adds when another reply may be begun.
pub(crate) fn tell_of_replies(problem: Problem, retry_after: Duration) -> Problem {
    problem
        .with_header("retry-after", seconds(retry_after).to_string())
        .with_header("ratelimit", used_up(REPLIES, retry_after))
}

fn used_up(name: &str, next_in: Duration) -> String {
    format!("\"{name}\";r=0;t={}", seconds(next_in))
}

/// Whole seconds after which it is not too early.
fn seconds(wait: Duration) -> u64 {
    let begun = u64::from(wait.subsec_nanos() > 0);
    (wait.as_secs() + begun).max(1)
}
