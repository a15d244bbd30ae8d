//! What is kept of a prompt before its reply ends.

use domain::ids::OwnerId;
use domain::ports::{ClaimRequest, RetryRule};
use domain::reply::{CancelledBy, Conclusion, Lease, PromptDigest, PromptRecord, Reply};

use super::fixtures::{COMPLETED, FAILED, conclusion, request};
use crate::contract::ReplyStores;
use crate::contract::fixtures::uuid;

pub async fn a_running_reply_tells_from_what_its_prompt_was_made(stores: ReplyStores) {
    let (_, lease, reply) = stores.running().await;
    let record = record(1);
    stores.record(lease, &record).await;
    let expected = recorded(&reply, &record);
    assert_eq!(stores.found(reply.id).await, expected);
    let later = self::record(2);
    stores.record(lease, &later).await;
    assert_eq!(stores.found(reply.id).await, recorded(&reply, &later));
}

pub async fn a_cancelled_reply_keeps_from_what_its_prompt_was_made(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    let record = record(1);
    stores.record(lease, &record).await;
    let stopped = stores.stop(ticket.id, CancelledBy::Customer).await;
    let stopped = stopped.expect("a reply");
    assert_eq!(stopped, recorded(&stopped, &record));
    stores.record(lease, &self::record(2)).await;
    assert_eq!(stores.found(reply.id).await, stopped);
}

pub async fn void_leases_record_nothing(stores: ReplyStores) {
    let (_, lease, reply) = stores.running().await;
    let stranger = Lease {
        owner: OwnerId::from_uuid(uuid()),
        ..lease
    };
    let later = Lease {
        epoch: lease.epoch + 1,
        ..lease
    };
    for void in [stranger, later] {
        stores.record(void, &record(1)).await;
        assert_eq!(stores.found(reply.id).await, reply);
    }
    let conclusion = Conclusion {
        prompt_digest: None,
        ..conclusion(COMPLETED)
    };
    stores.finish(lease, &conclusion).await;
    let ended = stores.found(reply.id).await;
    stores.record(lease, &record(1)).await;
    assert_eq!(stores.found(reply.id).await, ended);
}

pub async fn the_next_attempt_forgets_the_prompt_of_the_one_before(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    stores.record(lease, &record(1)).await;
    stores.finish(lease, &conclusion(FAILED)).await;
    let demand = ClaimRequest {
        retry: RetryRule::Demanded,
        ..request(ticket.id)
    };
    stores.granted(demand).await;
    let restarted = stores.found(reply.id).await;
    assert_eq!((restarted.template, restarted.prompt_digest), (None, None));
    assert_eq!(restarted.sources, []);
}

impl ReplyStores {
    async fn record(&self, lease: Lease, record: &PromptRecord) {
        let recorded = self.replies.record_prompt(lease, record).await;
        recorded.expect("answered");
    }
}

/// A record unlike those of other numbers.
fn record(number: u8) -> PromptRecord {
    let Conclusion {
        template, sources, ..
    } = conclusion(COMPLETED);
    PromptRecord {
        template: template.expect("a template"),
        digest: PromptDigest::from_bytes([number; 32]),
        sources,
    }
}

fn recorded(reply: &Reply, record: &PromptRecord) -> Reply {
    Reply {
        template: Some(record.template.clone()),
        prompt_digest: Some(record.digest),
        sources: record.sources.clone(),
        ..reply.clone()
    }
}
