use std::sync::Arc;
use std::time::Duration;

use domain::ports::{
    Clock as _, MockIdempotencyStore, MockReplyEventLog, MockSessionRepository,
    MockStreamTokenRepository, MockThrottle, RepositoryError,
};
use domain::use_cases::{Sweep, SweepParts, Swept};
use mockall::predicate::{always, eq};
use testkit::fakes::FixedClock;

#[tokio::test]
async fn a_sweep_goes_on_until_nothing_is_due() {
    let clock = Arc::new(FixedClock::default());
    let (now, hour_ago) = (clock.now(), clock.now() - Duration::from_hours(1));
    let mut events = MockReplyEventLog::new();
    let mut left = 450;
    events
        .expect_trim()
        .with(eq(hour_ago), always())
        .times(3)
        .returning(move |_, max| {
            let trimmed = u64::from(max).min(left);
            left -= trimmed;
            Ok(trimmed)
        });
    let mut tokens = MockStreamTokenRepository::new();
    tokens
        .expect_remove_expired()
        .with(eq(now))
        .times(1)
        .returning(|_| Ok(7));
    let mut sessions = MockSessionRepository::new();
    let mut expired = 201;
    sessions
        .expect_remove_expired()
        .with(eq(now), always())
        .times(2)
        .returning(move |_, max| {
            let removed = u64::from(max).min(expired);
            expired -= removed;
            Ok(removed)
        });
    let mut throttle = MockThrottle::new();
    let mut full = 400;
    throttle
        .expect_remove_full()
        .with(eq(now), always())
        .times(3)
        .returning(move |_, max| {
            let removed = u64::from(max).min(full);
            full -= removed;
            Ok(removed)
        });
    let mut keyed = MockIdempotencyStore::new();
    keyed
        .expect_remove_expired()
        .with(eq(now), always())
        .times(1)
        .returning(|_, _| Ok(3));
    let sweep = Sweep::new(SweepParts {
        events: Arc::new(events),
        stream_tokens: Arc::new(tokens),
        sessions: Arc::new(sessions),
        throttle: Arc::new(throttle),
        keyed: Arc::new(keyed),
        clock,
    });
    let swept = Swept {
        trimmed_replies: 450,
        stream_tokens: 7,
        sessions: 201,
        throttles: 400,
        idempotency_keys: 3,
    };
    assert_eq!(sweep.execute().await.expect("a sweep"), swept);
}

#[tokio::test]
async fn a_store_that_is_away_ends_the_sweep() {
    let mut tokens = MockStreamTokenRepository::new();
    tokens
        .expect_remove_expired()
        .returning(|_| Err(RepositoryError::Unavailable("away".into())));
    let sweep = Sweep::new(SweepParts {
        events: Arc::new(MockReplyEventLog::new()),
        stream_tokens: Arc::new(tokens),
        sessions: Arc::new(MockSessionRepository::new()),
        throttle: Arc::new(MockThrottle::new()),
        keyed: Arc::new(MockIdempotencyStore::new()),
        clock: Arc::new(FixedClock::default()),
    });
    assert!(matches!(
        sweep.execute().await,
        Err(RepositoryError::Unavailable(_))
    ));
}
