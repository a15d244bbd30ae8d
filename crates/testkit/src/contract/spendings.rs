//! The contract of [`TokenLedger`](domain::ports::TokenLedger).

use chrono::{DateTime, TimeDelta, Utc};
use domain::ports::{Spending, TokenQuotas};
use domain::reply::{CancelledBy, Conclusion, Reply, Usage};

use super::TokenLedgerStores;
use super::fixtures::at;
use super::replies::{COMPLETED, FAILED, conclusion};

/// One test for each promise of `TokenLedger`, over an expression that gives fresh
/// [`TokenLedgerStores`].
#[macro_export]
macro_rules! token_ledger_contract {
    ($stores:expr) => {
        $crate::contract_cases!(
            spendings,
            $stores,
            [
                a_customers_quota_is_used_up_by_the_customer_alone,
                the_quota_of_all_is_used_up_by_everybody,
                what_is_refused_leaves_nothing_behind,
                an_attempt_that_is_entered_again_counts_once,
                a_new_day_begins_with_nothing_spent,
                an_end_replaces_the_estimate_by_what_the_model_told,
                without_that_the_text_counts_in_addition,
                what_was_cancelled_counts_too,
            ]
        );
    };
}

const DAY: TimeDelta = TimeDelta::days(1);

pub async fn a_customers_quota_is_used_up_by_the_customer_alone(stores: TokenLedgerStores) {
    let quotas = TokenQuotas {
        per_user: Some(100),
        overall: None,
    };
    let (first, second) = (stores.reply().await, stores.reply().await);
    assert!(stores.spend(&first, 1, 99, quotas).await);
    assert!(stores.spend(&first, 2, 1, quotas).await);
    assert!(!stores.spend(&first, 3, 1, quotas).await);
    assert!(stores.spend(&second, 1, 1_000, quotas).await);
    assert!(!stores.spend(&second, 2, 1, quotas).await);
}

pub async fn the_quota_of_all_is_used_up_by_everybody(stores: TokenLedgerStores) {
    let quotas = TokenQuotas {
        per_user: None,
        overall: Some(100),
    };
    let (first, second) = (stores.reply().await, stores.reply().await);
    assert!(stores.spend(&first, 1, 60, quotas).await);
    assert!(stores.spend(&second, 1, 40, quotas).await);
    for reply in [&first, &second, &stores.reply().await] {
        assert!(!stores.spend(reply, 2, 1, quotas).await);
    }
}

pub async fn what_is_refused_leaves_nothing_behind(stores: TokenLedgerStores) {
    let reply = stores.reply().await;
    assert!(stores.spend(&reply, 1, 10, of_user(10)).await);
    assert!(!stores.spend(&reply, 2, 5, of_user(10)).await);
    assert_eq!(stores.spent(&reply).await, 10);
}

pub async fn an_attempt_that_is_entered_again_counts_once(stores: TokenLedgerStores) {
    let reply = stores.reply().await;
    for _ in 0..3 {
        assert!(stores.spend(&reply, 1, 10, of_user(10)).await);
    }
    assert_eq!(stores.spent(&reply).await, 10);
}

pub async fn a_new_day_begins_with_nothing_spent(stores: TokenLedgerStores) {
    let reply = stores.reply().await;
    let midnight = at(0)
        .date_naive()
        .and_time(chrono::NaiveTime::MIN)
        .and_utc()
        + DAY;
    let moment = TimeDelta::microseconds(1);
    let at_time = |attempt, at| Spending {
        at,
        ..spending(&reply, attempt, 10)
    };
    for (attempt, at, is_granted) in [
        (1, midnight - moment * 2, true),
        (2, midnight - moment, false),
        (3, midnight, true),
        (4, midnight + moment, false),
        (5, midnight + DAY - moment, false),
        (6, midnight + DAY, true),
    ] {
        let granted = stores.ledger.spend(at_time(attempt, at), of_user(10)).await;
        assert_eq!(granted.expect("answered"), is_granted, "attempt {attempt}");
    }
}

pub async fn an_end_replaces_the_estimate_by_what_the_model_told(stores: TokenLedgerStores) {
    for verdict in [COMPLETED, FAILED] {
        let (_, lease, reply) = stores.replies.running().await;
        assert!(stores.spend(&reply, 1, 10, of_user(1_000)).await);
        stores.replies.say(lease, &reply, &["Hello there"]).await;
        let end = Conclusion {
            usage: Some(Usage {
                input_tokens: 300,
                output_tokens: 21,
            }),
            ..conclusion(verdict)
        };
        stores.replies.finish(lease, &end).await;
        stores.replies.finish(lease, &end).await;
        assert_eq!(stores.spent(&reply).await, 321);
    }
}

pub async fn without_that_the_text_counts_in_addition(stores: TokenLedgerStores) {
    let (_, lease, reply) = stores.replies.running().await;
    assert!(stores.spend(&reply, 1, 10, of_user(1_000)).await);
    stores
        .replies
        .say(lease, &reply, &["Sixteen ", "letters."])
        .await;
    let end = Conclusion {
        usage: None,
        ..conclusion(COMPLETED)
    };
    stores.replies.finish(lease, &end).await;
    stores.replies.finish(lease, &end).await;
    assert_eq!(stores.spent(&reply).await, 15);
}

pub async fn what_was_cancelled_counts_too(stores: TokenLedgerStores) {
    let (ticket, lease, reply) = stores.replies.running().await;
    assert!(stores.spend(&reply, 1, 10, of_user(1_000)).await);
    stores
        .replies
        .say(lease, &reply, &["Sixteen ", "letters."])
        .await;
    stores.replies.stop(ticket.id, CancelledBy::Customer).await;
    assert_eq!(stores.spent(&reply).await, 15);
}

const fn of_user(tokens: u64) -> TokenQuotas {
    TokenQuotas {
        per_user: Some(tokens),
        overall: None,
    }
}

fn spending(reply: &Reply, attempt: i32, tokens: u64) -> Spending {
    let at: DateTime<Utc> = at(100);
    Spending {
        reply_id: reply.id,
        attempt,
        user_id: reply.user_id,
        tokens,
        at,
    }
}

impl TokenLedgerStores {
    /// A reply of a new customer.
    async fn reply(&self) -> Reply {
        self.replies.running().await.2
    }

    async fn spend(&self, reply: &Reply, attempt: i32, tokens: u64, quotas: TokenQuotas) -> bool {
        let spending = spending(reply, attempt, tokens);
        let granted = self.ledger.spend(spending, quotas).await;
        granted.expect("answered")
    }

    /// What the reply's owner has spent: the highest quota that is used up.
    async fn spent(&self, reply: &Reply) -> u64 {
        let (mut least, mut beyond) = (0, 2_048);
        while beyond - least > 1 {
            let quota = u64::midpoint(least, beyond);
            // An attempt that costs nothing changes nothing.
            if self.spend(reply, 99, 0, of_user(quota)).await {
                beyond = quota;
            } else {
                least = quota;
            }
        }
        least
    }
}
