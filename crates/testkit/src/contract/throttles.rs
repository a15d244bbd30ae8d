//! The contract of [`Throttle`](domain::ports::Throttle).

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::throttle::{Bucket, BucketKey, Level, Quota, Taken};
use tokio::task::JoinSet;

use super::ThrottleStores;
use super::fixtures::{MANY, at, uuid};

/// One test for each promise of `Throttle`, over an expression that gives fresh
/// [`ThrottleStores`].
#[macro_export]
macro_rules! throttle_contract {
    ($stores:expr) => {
        $crate::contract_cases!(
            throttles,
            $stores,
            [
                a_bucket_gives_what_it_holds_and_no_more,
                an_empty_bucket_says_when_it_holds_one_again,
                what_was_taken_comes_back_evenly,
                of_several_buckets_each_gives_or_none,
                buckets_of_other_keys_are_other_buckets,
                what_is_given_back_can_be_taken,
                a_bucket_never_holds_more_than_its_quota,
                giving_back_to_an_unknown_bucket_changes_nothing,
                of_many_takers_at_once_no_more_are_granted_than_a_bucket_holds,
                takers_of_the_same_buckets_in_another_order_do_not_block_each_other,
                what_many_give_back_at_once_is_all_there,
                full_buckets_are_removed_some_at_a_time_and_others_stay,
                removals_at_the_same_time_never_make_a_bucket_full,
            ]
        );
    };
}

const FIVE: Quota = Quota {
    name: "five",
    capacity: 5,
    window: Duration::from_micros(5_000_005),
};

/// What comes back in that time is one.
const INTERVAL: TimeDelta = TimeDelta::microseconds(1_000_001);

pub async fn a_bucket_gives_what_it_holds_and_no_more(stores: ThrottleStores) {
    let bucket = bucket(FIVE);
    for left in [4, 3, 2, 1, 0] {
        let levels = stores.granted(&[bucket], at(0)).await;
        let level = Level {
            quota: FIVE,
            left,
            next_in: if left == 0 {
                interval()
            } else {
                Duration::ZERO
            },
        };
        assert_eq!(levels, [level]);
    }
    for _ in 0..3 {
        stores.refused(&[bucket], at(0)).await;
    }
}

pub async fn an_empty_bucket_says_when_it_holds_one_again(stores: ThrottleStores) {
    let bucket = bucket(FIVE);
    stores.empty(bucket, at(0)).await;
    for (micros, next_in) in [(0, 1_000_001), (1, 1_000_000), (1_000_000, 1)] {
        let levels = stores.refused(&[bucket], at(micros)).await;
        let [
            Level {
                left: 0,
                next_in: told,
                ..
            },
        ] = levels[..]
        else {
            panic!("not one empty bucket: {levels:?}")
        };
        assert_eq!(told, Duration::from_micros(next_in));
    }
    stores.granted(&[bucket], at(0) + INTERVAL).await;
    stores.refused(&[bucket], at(0) + INTERVAL).await;
}

pub async fn what_was_taken_comes_back_evenly(stores: ThrottleStores) {
    let bucket = bucket(FIVE);
    stores.empty(bucket, at(0)).await;
    // Nothing is lost or won by taking at odd times.
    for number in 1..=20 {
        let due = at(0) + INTERVAL * number;
        stores
            .refused(&[bucket], due - TimeDelta::microseconds(1))
            .await;
        stores.granted(&[bucket], due).await;
    }
    let later = at(0) + INTERVAL * 1_000;
    for _ in 0..5 {
        stores.granted(&[bucket], later).await;
    }
    stores.refused(&[bucket], later).await;
}

pub async fn of_several_buckets_each_gives_or_none(stores: ThrottleStores) {
    let [small, large] = [
        bucket(FIVE),
        bucket(Quota {
            capacity: 9,
            ..FIVE
        }),
    ];
    for _ in 0..5 {
        stores.granted(&[large, small], at(0)).await;
    }
    for _ in 0..9 {
        let levels = stores.refused(&[large, small], at(0)).await;
        let left: Vec<_> = levels.iter().map(|level| level.left).collect();
        assert_eq!(left, [4, 0]);
    }
    for _ in 0..4 {
        stores.granted(&[large], at(0)).await;
    }
    stores.refused(&[large], at(0)).await;
}

pub async fn buckets_of_other_keys_are_other_buckets(stores: ThrottleStores) {
    let emptied = bucket(FIVE);
    stores.empty(emptied, at(0)).await;
    for place in [0, 15, 31] {
        let mut bytes = *emptied.key.as_bytes();
        bytes.iter_mut().skip(place).take(1).for_each(|byte| {
            *byte ^= 1;
        });
        let key = BucketKey::from_bytes(bytes);
        let levels = stores.granted(&[Bucket { key, ..emptied }], at(0)).await;
        assert_eq!(levels.first().map(|level| level.left), Some(4));
    }
}

pub async fn what_is_given_back_can_be_taken(stores: ThrottleStores) {
    let [one, other] = [bucket(FIVE), bucket(FIVE)];
    stores.empty(one, at(0)).await;
    stores.empty(other, at(0)).await;
    for _ in 0..3 {
        stores.give_back(&[other, one]).await;
        stores.granted(&[one], at(0)).await;
        stores.refused(&[one], at(0)).await;
        stores.granted(&[other], at(0)).await;
        stores.refused(&[other], at(0)).await;
    }
}

pub async fn a_bucket_never_holds_more_than_its_quota(stores: ThrottleStores) {
    let bucket = bucket(FIVE);
    stores.granted(&[bucket], at(0)).await;
    for _ in 0..3 {
        stores.give_back(&[bucket]).await;
    }
    stores.empty(bucket, at(0)).await;
}

pub async fn giving_back_to_an_unknown_bucket_changes_nothing(stores: ThrottleStores) {
    let bucket = bucket(FIVE);
    stores.give_back(&[bucket]).await;
    stores.empty(bucket, at(0)).await;
}

pub async fn of_many_takers_at_once_no_more_are_granted_than_a_bucket_holds(
    stores: ThrottleStores,
) {
    let ten = Quota {
        capacity: 10,
        ..FIVE
    };
    let shared = bucket(ten);
    let mut takers = JoinSet::new();
    for _ in 0..MANY {
        let throttle = Arc::clone(&stores.throttle);
        let own = bucket(ten);
        takers.spawn(async move {
            match throttle
                .take(&[own, shared], at(0))
                .await
                .expect("answered")
            {
                Taken::Granted(levels) => levels.last().map(|level| level.left),
                Taken::Refused(_) => None,
            }
        });
    }
    let mut left: Vec<u32> = takers.join_all().await.into_iter().flatten().collect();
    left.sort_unstable();
    let each_another: Vec<u32> = (0..10).collect();
    assert_eq!(left, each_another);
}

pub async fn takers_of_the_same_buckets_in_another_order_do_not_block_each_other(
    stores: ThrottleStores,
) {
    let quota = Quota {
        capacity: 1_000,
        ..FIVE
    };
    let [one, other] = [bucket(quota), bucket(quota)];
    let mut takers = JoinSet::new();
    for number in 0..MANY {
        let throttle = Arc::clone(&stores.throttle);
        let order = if number % 2 == 0 {
            [one, other]
        } else {
            [other, one]
        };
        takers.spawn(async move {
            let taken = throttle.take(&order, at(0)).await.expect("answered");
            assert!(matches!(taken, Taken::Granted(_)));
            throttle.give_back(&order).await.expect("given back");
        });
    }
    takers.join_all().await;
    for level in stores.granted(&[one, other], at(0)).await {
        assert_eq!(level.left, 999);
    }
}

pub async fn what_many_give_back_at_once_is_all_there(stores: ThrottleStores) {
    let quota = Quota {
        capacity: 32,
        ..FIVE
    };
    let shared = bucket(quota);
    for _ in 0..MANY {
        stores.granted(&[shared], at(0)).await;
    }
    stores.refused(&[shared], at(0)).await;
    let mut givers = JoinSet::new();
    for _ in 0..MANY {
        let throttle = Arc::clone(&stores.throttle);
        givers.spawn(async move { throttle.give_back(&[shared]).await.expect("given back") });
    }
    givers.join_all().await;
    let levels = stores.granted(&[shared], at(0)).await;
    assert_eq!(levels.first().map(|level| level.left), Some(31));
}

pub async fn full_buckets_are_removed_some_at_a_time_and_others_stay(stores: ThrottleStores) {
    let used: Vec<_> = (0..7).map(|_| bucket(FIVE)).collect();
    for bucket in &used {
        stores.granted(&[*bucket], at(0)).await;
    }
    let emptied = bucket(FIVE);
    stores.empty(emptied, at(0)).await;

    let almost = at(0) + INTERVAL - TimeDelta::microseconds(1);
    assert_eq!(stores.removed(almost, 100).await, 0);
    let full = at(0) + INTERVAL;
    for removed in [3, 3, 1, 0] {
        assert_eq!(stores.removed(full, 3).await, removed);
    }
    let levels = stores.refused(&[emptied], at(0)).await;
    assert_eq!(levels.first().map(|level| level.left), Some(0));
    let levels = stores.granted(&used, full).await;
    assert!(levels.iter().all(|level| level.left == 4));
}

pub async fn removals_at_the_same_time_never_make_a_bucket_full(stores: ThrottleStores) {
    let shared = bucket(FIVE);
    // It is full again, and yet known: to be removed, and to be taken from.
    stores.granted(&[shared], at(0)).await;
    let later = at(0) + TimeDelta::days(1);
    let mut tasks = JoinSet::new();
    for number in 0..MANY {
        let throttle = Arc::clone(&stores.throttle);
        tasks.spawn(async move {
            if number % 2 == 0 {
                throttle.remove_full(later, 10).await.expect("removed");
                return 0;
            }
            match throttle.take(&[shared], later).await.expect("answered") {
                Taken::Granted(_) => 1,
                Taken::Refused(_) => 0,
            }
        });
    }
    let granted: u32 = tasks.join_all().await.into_iter().sum();
    assert_eq!(granted, 5);
    stores.refused(&[shared], later).await;
}

impl ThrottleStores {
    async fn granted(&self, buckets: &[Bucket], at: DateTime<Utc>) -> Vec<Level> {
        match self.throttle.take(buckets, at).await.expect("answered") {
            Taken::Granted(levels) => levels,
            Taken::Refused(levels) => panic!("refused: {levels:?}"),
        }
    }

    async fn refused(&self, buckets: &[Bucket], at: DateTime<Utc>) -> Vec<Level> {
        match self.throttle.take(buckets, at).await.expect("answered") {
            Taken::Refused(levels) => levels,
            Taken::Granted(levels) => panic!("granted: {levels:?}"),
        }
    }

    /// Takes what a full bucket holds, which is exactly its quota.
    async fn empty(&self, bucket: Bucket, at: DateTime<Utc>) {
        for _ in 0..bucket.quota.capacity {
            self.granted(&[bucket], at).await;
        }
        self.refused(&[bucket], at).await;
    }

    async fn give_back(&self, buckets: &[Bucket]) {
        self.throttle.give_back(buckets).await.expect("given back");
    }

    async fn removed(&self, at: DateTime<Utc>, max: u32) -> u64 {
        self.throttle.remove_full(at, max).await.expect("answered")
    }
}

/// A bucket that nobody else uses.
fn bucket(quota: Quota) -> Bucket {
    let mut bytes = [0; 32];
    let halves = [*uuid().as_bytes(), *uuid().as_bytes()].concat();
    bytes.copy_from_slice(&halves);
    Bucket {
        key: BucketKey::from_bytes(bytes),
        quota,
    }
}

fn interval() -> Duration {
    INTERVAL.to_std().expect("positive")
}
