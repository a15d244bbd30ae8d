use std::time::Duration;

use domain::password::PasswordAttempt;
use domain::ports::{AccessTokens, PasswordHasherError, RepositoryError};
use domain::use_cases::{Authenticate, AuthenticateError, LogInError};
use domain::user::{Actor, Role};

use crate::world::{PASSWORD, World};

impl World {
    async fn try_log_in(&self, email: &str, password: &str) -> Result<String, LogInError> {
        let attempt = PasswordAttempt::new(password);
        let pair = self.log_in().execute(email, attempt).await?;
        Ok(pair.access_token.token)
    }

    pub async fn authenticate(&self, token: &str) -> Result<Actor, AuthenticateError> {
        let (tokens, sessions) = (self.tokens.clone(), self.users.clone());
        let authenticate = Authenticate::new(tokens, sessions, self.clock.clone());
        Ok(authenticate.execute(token).await?.actor)
    }
}

#[tokio::test]
async fn the_right_password_gives_a_token_for_its_account() {
    let world = World::default();
    let user = world.sign_up("ada@example.com").await;
    let token = world
        .try_log_in(" ADA@example.com", PASSWORD)
        .await
        .unwrap();
    let proof = world.tokens.check(&token, world.now()).unwrap();
    assert_eq!(proof.user_id, user.id);
    let sessions = world.users.sessions();
    let [session] = sessions.as_slice() else {
        panic!("{sessions:?}")
    };
    assert_eq!((session.id, session.user_id), (proof.session_id, user.id));
}

#[tokio::test]
async fn unknown_wrong_and_disabled_are_refused_alike_and_for_the_same_work() {
    let world = World::default();
    world.sign_up("ada@example.com").await;
    let disabled = world.sign_up("bob@example.com").await;
    let now = world.now();
    assert!(
        world
            .users
            .update(disabled.id, |user| user.disabled_at = Some(now))
    );

    let attempts = [
        ("nobody@example.com", PASSWORD),
        ("not an address", PASSWORD),
        ("", ""),
        ("ada@example.com", "correct horsf"),
        ("ada@example.com", ""),
        ("bob@example.com", PASSWORD),
        ("bob@example.com", "wrong"),
    ];
    for (done, (email, password)) in (1..).zip(attempts) {
        let refusal = world.try_log_in(email, password).await.unwrap_err();
        assert!(matches!(refusal, LogInError::WrongCredentials), "{email}");
        assert_eq!(refusal.to_string(), "wrong e-mail address or password");
        assert_eq!(world.hasher.checks(), done, "{email}");
    }
}

#[tokio::test]
async fn being_busy_or_away_is_not_a_wrong_password() {
    let world = World::default();
    world.sign_up("ada@example.com").await;
    world.hasher.set_busy(true);
    let busy = world.try_log_in("ada@example.com", PASSWORD).await;
    assert!(matches!(
        busy,
        Err(LogInError::Hasher(PasswordHasherError::Busy))
    ));
    world.users.outage().begin();
    let away = world.try_log_in("ada@example.com", PASSWORD).await;
    assert!(matches!(
        away,
        Err(LogInError::Repository(RepositoryError::Unavailable(_)))
    ));
}

#[tokio::test]
async fn a_token_gives_the_role_that_the_account_has_now() {
    let world = World::default();
    let user = world.sign_up("ada@example.com").await;
    let token = world.try_log_in("ada@example.com", PASSWORD).await.unwrap();
    let mut actor = Actor {
        id: user.id,
        role: Role::User,
    };
    assert_eq!(world.authenticate(&token).await.unwrap(), actor);

    actor.role = Role::Admin;
    world.users.update(user.id, |user| user.role = Role::Admin);
    assert_eq!(world.authenticate(&token).await.unwrap(), actor);
}

#[tokio::test]
async fn tokens_of_disabled_and_deleted_accounts_let_nobody_in() {
    let world = World::default();
    let user = world.sign_up("ada@example.com").await;
    let token = world.try_log_in("ada@example.com", PASSWORD).await.unwrap();
    let now = world.now();

    world
        .users
        .update(user.id, |user| user.disabled_at = Some(now));
    let disabled = world.authenticate(&token).await;
    assert!(matches!(disabled, Err(AuthenticateError::Invalid)));
    world.users.update(user.id, |user| user.disabled_at = None);
    assert!(world.authenticate(&token).await.is_ok());

    world.users.remove(user.id);
    let deleted = world.authenticate(&token).await;
    assert!(matches!(deleted, Err(AuthenticateError::Invalid)));
}

#[tokio::test]
async fn tokens_end() {
    let world = World::default();
    world.sign_up("ada@example.com").await;
    let token = world.try_log_in("ada@example.com", PASSWORD).await.unwrap();
    world.clock.advance(Duration::from_mins(15));
    for token in [token.as_str(), "", "garbage"] {
        let refused = world.authenticate(token).await;
        assert!(matches!(refused, Err(AuthenticateError::Invalid)));
    }
}

#[tokio::test]
async fn a_store_that_is_away_does_not_make_a_token_invalid() {
    let world = World::default();
    world.sign_up("ada@example.com").await;
    let token = world.try_log_in("ada@example.com", PASSWORD).await.unwrap();
    world.users.outage().begin();
    let outcome = world.authenticate(&token).await;
    assert!(matches!(outcome, Err(AuthenticateError::Repository(_))));
}
