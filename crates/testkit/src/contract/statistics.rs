//! The contract of [`StatisticsSource`](domain::ports::StatisticsSource).

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::handoff::{Handoff, HandoffReason};
use domain::message::{Feedback, Rating};
use domain::reply::{Conclusion, IncompleteReason, Reply, Verdict};
use domain::statistics::{HandoffCounts, Period, Quantiles, Statistics, TicketCounts};
use domain::ticket::{Ticket, TicketStatus};
use domain::user::Role;

use super::StatisticsStores;
use super::fixtures::{at, open_ticket};
use super::replies::{COMPLETED, FAILED, conclusion, request};

/// One test for each promise of `StatisticsSource`, over an expression that gives fresh
/// [`StatisticsStores`].
#[macro_export]
macro_rules! statistics_source_contract {
    ($stores:expr) => {
        $crate::contract_cases!(
            statistics,
            $stores,
            [
                nothing_happened_in_an_empty_store,
                tickets_are_counted_by_where_they_stand_now,
                handoffs_are_counted_by_their_reasons,
                replies_are_counted_by_what_became_of_them,
                a_period_has_its_beginning_and_not_its_end,
                quantiles_are_by_nearest_rank,
                feedback_is_counted_when_it_was_last_given,
            ]
        );
    };
}

const SECOND: TimeDelta = TimeDelta::seconds(1);

pub async fn nothing_happened_in_an_empty_store(stores: StatisticsStores) {
    let statistics = stores.within(at(0), at(1)).await;
    assert_eq!(statistics, Statistics::default());
}

pub async fn tickets_are_counted_by_where_they_stand_now(stores: StatisticsStores) {
    let counted = [(TicketStatus::Open, 4), (TicketStatus::Pending, 3)];
    let counted = counted
        .into_iter()
        .chain([(TicketStatus::Resolved, 2), (TicketStatus::Closed, 1)]);
    for (status, number) in counted {
        for index in 0..number {
            let given = stores.ticket_at(at(0)).await;
            stores
                .replies
                .around
                .stored(Ticket {
                    status,
                    assistant_enabled: index != 0,
                    handoff: (index == 0).then_some(Handoff {
                        reason: HandoffReason::Turns,
                        at: at(0),
                    }),
                    ..given
                })
                .await;
        }
    }
    let statistics = stores.within(at(0), at(1)).await;
    let expected = TicketCounts {
        open: 4,
        pending: 3,
        resolved: 2,
        closed: 1,
        handed_off: 4,
        handoffs: HandoffCounts {
            turns: 4,
            ..HandoffCounts::default()
        },
    };
    assert_eq!(statistics.tickets, expected);
    assert_eq!(statistics.tickets.all(), 10);
}

pub async fn handoffs_are_counted_by_their_reasons(stores: StatisticsStores) {
    for (number, reason) in (1..).zip(HandoffReason::ALL) {
        for _ in 0..number {
            let given = stores.ticket_at(at(0)).await;
            let handed_off = Ticket {
                assistant_enabled: false,
                handoff: Some(Handoff { reason, at: at(5) }),
                ..given
            };
            stores.replies.around.stored(handed_off).await;
        }
    }
    // Of long ago, and not handed off at all.
    let given = stores.ticket_at(at(0)).await;
    let unknown = Ticket {
        assistant_enabled: false,
        ..given
    };
    stores.replies.around.stored(unknown).await;
    let given = stores.ticket_at(at(0)).await;
    stores.replies.around.stored(given).await;

    let tickets = stores.within(at(0), at(1)).await.tickets;
    let expected = HandoffCounts {
        requested: 1,
        turns: 2,
        quota: 3,
        upstream_down: 4,
        nothing_found: 5,
        customer: 6,
        agent: 7,
    };
    assert_eq!((tickets.handoffs, tickets.handed_off), (expected, 29));
}

pub async fn replies_are_counted_by_what_became_of_them(stores: StatisticsStores) {
    let incomplete = Verdict::Incomplete {
        reason: IncompleteReason::MaxOutputTokens,
    };
    for verdict in [COMPLETED, COMPLETED, incomplete, FAILED] {
        stores.replied(verdict, at(100)).await;
    }
    // One that failed is tried again, one is given back, and one is neither.
    let (ticket, lease, _) = stores.replies.running().await;
    stores.replies.done(lease, FAILED).await;
    stores.replies.granted(request(ticket.id)).await;
    let (_, lease, _) = stores.replies.running().await;
    stores.replies.hand_over(&[lease]).await;

    let statistics = stores.within(at(100), at(101)).await;
    let counts = statistics.replies;
    assert_eq!((counts.completed, counts.incomplete), (2, 1));
    assert_eq!((counts.failed, counts.cancelled), (1, 0));
    assert_eq!((counts.streaming, counts.queued), (1, 1));
    assert_eq!(counts.attempts, 7);
    assert_eq!(counts.input_tokens, 4 * 1_234);
    assert_eq!(counts.output_tokens, 4 * 56);
}

pub async fn a_period_has_its_beginning_and_not_its_end(stores: StatisticsStores) {
    stores.replied(FAILED, at(100)).await;
    for (from, to, counted) in [(99, 100, 0), (100, 101, 1), (101, 102, 0), (0, 200, 1)] {
        let statistics = stores.within(at(from), at(to)).await;
        assert_eq!(statistics.replies.failed, counted, "{from}..{to}");
    }
    let ticket = stores.ticket_at(at(500)).await;
    stores.replies.around.stored(ticket).await;
    for (from, to, counted) in [(499, 500, 0), (500, 501, 1), (501, 502, 0)] {
        let statistics = stores.within(at(from), at(to)).await;
        assert_eq!(statistics.tickets.open, counted, "{from}..{to}");
    }
}

pub async fn quantiles_are_by_nearest_rank(stores: StatisticsStores) {
    // A failure counts neither its first text nor its end as an answer's.
    for number in (1..=10).rev() {
        let (_, lease, reply) = stores.replies.running().await;
        let end = Conclusion {
            first_token_at: Some(reply.created_at + SECOND * number),
            ended_at: reply.created_at + SECOND * number * 10,
            ..conclusion(COMPLETED)
        };
        stores.replies.finish(lease, &end).await;
    }
    let (_, lease, reply) = stores.replies.running().await;
    let end = Conclusion {
        first_token_at: None,
        ended_at: reply.created_at + SECOND * 1_000,
        ..conclusion(FAILED)
    };
    stores.replies.finish(lease, &end).await;

    let statistics = stores.within(at(0), at(1_000)).await;
    let seconds = |p50, p90, p99| {
        let [p50, p90, p99] = [p50, p90, p99].map(Duration::from_secs);
        Some(Quantiles { p50, p90, p99 })
    };
    assert_eq!(statistics.first_token, seconds(5, 9, 10));
    assert_eq!(statistics.answer, seconds(50, 90, 100));
}

pub async fn feedback_is_counted_when_it_was_last_given(stores: StatisticsStores) {
    for (rating, later) in [
        (Rating::Up, None),
        (Rating::Up, None),
        (Rating::Up, Some(Rating::Down)),
    ] {
        let reply = stores.replied(COMPLETED, at(100)).await;
        let messages = stores.replies.around.all_messages(reply.ticket_id).await;
        let answer = messages.last().expect("an answer");
        for (rating, micros) in [(Some(rating), 600), (later, 700)] {
            let Some(rating) = rating else { continue };
            let feedback = Feedback {
                rating,
                comment: None,
                updated_at: at(micros),
            };
            let rated = stores
                .replies
                .around
                .messages
                .rate(answer.id, &feedback)
                .await;
            assert!(rated.expect("rated"));
        }
    }
    for (from, to, up, down) in [(600, 601, 2, 0), (601, 701, 0, 1), (0, 600, 0, 0)] {
        let statistics = stores.within(at(from), at(to)).await;
        assert_eq!((statistics.rated_up, statistics.rated_down), (up, down));
    }
}

impl StatisticsStores {
    async fn within(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Statistics {
        let period = Period::between(from, to).expect("a period");
        let summary = self.statistics.summarise(period).await;
        summary.expect("counted")
    }

    /// A ticket of a new customer, not stored yet.
    async fn ticket_at(&self, created_at: DateTime<Utc>) -> Ticket {
        let user_id = self.replies.around.user(Role::User).await;
        Ticket {
            created_at,
            ..open_ticket(user_id)
        }
    }

    /// A reply that ended so, to a new ticket's description.
    async fn replied(&self, verdict: Verdict, at: DateTime<Utc>) -> Reply {
        let (_, lease, reply) = self.replies.running().await;
        assert_eq!(reply.created_at, at);
        self.replies.done(lease, verdict).await
    }
}
