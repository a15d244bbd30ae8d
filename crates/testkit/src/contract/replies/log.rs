//! The event log of replies.

use std::sync::Arc;

use domain::ids::{OwnerId, ReplyId};
use domain::ports::AppendOutcome::{Appended, Fenced};
use domain::ports::Appending;
use domain::reply::{EventKind, Lease, LoggedEvent, Position};
use tokio::task::JoinSet;

use super::fixtures::{COMPLETED, beginning, deltas};
use crate::contract::ReplyStores;
use crate::contract::fixtures::{EMOJI, MANY, uuid};

pub async fn events_come_back_in_order_behind_a_number(stores: ReplyStores) {
    let (_, lease, reply) = stores.running().await;
    let events = deltas(beginning(&reply), &["He", "l", "lö", "", " there\r\n"]);
    assert_eq!(stores.append(lease, events.clone()).await, Appended);
    assert_eq!(stores.found(reply.id).await.last_sequence, 5);
    let created = LoggedEvent {
        position: beginning(&reply),
        kind: EventKind::Created,
    };
    let whole = [vec![created], events].concat();
    for (after, max, expected) in [
        (None, 100, whole.get(..)),
        (None, 2, whole.get(..2)),
        (None, 0, whole.get(..0)),
        (Some(0), 100, whole.get(1..)),
        (Some(2), 2, whole.get(3..5)),
        (Some(5), 100, whole.get(6..)),
        (Some(99), 100, whole.get(6..)),
    ] {
        let read = stores.events.read(reply.id, after, max).await;
        assert_eq!(Some(read.expect("read").as_slice()), expected, "{after:?}");
    }
}

pub async fn deltas_of_64_kib_with_emoji_are_kept(stores: ReplyStores) {
    let (_, lease, reply) = stores.running().await;
    let long = EMOJI.repeat(16 * 1024);
    let events = deltas(beginning(&reply), &["short", &long]);
    stores.append(lease, events.clone()).await;
    let read = stores.events.read(reply.id, Some(0), 100).await;
    assert_eq!(read.expect("read"), events);
}

pub async fn an_unknown_reply_has_no_events(stores: ReplyStores) {
    let (_, lease, reply) = stores.running().await;
    let reply_id = ReplyId::from_uuid(uuid());
    assert_eq!(stores.log(reply_id).await, []);
    let lost = Lease { reply_id, ..lease };
    let outcome = stores
        .append(lost, deltas(beginning(&reply), &["Hello"]))
        .await;
    assert_eq!(outcome, Fenced);
    assert_eq!(stores.log(reply_id).await, []);
}

pub async fn an_append_of_another_epoch_or_owner_is_fenced(stores: ReplyStores) {
    let (_, lease, reply) = stores.running().await;
    let before = stores.log(reply.id).await;
    for epoch in [lease.epoch - 1, lease.epoch + 1] {
        let lease = Lease { epoch, ..lease };
        let outcome = stores
            .append(lease, deltas(beginning(&reply), &["Hello"]))
            .await;
        assert_eq!(outcome, Fenced);
    }
    let stranger = Lease {
        owner: OwnerId::from_uuid(uuid()),
        ..lease
    };
    let outcome = stores
        .append(stranger, deltas(beginning(&reply), &["Hello"]))
        .await;
    assert_eq!(outcome, Fenced);
    assert_eq!(stores.log(reply.id).await, before);
    assert_eq!(stores.found(reply.id).await, reply);
}

pub async fn one_fenced_reply_does_not_keep_the_others_out(stores: ReplyStores) {
    let mut batch = Vec::new();
    for fenced in [false, true, false] {
        let (_, mut lease, reply) = stores.running().await;
        lease.epoch -= i32::from(fenced);
        let events = deltas(beginning(&reply), &["Hel", "lo"]);
        batch.push(Appending { lease, events });
    }
    let outcomes = stores.events.append(&batch).await.expect("answered");
    assert_eq!(outcomes, [Appended, Fenced, Appended]);
    for (appending, length) in batch.iter().zip([3, 1, 3]) {
        assert_eq!(stores.log(appending.lease.reply_id).await.len(), length);
    }
}

pub async fn appending_again_adds_nothing(stores: ReplyStores) {
    let (_, lease, reply) = stores.running().await;
    let first = deltas(beginning(&reply), &["Hel", "lö"]);
    let last = first.last().expect("an event").position;
    let second = deltas(last, &[" there"]);
    for events in [&first, &first, &second, &second] {
        let outcome = stores.append(lease, events.clone()).await;
        assert_eq!(outcome, Appended);
    }
    let read = stores.events.read(reply.id, Some(0), 100).await;
    assert_eq!(read.expect("read"), [first, second].concat());
    assert_eq!(stores.found(reply.id).await.last_sequence, 3);
}

pub async fn an_append_that_was_stored_stays_appended_after_the_end(stores: ReplyStores) {
    let (ticket, lease, reply) = stores.running().await;
    let events = deltas(beginning(&reply), &["Hel", "lö"]);
    stores.append(lease, events.clone()).await;
    stores.around.ask(&ticket, "Never mind.").await;
    let outcome = stores.append(lease, events).await;
    assert_eq!(outcome, Appended);
    assert_eq!(stores.log(reply.id).await.len(), 4);
}

pub async fn an_append_with_a_gap_is_fenced(stores: ReplyStores) {
    let (_, lease, reply) = stores.running().await;
    let skipped = Position {
        sequence: 1,
        ..beginning(&reply)
    };
    let outcome = stores.append(lease, deltas(skipped, &["Hello"])).await;
    assert_eq!(outcome, Fenced);
    assert_eq!(stores.log(reply.id).await.len(), 1);
}

pub async fn another_text_under_a_number_that_exists_is_fenced(stores: ReplyStores) {
    let (_, lease, reply) = stores.running().await;
    stores.say(lease, &reply, &["Hello"]).await;
    let before = stores.log(reply.id).await;
    for texts in [&["World"][..], &["Hello", " there"]] {
        let outcome = stores.append(lease, deltas(beginning(&reply), texts)).await;
        assert_eq!(outcome, Fenced);
    }
    assert_eq!(stores.log(reply.id).await, before);
}

pub async fn many_replies_are_appended_to_at_once(stores: ReplyStores) {
    let mut writers = JoinSet::new();
    for number in 0..MANY {
        let (_, lease, reply) = stores.running().await;
        let events = Arc::clone(&stores.events);
        let text = number.to_string();
        writers.spawn(async move {
            for event in deltas(beginning(&reply), &[text.as_str(); 8]) {
                let batch = [Appending {
                    lease,
                    events: vec![event],
                }];
                let outcomes = events.append(&batch).await.expect("answered");
                assert_eq!(outcomes, [Appended]);
            }
            (lease, text.repeat(8))
        });
    }
    for (lease, text) in writers.join_all().await {
        assert_eq!(stores.done(lease, COMPLETED).await.text, text);
    }
}

pub async fn replies_in_one_batch_are_answered_in_order(stores: ReplyStores) {
    let mut batch = Vec::new();
    for _ in 0..5 {
        let (_, lease, reply) = stores.running().await;
        let events = deltas(beginning(&reply), &["Hello"]);
        batch.push(Appending { lease, events });
    }
    // Ids are given rising: stores that lock in their order must still answer in the caller's.
    batch.reverse();
    if let Some(second) = batch.get_mut(1) {
        second.lease.epoch += 1;
    }
    let outcomes = stores.events.append(&batch).await.expect("answered");
    assert_eq!(outcomes, [Appended, Fenced, Appended, Appended, Appended]);
    assert_eq!(stores.events.append(&[]).await.expect("answered"), []);
}
