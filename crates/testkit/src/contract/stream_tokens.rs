//! The contract of [`StreamTokenRepository`](domain::ports::StreamTokenRepository).

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::ReplyId;
use domain::ports::RepositoryError;
use domain::reply::Reply;
use domain::stream_token::{StreamToken, TokenDigest};
use domain::user::Role;
use tokio::task::JoinSet;

use super::StreamTokenStores;
use super::fixtures::{MANY, at, digest};
use super::replies::{COMPLETED, FAILED, request};

/// One test for each promise of `StreamTokenRepository`, over an expression that gives fresh
/// [`StreamTokenStores`].
#[macro_export]
macro_rules! stream_token_repository_contract {
    ($stores:expr) => {
        $crate::contract_cases!(
            stream_tokens,
            $stores,
            [
                every_field_of_a_stream_token_comes_back,
                times_of_stream_tokens_are_exact_to_the_microsecond,
                an_unknown_stream_token_is_none,
                a_digest_that_exists_conflicts_and_leaves_nothing_behind,
                a_stream_token_is_bound_once,
                of_many_bindings_at_once_one_succeeds,
                unused_stream_tokens_are_removed_once_they_expire,
                used_stream_tokens_are_removed_an_hour_after_the_end,
                a_stream_token_of_a_running_reply_stays,
                of_many_removals_at_once_each_stream_token_is_counted_once,
            ]
        );
    };
}

pub async fn every_field_of_a_stream_token_comes_back(stores: StreamTokenStores) {
    let tokens = [stores.unused(at(0)).await, stores.unused(at(1)).await];
    for token in &tokens {
        assert_eq!(stores.found(token.digest).await.as_ref(), Some(token));
    }
    for token in tokens {
        let reply = stores.failed_reply().await;
        assert!(stores.bound(token.digest, reply.id).await);
        let expected = StreamToken {
            reply_id: Some(reply.id),
            ..token
        };
        assert_eq!(stores.found(expected.digest).await, Some(expected));
    }
}

pub async fn times_of_stream_tokens_are_exact_to_the_microsecond(stores: StreamTokenStores) {
    for micros in [0, 1, 999_999] {
        let token = stores.unused(at(micros)).await;
        let found = stores.found(token.digest).await.expect("the token");
        assert_eq!(found.expires_at, at(micros));
    }
}

pub async fn an_unknown_stream_token_is_none(stores: StreamTokenStores) {
    let known = stores.unused(at(0)).await;
    for place in [0, 15, 31] {
        let mut bytes = *known.digest.as_bytes();
        bytes.iter_mut().skip(place).take(1).for_each(|byte| {
            *byte ^= 1;
        });
        let unknown = TokenDigest::from_bytes(bytes);
        assert_eq!(stores.found(unknown).await, None);
        let reply = stores.failed_reply().await;
        assert!(!stores.bound(unknown, reply.id).await);
    }
    assert_eq!(stores.found(known.digest).await, Some(known));
}

pub async fn a_digest_that_exists_conflicts_and_leaves_nothing_behind(stores: StreamTokenStores) {
    let first = stores.unused(at(0)).await;
    let second = StreamToken {
        digest: first.digest,
        ..stores.new_token(at(9)).await
    };
    let refusal = stores.stream_tokens.insert(&second).await;
    assert!(matches!(refusal, Err(RepositoryError::Conflict)));
    assert_eq!(stores.found(first.digest).await, Some(first.clone()));

    // A token that was used is no freer for another.
    let reply = stores.failed_reply().await;
    assert!(stores.bound(first.digest, reply.id).await);
    let refusal = stores.stream_tokens.insert(&second).await;
    assert!(matches!(refusal, Err(RepositoryError::Conflict)));
    let found = stores.found(first.digest).await.expect("the token");
    assert_eq!(found.reply_id, Some(reply.id));
}

pub async fn a_stream_token_is_bound_once(stores: StreamTokenStores) {
    let token = stores.unused(at(0)).await;
    let other = stores.unused(at(0)).await;
    let [first, second] = [stores.failed_reply().await, stores.failed_reply().await];
    assert!(stores.bound(token.digest, first.id).await);
    for reply in [&first, &second] {
        assert!(!stores.bound(token.digest, reply.id).await);
        let found = stores.found(token.digest).await.expect("the token");
        assert_eq!(found.reply_id, Some(first.id));
    }
    assert_eq!(stores.found(other.digest).await, Some(other.clone()));
    // Several tokens may open one reply.
    assert!(stores.bound(other.digest, first.id).await);
}

pub async fn of_many_bindings_at_once_one_succeeds(stores: StreamTokenStores) {
    let token = stores.unused(at(0)).await;
    let replies = [stores.failed_reply().await, stores.failed_reply().await];
    let mut bindings = JoinSet::new();
    for number in 0..MANY {
        let stream_tokens = Arc::clone(&stores.stream_tokens);
        let [even, odd] = [&replies[0], &replies[1]].map(|reply| reply.id);
        let reply_id = if number % 2 == 0 { even } else { odd };
        bindings.spawn(async move {
            let bound = stream_tokens.bind(token.digest, reply_id).await;
            bound.expect("answered").then_some(reply_id)
        });
    }
    let winners: Vec<ReplyId> = bindings.join_all().await.into_iter().flatten().collect();
    let found = stores.found(token.digest).await.expect("the token");
    assert_eq!(winners, Vec::from_iter(found.reply_id));
    assert_eq!(winners.len(), 1);
}

pub async fn unused_stream_tokens_are_removed_once_they_expire(stores: StreamTokenStores) {
    let now = at(10_000);
    let mut tokens = Vec::new();
    for micros in [-10_000_000, -1, 0, 1, 10_000_000] {
        let token = stores.unused(now + TimeDelta::microseconds(micros)).await;
        tokens.push((token, None));
    }
    assert_eq!(stores.swept(&tokens, now).await, 3);
}

pub async fn used_stream_tokens_are_removed_an_hour_after_the_end(stores: StreamTokenStores) {
    let mut tokens = Vec::new();
    for verdict in [COMPLETED, FAILED] {
        let (_, lease, _) = stores.replies.running().await;
        let reply = stores.replies.done(lease, verdict).await;
        // Neither the time that is over for a first reading nor one to come matters any more.
        for expires_at in [at(0), at(0) + TimeDelta::days(1)] {
            let token = stores.used(&reply, expires_at).await;
            tokens.push((token, Some(reply.clone())));
        }
    }
    let ended_at = tokens
        .iter()
        .find_map(|(_, reply)| reply.as_ref()?.ended_at)
        .expect("an end");
    let due = ended_at + StreamToken::AFTERLIFE;
    for (now, removed) in [
        (ended_at, 0),
        (due - TimeDelta::microseconds(1), 0),
        (due, 4),
        (due + TimeDelta::days(1), 0),
    ] {
        assert_eq!(stores.swept(&tokens, now).await, removed);
        if removed > 0 {
            tokens.clear();
        }
    }
}

pub async fn a_stream_token_of_a_running_reply_stays(stores: StreamTokenStores) {
    let (_, _, running) = stores.replies.running().await;
    let (_, lease, queued) = stores.replies.running().await;
    stores.replies.hand_over(&[lease]).await;
    let (ticket, lease, retried) = stores.replies.running().await;
    stores.replies.done(lease, FAILED).await;
    stores.replies.granted(request(ticket.id)).await;

    let mut tokens = Vec::new();
    for reply in [running, queued, retried] {
        let reply = stores.replies.found(reply.id).await;
        let token = stores.used(&reply, at(0)).await;
        tokens.push((token, Some(reply)));
    }
    let now = at(0) + TimeDelta::days(1_000);
    assert_eq!(stores.swept(&tokens, now).await, 0);
}

pub async fn of_many_removals_at_once_each_stream_token_is_counted_once(stores: StreamTokenStores) {
    let reply = stores.failed_reply().await;
    let now = at(0) + TimeDelta::days(1);
    for _ in 0..8 {
        stores.unused(at(0)).await;
        stores.used(&reply, at(0)).await;
    }
    let kept = stores.unused(now + TimeDelta::days(1)).await;
    let mut removals = JoinSet::new();
    for _ in 0..8 {
        let stream_tokens = Arc::clone(&stores.stream_tokens);
        removals.spawn(async move { stream_tokens.remove_expired(now).await.expect("answered") });
    }
    let removed: u64 = removals.join_all().await.into_iter().sum();
    assert_eq!(removed, 16);
    assert_eq!(stores.found(kept.digest).await, Some(kept));
}

impl StreamTokenStores {
    /// A token for a new ticket, not stored yet.
    async fn new_token(&self, expires_at: DateTime<Utc>) -> StreamToken {
        let ticket = self.replies.around.ticket().await;
        StreamToken {
            digest: digest(),
            user_id: self.replies.around.user(Role::Agent).await,
            ticket_id: ticket.id,
            expires_at,
            reply_id: None,
        }
    }

    async fn unused(&self, expires_at: DateTime<Utc>) -> StreamToken {
        let token = self.new_token(expires_at).await;
        self.stream_tokens.insert(&token).await.expect("stored");
        token
    }

    /// A token that has opened this reply.
    async fn used(&self, reply: &Reply, expires_at: DateTime<Utc>) -> StreamToken {
        let token = self.unused(expires_at).await;
        assert!(self.bound(token.digest, reply.id).await);
        self.found(token.digest).await.expect("the token")
    }

    async fn found(&self, digest: TokenDigest) -> Option<StreamToken> {
        self.stream_tokens.find(digest).await.expect("read")
    }

    async fn bound(&self, digest: TokenDigest, reply_id: ReplyId) -> bool {
        let bound = self.stream_tokens.bind(digest, reply_id).await;
        bound.expect("answered")
    }

    async fn failed_reply(&self) -> Reply {
        let (_, lease, _) = self.replies.running().await;
        self.replies.done(lease, FAILED).await
    }

    /// How many tokens go at that time: of these, each with the reply that it opened, exactly
    /// those that admit to nothing.
    async fn swept(&self, tokens: &[(StreamToken, Option<Reply>)], now: DateTime<Utc>) -> u64 {
        let removed = self.stream_tokens.remove_expired(now).await;
        for (token, opened) in tokens {
            let admits = token.admits(opened.as_ref(), now).is_some();
            let found = self.found(token.digest).await;
            assert_eq!(found.as_ref(), admits.then_some(token), "at {now}");
        }
        removed.expect("answered")
    }
}
