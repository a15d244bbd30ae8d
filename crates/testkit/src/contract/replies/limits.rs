//! How much one ticket owner may have generated.

use std::sync::Arc;
use std::time::Duration;

use domain::ids::{TicketId, UserId};
use domain::ports::{Claim, ClaimRequest, ReplyLimits};
use domain::user::Role;
use tokio::task::JoinSet;

use super::fixtures::{COMPLETED, FAILED, request};
use crate::contract::ReplyStores;
use crate::contract::fixtures::at;

const SECOND: i64 = 1_000_000;
const MINUTE: ReplyLimits = ReplyLimits {
    concurrent: 100,
    per_minute: 2,
};
const AT_ONCE: ReplyLimits = ReplyLimits {
    concurrent: 3,
    per_minute: 100,
};

pub async fn a_minute_takes_only_so_many_generations(stores: ReplyStores) {
    let user_id = stores.around.user(Role::User).await;
    for seconds in [0, 10] {
        let id = ticket_of(&stores, user_id).await;
        stores.granted(limited(id, MINUTE, seconds * SECOND)).await;
    }
    let id = ticket_of(&stores, user_id).await;
    assert_eq!(
        stores.claim(limited(id, MINUTE, 20 * SECOND)).await,
        Claim::OverLimit {
            retry_after: Duration::from_secs(40)
        }
    );
    // Never "at once", however little is left.
    assert_eq!(
        stores.claim(limited(id, MINUTE, 60 * SECOND - 1)).await,
        Claim::OverLimit {
            retry_after: Duration::from_secs(1)
        }
    );
    stores.granted(limited(id, MINUTE, 60 * SECOND)).await;

    let id = ticket_of(&stores, user_id).await;
    assert_eq!(
        stores.claim(limited(id, MINUTE, 60 * SECOND)).await,
        Claim::OverLimit {
            retry_after: Duration::from_secs(10)
        }
    );
}

pub async fn retries_count_towards_the_minute(stores: ReplyStores) {
    let id = ticket_of(&stores, stores.around.user(Role::User).await).await;
    for seconds in [0, 1] {
        let (lease, _) = stores.granted(limited(id, MINUTE, seconds * SECOND)).await;
        stores.done(lease, FAILED).await;
    }
    let failed = stores.replies.find_current(id).await.expect("read");
    assert_eq!(
        stores.claim(limited(id, MINUTE, 2 * SECOND)).await,
        Claim::OverLimit {
            retry_after: Duration::from_secs(58)
        }
    );
    let current = stores.replies.find_current(id).await.expect("read");
    assert_eq!(current, failed);
    stores.granted(limited(id, MINUTE, 60 * SECOND)).await;
}

pub async fn only_so_many_replies_run_at_once(stores: ReplyStores) {
    let user_id = stores.around.user(Role::User).await;
    let mut leases = Vec::new();
    for _ in 0..AT_ONCE.concurrent {
        let id = ticket_of(&stores, user_id).await;
        leases.push(stores.granted(limited(id, AT_ONCE, 0)).await.0);
    }
    let id = ticket_of(&stores, user_id).await;
    let claim = stores.claim(limited(id, AT_ONCE, 0)).await;
    let seconds = |from, to| Duration::from_secs(from)..=Duration::from_secs(to);
    assert!(
        matches!(&claim, Claim::OverLimit { retry_after } if seconds(1, 5).contains(retry_after)),
        "{claim:?}"
    );
    let current = stores.replies.find_current(id).await;
    assert_eq!(current.expect("read"), None);

    let lease = leases.pop().expect("a running reply");
    stores.done(lease, COMPLETED).await;
    stores.granted(limited(id, AT_ONCE, 0)).await;
}

pub async fn many_claims_at_once_keep_to_the_limit(stores: ReplyStores) {
    for limits in [AT_ONCE, MINUTE] {
        let user_id = stores.around.user(Role::User).await;
        let mut claims = JoinSet::new();
        for _ in 0..16 {
            let id = ticket_of(&stores, user_id).await;
            let replies = Arc::clone(&stores.replies);
            claims.spawn(async move { replies.claim(limited(id, limits, 0)).await });
        }
        let mut granted = 0;
        for claim in claims.join_all().await {
            match claim.expect("answered") {
                Claim::Granted(..) => granted += 1,
                other => assert!(matches!(other, Claim::OverLimit { .. }), "{other:?}"),
            }
        }
        assert_eq!(granted, limits.concurrent.min(limits.per_minute));
    }
}

pub async fn limits_do_not_stand_against_what_exists(stores: ReplyStores) {
    let none = ReplyLimits {
        concurrent: 0,
        per_minute: 0,
    };
    let (ticket, lease, reply) = stores.running().await;
    let claim = limited(ticket.id, none, 0);
    assert_eq!(stores.existing(claim.clone()).await, reply);
    let ended = stores.done(lease, COMPLETED).await;
    assert_eq!(stores.existing(claim).await, ended);
}

pub async fn limits_are_each_owners_own(stores: ReplyStores) {
    for _ in 0..4 {
        let user_id = stores.around.user(Role::User).await;
        for limits in [MINUTE, AT_ONCE] {
            let id = ticket_of(&stores, user_id).await;
            stores.granted(limited(id, limits, 0)).await;
        }
    }
}

fn limited(id: TicketId, limits: ReplyLimits, micros: i64) -> ClaimRequest {
    ClaimRequest {
        limits: Some(limits),
        at: at(micros),
        ..request(id)
    }
}

async fn ticket_of(stores: &ReplyStores, user_id: UserId) -> TicketId {
    stores.around.ticket_of(user_id).await.id
}
