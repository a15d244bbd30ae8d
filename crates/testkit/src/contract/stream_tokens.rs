//! The contract of [`StreamTokenRepository`](domain::ports::StreamTokenRepository).

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{ReplyId, SessionId};
use domain::password::PasswordHash;
use domain::ports::{Credentials, PasswordChange, RepositoryError};
use domain::reply::Reply;
use domain::stream_token::{StreamToken, TokenDigest};
use domain::user::{Role, UserChange};
use tokio::task::JoinSet;

use super::StreamTokenStores;
use super::fixtures::{MANY, at, credentials, digest, uuid};
use super::replies::{COMPLETED, FAILED, request};
use super::sessions::new_session;

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
                a_stream_token_ends_with_its_session,
                all_stream_tokens_of_a_disabled_account_end,
                a_new_password_ends_the_stream_tokens_of_other_sessions,
                a_session_that_is_over_gets_no_stream_token,
                of_a_stream_token_and_the_end_of_its_session_nothing_stays,
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

pub async fn a_stream_token_ends_with_its_session(stores: StreamTokenStores) {
    let [unused, used, bystander] = [
        stores.unused(at(0)).await,
        stores.unused(at(0)).await,
        stores.unused(at(0)).await,
    ];
    let reply = stores.failed_reply().await;
    assert!(stores.bound(used.digest, reply.id).await);
    for token in [unused, used] {
        stores.sessions.end(token.session_id).await.expect("ended");
        assert_eq!(stores.found(token.digest).await, None);
        assert!(!stores.bound(token.digest, reply.id).await);
    }
    assert_eq!(stores.found(bystander.digest).await, Some(bystander));
}

pub async fn all_stream_tokens_of_a_disabled_account_end(stores: StreamTokenStores) {
    let [token, bystander] = [stores.unused(at(0)).await, stores.unused(at(0)).await];
    stores.replies.around.user(Role::Admin).await;
    for disabled in [true, false] {
        let change = UserChange {
            role: None,
            disabled: Some(disabled),
        };
        let users = &stores.replies.around.users;
        let changed = users.change(token.user_id, change, at(9)).await;
        changed.expect("changed");
        assert_eq!(stores.found(token.digest).await, None);
    }
    assert_eq!(stores.found(bystander.digest).await, Some(bystander));
}

pub async fn a_new_password_ends_the_stream_tokens_of_other_sessions(stores: StreamTokenStores) {
    let account = credentials(Role::User);
    let users = &stores.replies.around.users;
    users.insert(&account).await.expect("stored");
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let token = StreamToken {
            user_id: account.user.id,
            session_id: stores.session_of(&account).await,
            ..stores.new_token(at(0)).await
        };
        assert!(stores.inserted(&token).await);
        tokens.push(token);
    }
    let change = PasswordChange {
        user_id: account.user.id,
        from: account.password_hash,
        to: PasswordHash::new("new"),
        keep: tokens.first().expect("a token").session_id,
    };
    assert!(users.change_password(&change).await.expect("answered"));
    for (token, stays) in tokens.iter().zip([true, false]) {
        let found = stores.found(token.digest).await;
        assert_eq!(found.as_ref(), stays.then_some(token));
    }
}

pub async fn a_session_that_is_over_gets_no_stream_token(stores: StreamTokenStores) {
    let token = stores.new_token(at(0)).await;
    let unknown = StreamToken {
        session_id: SessionId::from_uuid(uuid()),
        ..token.clone()
    };
    stores.sessions.end(token.session_id).await.expect("ended");
    for token in [token, unknown] {
        assert!(!stores.inserted(&token).await);
        assert_eq!(stores.found(token.digest).await, None);
    }
}

pub async fn of_a_stream_token_and_the_end_of_its_session_nothing_stays(stores: StreamTokenStores) {
    for _ in 0..MANY {
        let token = stores.new_token(at(0)).await;
        let (stream_tokens, new) = (Arc::clone(&stores.stream_tokens), token.clone());
        let (sessions, session_id) = (Arc::clone(&stores.sessions), token.session_id);
        let mut both = JoinSet::new();
        both.spawn(async move { stream_tokens.insert(&new).await.map(drop) });
        both.spawn(async move { sessions.end(session_id).await });
        for outcome in both.join_all().await {
            outcome.expect("answered");
        }
        assert_eq!(stores.found(token.digest).await, None);
    }
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
    /// A token of a new session for a new ticket, not stored yet.
    async fn new_token(&self, expires_at: DateTime<Utc>) -> StreamToken {
        let ticket = self.replies.around.ticket().await;
        let account = credentials(Role::Agent);
        let users = &self.replies.around.users;
        users.insert(&account).await.expect("stored");
        StreamToken {
            digest: digest(),
            user_id: account.user.id,
            session_id: self.session_of(&account).await,
            ticket_id: ticket.id,
            expires_at,
            reply_id: None,
        }
    }

    async fn session_of(&self, account: &Credentials) -> SessionId {
        let session = new_session(account);
        let begun = self.sessions.begin(&session, &account.password_hash);
        assert!(begun.await.expect("answered"));
        session.id
    }

    async fn unused(&self, expires_at: DateTime<Utc>) -> StreamToken {
        let token = self.new_token(expires_at).await;
        assert!(self.inserted(&token).await);
        token
    }

    async fn inserted(&self, token: &StreamToken) -> bool {
        let inserted = self.stream_tokens.insert(token).await;
        inserted.expect("answered")
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
