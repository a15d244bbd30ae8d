use std::net::IpAddr;
use std::time::Duration;

use domain::password::{Password, PasswordAttempt};
use domain::ports::{AccessTokens as _, RepositoryError};
use domain::session::{RefreshSession, RefreshToken};
use domain::use_cases::{
    AttemptError, AttemptLimits, AuthenticateError, Authenticated, ChangePassword,
    ChangePasswordError, LimitAttempts, LogOut, RenewSession, RenewSessionError, TokenPair,
};
use domain::user::{Actor, Role};

use crate::world::{PASSWORD, World};

impl World {
    async fn signed_in(&self, email: &str) -> TokenPair {
        let attempt = PasswordAttempt::new(PASSWORD);
        let pair = self.log_in().execute(email, attempt).await;
        pair.expect("signing in should work")
    }

    async fn renew(&self, token: &RefreshToken) -> Result<TokenPair, RenewSessionError> {
        let renew = RenewSession::new(
            self.users.clone(),
            self.tokens.clone(),
            self.opaque_tokens.clone(),
            self.clock.clone(),
        );
        renew.execute(token).await
    }

    async fn lets_in(&self, pair: &TokenPair) -> bool {
        let outcome = self.authenticate(&pair.access_token.token).await;
        assert!(matches!(outcome, Ok(_) | Err(AuthenticateError::Invalid)));
        outcome.is_ok()
    }

    async fn change_password(
        &self,
        pair: &TokenPair,
        from: &str,
        to: &str,
    ) -> Result<(), ChangePasswordError> {
        let proof = self.tokens.check(&pair.access_token.token, self.now());
        let proof = proof.expect("a good token");
        let who = Authenticated {
            actor: Actor {
                id: proof.user_id,
                role: Role::User,
            },
            session: proof.session_id,
        };
        let limits = AttemptLimits {
            failures_per_account: 3,
            failures_per_address: 100,
            sign_ups_per_address: 100,
        };
        let attempts = LimitAttempts::new(
            self.throttle.clone(),
            self.opaque_tokens.clone(),
            self.clock.clone(),
            Some(limits),
        );
        let change = ChangePassword::new(self.users.clone(), self.hasher.clone(), attempts);
        let new = Password::parse(to).expect("a good password");
        let current = PasswordAttempt::new(from);
        let network = IpAddr::from([192, 0, 2, 1]).into();
        change.execute(who, current, new, network).await
    }
}

#[tokio::test]
async fn a_session_goes_on_for_as_long_as_it_is_renewed() {
    let world = World::default();
    world.sign_up("ada@example.com").await;
    let mut pair = world.signed_in("ada@example.com").await;
    for _ in 0..3 {
        world
            .clock
            .advance(RefreshSession::LIFETIME - Duration::from_secs(1));
        assert!(
            !world.lets_in(&pair).await,
            "access tokens end by themselves"
        );
        pair = world.renew(&pair.refresh_token).await.unwrap();
        assert!(world.lets_in(&pair).await);
    }
    world.clock.advance(RefreshSession::LIFETIME);
    let late = world.renew(&pair.refresh_token).await;
    assert!(matches!(late, Err(RenewSessionError::Invalid)));
}

#[tokio::test]
async fn a_refresh_token_that_is_used_again_ends_its_session_alone() {
    let world = World::default();
    world.sign_up("ada@example.com").await;
    let stolen = world.signed_in("ada@example.com").await;
    let phone = world.signed_in("ada@example.com").await;
    let next = world.renew(&stolen.refresh_token).await.unwrap();

    let again = world.renew(&stolen.refresh_token).await;
    assert!(matches!(again, Err(RenewSessionError::Invalid)));
    let newest = world.renew(&next.refresh_token).await;
    assert!(matches!(newest, Err(RenewSessionError::Invalid)));
    assert!(!world.lets_in(&stolen).await && !world.lets_in(&next).await);
    assert!(world.lets_in(&phone).await);
    assert!(world.renew(&phone.refresh_token).await.is_ok());
}

#[tokio::test]
async fn what_is_no_refresh_token_renews_nothing_and_ends_nothing() {
    let world = World::default();
    world.sign_up("ada@example.com").await;
    let pair = world.signed_in("ada@example.com").await;
    for raw in ["", ".", "garbage", "a.b", "a.b.c", &pair.access_token.token] {
        let outcome = world.renew(&RefreshToken::from_client(raw)).await;
        assert!(matches!(outcome, Err(RenewSessionError::Invalid)), "{raw}");
    }
    assert!(world.renew(&pair.refresh_token).await.is_ok());
}

#[tokio::test]
async fn a_renewed_session_has_the_rights_that_the_account_has_now() {
    let world = World::default();
    let user = world.sign_up("ada@example.com").await;
    let pair = world.signed_in("ada@example.com").await;
    world.users.update(user.id, |user| user.role = Role::Agent);
    let pair = world.renew(&pair.refresh_token).await.unwrap();
    let actor = world.authenticate(&pair.access_token.token).await.unwrap();
    assert_eq!(actor.role, Role::Agent);

    let now = world.now();
    world
        .users
        .update(user.id, |user| user.disabled_at = Some(now));
    let disabled = world.renew(&pair.refresh_token).await;
    assert!(matches!(disabled, Err(RenewSessionError::Invalid)));
}

#[tokio::test]
async fn signing_out_ends_one_session() {
    let world = World::default();
    world.sign_up("ada@example.com").await;
    let here = world.signed_in("ada@example.com").await;
    let there = world.signed_in("ada@example.com").await;
    let proof = world.tokens.check(&here.access_token.token, world.now());
    let log_out = LogOut::new(world.users.clone());
    log_out.execute(proof.unwrap().session_id).await.unwrap();

    assert!(!world.lets_in(&here).await);
    assert!(world.renew(&here.refresh_token).await.is_err());
    assert!(world.lets_in(&there).await);
}

#[tokio::test]
async fn a_new_password_signs_everybody_else_out() {
    let world = World::default();
    world.sign_up("ada@example.com").await;
    let here = world.signed_in("ada@example.com").await;
    let there = world.signed_in("ada@example.com").await;
    world
        .change_password(&here, PASSWORD, "another horse battery")
        .await
        .unwrap();

    assert!(world.lets_in(&here).await);
    assert!(!world.lets_in(&there).await);
    assert!(world.renew(&there.refresh_token).await.is_err());
    assert!(world.renew(&here.refresh_token).await.is_ok());
    let old = PasswordAttempt::new(PASSWORD);
    assert!(
        world
            .log_in()
            .execute("ada@example.com", old)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_wrong_current_password_changes_nothing() {
    let world = World::default();
    world.sign_up("ada@example.com").await;
    let here = world.signed_in("ada@example.com").await;
    let there = world.signed_in("ada@example.com").await;
    let refused = world
        .change_password(&here, "guess", "another horse battery")
        .await;
    assert!(matches!(refused, Err(ChangePasswordError::WrongPassword)));
    assert!(world.lets_in(&there).await);
    world.signed_in("ada@example.com").await;
}

#[tokio::test]
async fn whoever_holds_a_session_cannot_guess_the_password_by_changing_it() {
    let world = World::default();
    world.sign_up("ada@example.com").await;
    let pair = world.signed_in("ada@example.com").await;
    let new = "another horse battery";
    for current in ["guess", "guess", PASSWORD, "guess"] {
        let changed = world.change_password(&pair, current, PASSWORD).await;
        // A right one gives nothing back of what the wrong ones took.
        assert_eq!(changed.is_ok(), current == PASSWORD);
    }
    let checks = world.hasher.checks();
    let refused = world.change_password(&pair, PASSWORD, new).await;
    assert!(matches!(
        refused,
        Err(ChangePasswordError::Attempts(AttemptError::TooMany(_)))
    ));
    assert_eq!(world.hasher.checks(), checks);
}

#[tokio::test]
async fn a_store_that_is_away_ends_no_session() {
    let world = World::default();
    world.sign_up("ada@example.com").await;
    let pair = world.signed_in("ada@example.com").await;
    world.users.outage().begin();
    let away = world.renew(&pair.refresh_token).await;
    assert!(matches!(
        away,
        Err(RenewSessionError::Repository(RepositoryError::Unavailable(
            _
        )))
    ));
    world.users.outage().end();
    assert!(world.renew(&pair.refresh_token).await.is_ok());
}
