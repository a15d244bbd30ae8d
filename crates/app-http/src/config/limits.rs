use domain::ports::ReplyLimits;
use domain::use_cases::AttemptLimits;

use super::reader::Reader;

/// The limits that can be switched off together, for load tests.
pub(super) fn read(reader: &mut Reader<'_>) -> (Option<ReplyLimits>, Option<AttemptLimits>) {
    let replies = ReplyLimits {
        concurrent: reader.number("CONCURRENT_REPLIES", 5, 1..=10_000),
        per_minute: reader.number("REPLIES_PER_MINUTE", 30, 1..=100_000),
    };
    let attempts = AttemptLimits {
        failures_per_account: reader.number("LOGIN_FAILURES_PER_ACCOUNT", 10, 1..=10_000),
        failures_per_address: reader.number("LOGIN_FAILURES_PER_ADDRESS", 100, 1..=100_000),
        sign_ups_per_address: reader.number("SIGNUPS_PER_ADDRESS", 60, 1..=100_000),
    };
    let is_on = reader.one_of("RATE_LIMITS", true, &[("on", true), ("off", false)]);
    (is_on.then_some(replies), is_on.then_some(attempts))
}
