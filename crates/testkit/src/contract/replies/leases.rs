//! How long the right to generate lasts.

use domain::ids::OwnerId;
use domain::ports::{ClaimRequest, Finished};
use domain::reply::{Lease, Tenure};

use super::fixtures::{COMPLETED, LONG, SHORT, conclusion, request, takeover};
use crate::contract::ReplyStores;
use crate::contract::fixtures::uuid;

pub async fn a_lease_runs_out_unless_it_is_renewed(stores: ReplyStores) {
    let ticket = stores.around.ticket().await;
    let claim = ClaimRequest {
        lease: SHORT,
        ..request(ticket.id)
    };
    let (lease, reply) = stores.granted(claim).await;
    stores.expired(reply.id).await;
    renewed(&stores, &[lease]).await;
    let held = Tenure {
        owner: lease.owner,
        expired: false,
    };
    assert_eq!(stores.found(reply.id).await.tenure, Some(held));
}

pub async fn a_renewed_lease_is_not_taken_over(stores: ReplyStores) {
    let (_, lease, reply) = stores.running_for(SHORT).await;
    assert_eq!(renewed(&stores, &[lease]).await, [lease]);
    let takeovers = stores.replies.take_over_expired(takeover()).await;
    assert_eq!(takeovers.expect("answered"), []);
    assert_eq!(stores.found(reply.id).await.attempt, 1);
}

pub async fn a_lease_that_nobody_took_over_is_still_its_holders(stores: ReplyStores) {
    let (_, lease, reply) = stores.running_for(SHORT).await;
    stores.expired(reply.id).await;
    stores.say(lease, &reply, &["Hello"]).await;
    assert_eq!(renewed(&stores, &[lease]).await, [lease]);
    let finished = stores.finish(lease, &conclusion(COMPLETED)).await;
    assert!(matches!(finished, Finished::Done(_)));
}

pub async fn a_lease_that_was_taken_over_does_not_come_back(stores: ReplyStores) {
    let (_, lost, reply) = stores.running_for(SHORT).await;
    let (held, _) = stores.restarted(takeover()).await;
    assert_eq!(renewed(&stores, &[lost]).await, []);
    assert_eq!(renewed(&stores, &[held]).await, [held]);
    let tenure = stores.found(reply.id).await.tenure;
    assert_eq!(tenure.map(|tenure| tenure.owner), Some(held.owner));
}

pub async fn the_lease_of_an_ended_reply_does_not_come_back(stores: ReplyStores) {
    let (_, lease, reply) = stores.running().await;
    let ended = stores.done(lease, COMPLETED).await;
    assert_eq!(renewed(&stores, &[lease]).await, []);
    assert_eq!(stores.found(reply.id).await, ended);
}

pub async fn one_void_lease_does_not_keep_others_from_being_renewed(stores: ReplyStores) {
    let (_, one, _) = stores.running().await;
    let (_, other, _) = stores.running().await;
    let older = Lease { epoch: 0, ..one };
    let stranger = Lease {
        owner: OwnerId::from_uuid(uuid()),
        ..other
    };
    let asked = [older, one, stranger, other];
    assert_eq!(renewed(&stores, &asked).await, [one, other]);
    assert_eq!(renewed(&stores, &[]).await, []);
}

async fn renewed(stores: &ReplyStores, leases: &[Lease]) -> Vec<Lease> {
    let renewed = stores.replies.renew(leases, LONG).await;
    renewed.expect("answered")
}
