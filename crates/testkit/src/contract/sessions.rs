//! The contract of [`SessionRepository`](domain::ports::SessionRepository).

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::SessionId;
use domain::password::PasswordHash;
use domain::ports::{Credentials, PasswordChange, RepositoryError, Rotated, Rotation};
use domain::session::{RefreshSession, RefreshTokenDigest};
use domain::stream_token::TokenDigest;
use domain::user::{Role, User, UserChange};
use tokio::task::JoinSet;

use super::UserStores;
use super::fixtures::{MANY, at, credentials, digest, uuid};

/// One test for each promise of `SessionRepository`, over an expression that gives fresh
/// [`UserStores`].
#[macro_export]
macro_rules! session_repository_contract {
    ($stores:expr) => {
        $crate::contract_cases!(
            sessions,
            $stores,
            [
                a_session_lasts_until_it_expires,
                a_session_shows_the_account_as_it_is_now,
                an_unknown_session_is_nobodys,
                of_many_sessions_those_that_last_are_found_at_once,
                a_session_that_exists_conflicts_and_leaves_nothing_behind,
                a_session_begins_by_the_present_password_only,
                a_password_replaced_during_a_sign_in_leaves_no_session_behind,
                a_renewed_session_lasts_from_then_on,
                a_token_used_twice_ends_its_session,
                any_other_token_of_the_family_ends_the_session,
                a_token_of_no_family_changes_nothing,
                an_expired_session_is_not_renewed,
                of_many_uses_of_one_token_at_most_one_is_granted_and_none_goes_on,
                an_ended_session_is_over_for_all_its_tokens,
                expired_sessions_are_removed_in_batches,
            ]
        );
    };
}

pub async fn a_session_lasts_until_it_expires(stores: UserStores) {
    let account = stores.account().await;
    let session = stores.session_of(&account).await;
    let before = session.expires_at - TimeDelta::microseconds(1);
    assert_eq!(stores.user_at(session.id, before).await, Some(account.user));
    assert_eq!(stores.user_at(session.id, session.expires_at).await, None);
}

pub async fn a_session_shows_the_account_as_it_is_now(stores: UserStores) {
    let account = stores.account().await;
    let session = stores.session_of(&account).await;
    let change = UserChange {
        role: Some(Role::Agent),
        disabled: None,
    };
    let user = stores.users.change(account.user.id, change, at(9)).await;
    let user = user.expect("changed");
    assert_eq!(user.role, Role::Agent);
    assert_eq!(stores.user_at(session.id, at(9)).await, Some(user));
}

pub async fn an_unknown_session_is_nobodys(stores: UserStores) {
    let account = stores.account().await;
    stores.session_of(&account).await;
    assert!(!stores.lasts(SessionId::from_uuid(uuid())).await);
}

pub async fn of_many_sessions_those_that_last_are_found_at_once(stores: UserStores) {
    let admin = credentials(Role::Admin);
    stores.users.insert(&admin).await.expect("stored");
    let [account, disabled] = [stores.account().await, stores.account().await];
    let changed = UserChange {
        role: Some(Role::Agent),
        disabled: None,
    };
    let user = stores.users.change(account.user.id, changed, at(9)).await;
    let user = user.expect("changed");
    let [expired, ended, not_asked_about] = [
        stores.session_of(&account).await,
        stores.session_of(&account).await,
        stores.session_of(&account).await,
    ];
    for session in [&ended, &not_asked_about] {
        stores.renewed(session, at(9)).await.expect("renewed");
    }
    stores.sessions.end(ended.id).await.expect("ended");
    let now = expired.expires_at;
    let mut ids = vec![expired.id, ended.id, SessionId::from_uuid(uuid())];
    let mut expected = Vec::new();
    for (account, user) in [
        (&account, Some(&user)),
        (&admin, Some(&admin.user)),
        (&disabled, None),
    ] {
        for _ in 0..2 {
            let session = stores.session_of(account).await;
            let renewed = stores.renewed(&session, at(9)).await.expect("renewed");
            ids.push(renewed.id);
            expected.extend(user.map(|user| (renewed.id, user.clone())));
        }
    }
    let disable = UserChange {
        role: None,
        disabled: Some(true),
    };
    let changed = stores.users.change(disabled.user.id, disable, at(10)).await;
    changed.expect("changed");
    expected.sort_by_key(|(id, _)| *id);
    assert_eq!(stores.users_at(&ids, now).await, expected);
    for id in &ids {
        let alone = stores.user_at(*id, now).await.map(|user| (*id, user));
        assert_eq!(stores.users_at(&[*id], now).await, Vec::from_iter(alone));
    }
    assert_eq!(stores.users_at(&[], now).await, []);
    ids.extend((ids.len()..1_000).map(|_| SessionId::from_uuid(uuid())));
    assert_eq!(stores.users_at(&ids, now).await, expected);
}

pub async fn a_session_that_exists_conflicts_and_leaves_nothing_behind(stores: UserStores) {
    let [account, other] = [stores.account().await, stores.account().await];
    let known = stores.session_of(&account).await;
    let same_id = RefreshSession {
        id: known.id,
        ..new_session(&other)
    };
    let mut same_family = new_session(&other);
    same_family.token.family = known.token.family;
    for session in [same_id, same_family] {
        let refusal = stores.sessions.begin(&session, &other.password_hash).await;
        assert!(matches!(refusal, Err(RepositoryError::Conflict)));
    }
    let user = stores.user_at(known.id, at(9)).await;
    assert_eq!(user, Some(account.user));
    assert!(stores.renewed(&known, at(9)).await.is_some());
}

pub async fn a_session_begins_by_the_present_password_only(stores: UserStores) {
    let account = stores.account().await;
    let session = new_session(&account);
    let outdated = PasswordHash::new("outdated");
    assert!(!stores.begun(&session, &outdated).await);
    assert!(!stores.lasts(session.id).await);

    let admin = credentials(Role::Admin);
    stores.users.insert(&admin).await.expect("stored");
    let disabling = |disabled| UserChange {
        role: None,
        disabled: Some(disabled),
    };
    for (disabled, begins) in [(true, false), (false, true)] {
        let change = disabling(disabled);
        let changed = stores.users.change(account.user.id, change, at(9)).await;
        changed.expect("changed");
        assert_eq!(stores.begun(&session, &account.password_hash).await, begins);
    }

    let mut stranger = new_session(&account);
    stranger.user_id = domain::ids::UserId::from_uuid(uuid());
    assert!(!stores.begun(&stranger, &account.password_hash).await);
}

pub async fn a_password_replaced_during_a_sign_in_leaves_no_session_behind(stores: UserStores) {
    for _ in 0..MANY {
        let account = stores.account().await;
        let session = new_session(&account);
        let change = PasswordChange {
            user_id: account.user.id,
            from: account.password_hash.clone(),
            to: PasswordHash::new("new"),
            keep: SessionId::from_uuid(uuid()),
        };
        let sign_in = {
            let (sessions, session) = (Arc::clone(&stores.sessions), session.clone());
            async move { sessions.begin(&session, &account.password_hash).await }
        };
        let users = Arc::clone(&stores.users);
        let mut both = JoinSet::new();
        both.spawn(sign_in);
        both.spawn(async move { users.change_password(&change).await });
        for outcome in both.join_all().await {
            outcome.expect("answered");
        }
        assert!(!stores.lasts(session.id).await);
    }
}

pub async fn a_renewed_session_lasts_from_then_on(stores: UserStores) {
    let account = stores.account().await;
    let mut session = stores.session_of(&account).await;
    for renewal in 1..4 {
        let now = session.expires_at - TimeDelta::seconds(renewal);
        let successor = stores.renewed(&session, now).await.expect("renewed");
        assert_eq!(successor.expires_at, now + RefreshSession::LIFETIME);
        let last = successor.expires_at - TimeDelta::microseconds(1);
        let user = stores.user_at(session.id, last).await;
        assert_eq!(user.as_ref(), Some(&account.user));
        assert_eq!(stores.user_at(session.id, successor.expires_at).await, None);
        session = successor;
    }
}

pub async fn a_token_used_twice_ends_its_session(stores: UserStores) {
    let account = stores.account().await;
    let first = stores.session_of(&account).await;
    let bystander = stores.session_of(&account).await;
    let second = stores.renewed(&first, at(9)).await.expect("renewed");
    let third = stores.renewed(&second, at(10)).await.expect("renewed");

    assert_eq!(stores.rotated(first.token, at(11)).await, Rotated::Reused);
    assert!(!stores.lasts(first.id).await);
    for token in [first.token, second.token, third.token] {
        assert_eq!(stores.rotated(token, at(12)).await, Rotated::Unknown);
    }
    assert!(stores.lasts(bystander.id).await);
}

pub async fn any_other_token_of_the_family_ends_the_session(stores: UserStores) {
    let account = stores.account().await;
    let session = stores.session_of(&account).await;
    let made_up = RefreshTokenDigest {
        family: session.token.family,
        generation: digest(),
    };
    assert_eq!(stores.rotated(made_up, at(9)).await, Rotated::Reused);
    assert!(!stores.lasts(session.id).await);
}

pub async fn a_token_of_no_family_changes_nothing(stores: UserStores) {
    let account = stores.account().await;
    let session = stores.session_of(&account).await;
    let stranger = RefreshTokenDigest {
        family: digest(),
        generation: session.token.generation,
    };
    assert_eq!(stores.rotated(stranger, at(9)).await, Rotated::Unknown);
    assert!(stores.renewed(&session, at(9)).await.is_some());
}

pub async fn an_expired_session_is_not_renewed(stores: UserStores) {
    let account = stores.account().await;
    let session = stores.session_of(&account).await;
    let late = stores.rotated(session.token, session.expires_at).await;
    assert_eq!(late, Rotated::Unknown);
    assert!(!stores.lasts(session.id).await);
}

pub async fn of_many_uses_of_one_token_at_most_one_is_granted_and_none_goes_on(stores: UserStores) {
    let account = stores.account().await;
    let session = stores.session_of(&account).await;
    let mut uses = JoinSet::new();
    for _ in 0..MANY {
        let sessions = Arc::clone(&stores.sessions);
        let rotation = Rotation {
            token: session.token,
            successor: digest(),
            at: at(9),
        };
        uses.spawn(async move {
            let rotated = sessions.rotate(rotation).await.expect("answered");
            matches!(rotated, Rotated::Renewed(..)).then_some(rotation.successor)
        });
    }
    let granted: Vec<TokenDigest> = uses.join_all().await.into_iter().flatten().collect();
    assert_eq!(granted.len(), 1);
    assert!(!stores.lasts(session.id).await);
    for generation in granted {
        let token = RefreshTokenDigest {
            generation,
            ..session.token
        };
        assert_eq!(stores.rotated(token, at(10)).await, Rotated::Unknown);
    }
}

pub async fn an_ended_session_is_over_for_all_its_tokens(stores: UserStores) {
    let account = stores.account().await;
    let first = stores.session_of(&account).await;
    let bystander = stores.session_of(&account).await;
    let second = stores.renewed(&first, at(9)).await.expect("renewed");
    for _ in 0..2 {
        stores.sessions.end(first.id).await.expect("ended");
        assert!(!stores.lasts(first.id).await);
    }
    for token in [first.token, second.token] {
        assert_eq!(stores.rotated(token, at(10)).await, Rotated::Unknown);
    }
    assert!(stores.lasts(bystander.id).await);
}

pub async fn expired_sessions_are_removed_in_batches(stores: UserStores) {
    let account = stores.account().await;
    let mut end = at(0);
    for _ in 0..5 {
        end = stores.session_of(&account).await.expires_at;
    }
    let lasting = stores.session_of(&account).await;
    let lasting = stores.renewed(&lasting, at(9)).await.expect("renewed");
    let mut removed = Vec::new();
    for _ in 0..3 {
        let batch = stores.sessions.remove_expired(end, 3).await;
        removed.push(batch.expect("removed"));
    }
    assert_eq!(removed, [3, 2, 0]);
    assert!(stores.user_at(lasting.id, end).await.is_some());
}

pub(super) fn new_session(account: &Credentials) -> RefreshSession {
    let token = RefreshTokenDigest {
        family: digest(),
        generation: digest(),
    };
    RefreshSession::new(SessionId::from_uuid(uuid()), account.user.id, token, at(4))
}

impl UserStores {
    async fn account(&self) -> Credentials {
        let account = credentials(Role::User);
        self.users.insert(&account).await.expect("stored");
        account
    }

    /// A new session of that account.
    pub(super) async fn session_of(&self, account: &Credentials) -> RefreshSession {
        let session = new_session(account);
        assert!(self.begun(&session, &account.password_hash).await);
        session
    }

    async fn begun(&self, session: &RefreshSession, password: &PasswordHash) -> bool {
        let begun = self.sessions.begin(session, password).await;
        begun.expect("answered")
    }

    async fn user_at(&self, id: SessionId, now: DateTime<Utc>) -> Option<User> {
        self.sessions.find_user(id, now).await.expect("read")
    }

    /// The sessions among these that last, and their users, in the order of the ids.
    async fn users_at(&self, ids: &[SessionId], now: DateTime<Utc>) -> Vec<(SessionId, User)> {
        let found = self.sessions.find_users(ids, now).await;
        let mut found = found.expect("read");
        found.sort_by_key(|(id, _)| *id);
        found
    }

    /// Whether a session that began in this case goes on.
    pub(super) async fn lasts(&self, id: SessionId) -> bool {
        self.user_at(id, at(60)).await.is_some()
    }

    async fn rotated(&self, token: RefreshTokenDigest, now: DateTime<Utc>) -> Rotated {
        let rotation = Rotation {
            token,
            successor: digest(),
            at: now,
        };
        self.sessions.rotate(rotation).await.expect("answered")
    }

    /// The session as it goes on, if its newest token renews it.
    async fn renewed(
        &self,
        session: &RefreshSession,
        now: DateTime<Utc>,
    ) -> Option<RefreshSession> {
        let successor = digest();
        let rotation = Rotation {
            token: session.token,
            successor,
            at: now,
        };
        match self.sessions.rotate(rotation).await.expect("answered") {
            Rotated::Renewed(id, user) => {
                assert_eq!((id, user.id), (session.id, session.user_id));
                let mut renewed = session.clone();
                renewed.token.generation = successor;
                renewed.expires_at = now + RefreshSession::LIFETIME;
                Some(renewed)
            }
            Rotated::Reused | Rotated::Unknown => None,
        }
    }
}
