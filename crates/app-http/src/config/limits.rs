use domain::handoff::HandoffRules;
use domain::ports::{ReplyLimits, TokenQuotas};
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

/// 0 is no quota.
pub(super) fn read_quotas(reader: &mut Reader<'_>) -> TokenQuotas {
    let mut quota = |name| {
        let tokens = reader.number(name, 0, 0..=4_000_000_000);
        (tokens > 0).then_some(u64::from(tokens))
    };
    TokenQuotas {
        per_user: quota("TOKENS_PER_USER_PER_DAY"),
        overall: quota("TOKENS_PER_DAY"),
    }
}

pub(super) fn read_handoff_rules(reader: &mut Reader<'_>) -> HandoffRules {
    let defaults = HandoffRules::default();
    HandoffRules {
        after_turns: reader.number("HANDOFF_AFTER_TURNS", defaults.after_turns, 0..=1_000),
        without_sources: reader.one_of(
            "HANDOFF_WITHOUT_SOURCES",
            defaults.without_sources,
            &[("on", true), ("off", false)],
        ),
    }
}
