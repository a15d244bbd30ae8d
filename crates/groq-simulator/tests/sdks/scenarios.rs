//! Everything the SDKs are known to do with the service's answers.

mod endings;
mod refusals;
mod wire;

use crate::scenario::Scenario;

pub fn all() -> Vec<Scenario> {
    let mut all = vec![
        Scenario::plain("stream"),
        Scenario::plain("stream asynchronously"),
    ];
    all.extend(refusals::statuses());
    all.extend(refusals::waits());
    all.extend(endings::errors());
    all.extend(endings::cuts());
    all.extend(endings::silences());
    all.extend(wire::understood());
    all.extend(wire::misunderstood());
    all
}
