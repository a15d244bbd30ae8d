use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use domain::network::ClientNetwork;
use domain::password::{Password, PasswordAttempt};
use domain::ports::{MockOpaqueTokens, PasswordHasherError, RepositoryError};
use domain::stream_token::TokenDigest;
use domain::use_cases::{
    AttemptError, AttemptLimits, CreateUserError, LimitAttempts, LogInError, SignIn, SignInError,
    SignUp, SignUpError,
};
use domain::user::Email;
use testkit::fakes::InMemoryThrottle;

use crate::world::{PASSWORD, World};

const LIMITS: AttemptLimits = AttemptLimits {
    failures_per_account: 10,
    failures_per_address: 25,
    sign_ups_per_address: 3,
};

/// A world whose doors are watched.
struct Watched {
    world: World,
    throttle: Arc<InMemoryThrottle>,
    sign_in: SignIn,
    sign_up: SignUp,
}

#[derive(Debug, PartialEq)]
enum Outcome {
    In,
    Wrong,
    TooMany(&'static str, Duration),
    Failed(String),
}

impl Watched {
    fn with(limits: Option<AttemptLimits>) -> Self {
        let world = World::default();
        let throttle = Arc::new(InMemoryThrottle::default());
        let mut digests = MockOpaqueTokens::new();
        digests.expect_digest().returning(digest);
        let attempts = LimitAttempts::new(
            throttle.clone(),
            Arc::new(digests),
            world.clock.clone(),
            limits,
        );
        Self {
            sign_in: SignIn::new(world.log_in(), attempts.clone()),
            sign_up: SignUp::new(world.create_user(), attempts),
            world,
            throttle,
        }
    }

    async fn with_ada() -> Self {
        let watched = Self::with(Some(LIMITS));
        watched.world.sign_up("ada@example.com").await;
        watched
    }

    async fn try_sign_in(&self, email: &str, password: &str, from: &str) -> Outcome {
        let attempt = PasswordAttempt::new(password);
        match self.sign_in.execute(email, attempt, network(from)).await {
            Ok(_) => Outcome::In,
            Err(SignInError::LogIn(LogInError::WrongCredentials)) => Outcome::Wrong,
            Err(SignInError::Attempts(error)) => too_many(error),
            Err(error) => Outcome::Failed(error.to_string()),
        }
    }

    async fn try_sign_up(&self, email: &str, from: &str) -> Result<(), SignUpError> {
        let email = Email::parse(email).expect("an address");
        let password = Password::parse(PASSWORD).expect("long enough");
        let user = self.sign_up.execute(email, password, network(from)).await;
        user.map(drop)
    }
}

fn too_many(error: AttemptError) -> Outcome {
    match error {
        AttemptError::TooMany(levels) => {
            let empty = levels.iter().find(|level| level.left == 0);
            let empty = empty.expect("an empty bucket");
            Outcome::TooMany(empty.quota.name, empty.next_in)
        }
        AttemptError::Repository(error) => Outcome::Failed(error.to_string()),
    }
}

fn network(address: &str) -> ClientNetwork {
    let address: IpAddr = address.parse().expect("an address");
    address.into()
}

/// Tells texts apart, which is all that these tests need.
fn digest(text: &str) -> TokenDigest {
    let mut bytes = [0; 32];
    for piece in text.as_bytes().chunks(32) {
        for (mixed, byte) in bytes.iter_mut().zip(piece) {
            *mixed = u8::wrapping_mul(*mixed, 31).wrapping_add(*byte);
        }
    }
    TokenDigest::from_bytes(bytes)
}

#[tokio::test]
async fn wrong_passwords_are_looked_at_ten_times_and_then_one_each_ninety_seconds() {
    let watched = Watched::with_ada().await;
    let guess = async || {
        watched
            .try_sign_in("ada@example.com", "wrong", "192.0.2.1")
            .await
    };
    for _ in 0..10 {
        assert_eq!(guess().await, Outcome::Wrong);
    }
    let refused = Outcome::TooMany("login-account", Duration::from_secs(90));
    assert_eq!(guess().await, refused);
    assert_eq!(watched.world.hasher.checks(), 10);

    watched.world.clock.advance(Duration::from_secs(90));
    assert_eq!(guess().await, Outcome::Wrong);
    assert_eq!(guess().await, refused);
    watched.world.clock.advance(Duration::from_mins(15));
    assert_eq!(
        watched
            .try_sign_in("ada@example.com", PASSWORD, "192.0.2.1")
            .await,
        Outcome::In
    );
}

#[tokio::test]
async fn right_passwords_never_count() {
    let watched = Watched::with_ada().await;
    for _ in 0..9 {
        watched
            .try_sign_in("ada@example.com", "wrong", "192.0.2.1")
            .await;
    }
    for _ in 0..40 {
        let outcome = watched
            .try_sign_in("ada@example.com", PASSWORD, "192.0.2.1")
            .await;
        assert_eq!(outcome, Outcome::In);
    }
}

#[tokio::test]
async fn an_unknown_account_counts_like_a_known_one() {
    let watched = Watched::with_ada().await;
    for email in ["ada@example.com", "nobody@example.com", "no address"] {
        let from = format!("192.0.2.{}", email.len());
        for _ in 0..10 {
            let outcome = watched.try_sign_in(email, "wrong", &from).await;
            assert_eq!(outcome, Outcome::Wrong, "{email}");
        }
        let outcome = watched.try_sign_in(email, "wrong", &from).await;
        let refused = Outcome::TooMany("login-account", Duration::from_secs(90));
        assert_eq!(outcome, refused, "{email}");
    }
}

#[tokio::test]
async fn an_account_is_one_however_its_address_is_written() {
    let watched = Watched::with_ada().await;
    for email in ["ada@example.com", " ADA@Example.com"].repeat(5) {
        let outcome = watched.try_sign_in(email, "wrong", "192.0.2.1").await;
        assert_eq!(outcome, Outcome::Wrong);
    }
    let outcome = watched
        .try_sign_in("Ada@example.COM ", PASSWORD, "192.0.2.1")
        .await;
    assert!(matches!(outcome, Outcome::TooMany("login-account", _)));
}

#[tokio::test]
async fn nobody_is_locked_out_by_failures_from_elsewhere() {
    let watched = Watched::with_ada().await;
    for host in 1..=100 {
        for _ in 0..11 {
            let from = format!("198.51.100.{host}");
            watched.try_sign_in("ada@example.com", "wrong", &from).await;
        }
    }
    let outcome = watched
        .try_sign_in("ada@example.com", PASSWORD, "192.0.2.1")
        .await;
    assert_eq!(outcome, Outcome::In);
}

#[tokio::test]
async fn failures_from_one_network_are_bounded_over_all_accounts() {
    let watched = Watched::with_ada().await;
    for number in 0..25 {
        let (email, host) = (format!("user-{number}@example.com"), number % 7);
        let from = format!("2001:db8:0:1::{host}");
        let outcome = watched.try_sign_in(&email, "wrong", &from).await;
        assert_eq!(outcome, Outcome::Wrong);
    }
    let outcome = watched
        .try_sign_in("ada@example.com", PASSWORD, "2001:db8:0:1::99")
        .await;
    let refused = Outcome::TooMany("login-address", Duration::from_secs(144));
    assert_eq!(outcome, refused);
    // Nothing was taken from the account's own bucket: ten guesses are left once there is room.
    watched.world.clock.advance(Duration::from_hours(1));
    for _ in 0..10 {
        let outcome = watched
            .try_sign_in("ada@example.com", "wrong", "2001:db8:0:1::99")
            .await;
        assert_eq!(outcome, Outcome::Wrong);
    }
    assert_eq!(
        watched
            .try_sign_in("ada@example.com", PASSWORD, "2001:db8:0:2::1")
            .await,
        Outcome::In
    );
}

#[tokio::test]
async fn a_password_that_could_not_be_checked_does_not_count() {
    let watched = Watched::with_ada().await;
    let try_in = async || {
        let attempt = PasswordAttempt::new(PASSWORD);
        watched
            .sign_in
            .execute("ada@example.com", attempt, network("192.0.2.1"))
            .await
    };
    for _ in 0..40 {
        watched.world.hasher.set_busy(true);
        let busy = try_in().await;
        assert!(matches!(
            busy,
            Err(SignInError::LogIn(LogInError::Hasher(
                PasswordHasherError::Busy
            )))
        ));
        watched.world.hasher.set_busy(false);
        watched.world.users.outage().begin();
        let away = try_in().await;
        assert!(matches!(
            away,
            Err(SignInError::LogIn(LogInError::Repository(_)))
        ));
        watched.world.users.outage().end();
    }
    assert!(try_in().await.is_ok());
}

#[tokio::test]
async fn no_password_is_looked_at_while_attempts_cannot_be_counted() {
    let watched = Watched::with_ada().await;
    watched.throttle.outage().begin();
    let attempt = PasswordAttempt::new(PASSWORD);
    let away = watched
        .sign_in
        .execute("ada@example.com", attempt, network("192.0.2.1"))
        .await;
    assert!(matches!(
        away,
        Err(SignInError::Attempts(AttemptError::Repository(
            RepositoryError::Unavailable(_)
        )))
    ));
    assert_eq!(watched.world.hasher.checks(), 0);
}

#[tokio::test]
async fn sign_ups_are_bounded_per_network_and_duplicates_count() {
    let watched = Watched::with_ada().await;
    let sign_up = async |email: &str, from: &str| watched.try_sign_up(email, from).await;
    for email in ["bob@example.com", "ada@example.com", "ada@example.com"] {
        let outcome = sign_up(email, "192.0.2.1").await;
        let taken = matches!(
            outcome,
            Err(SignUpError::CreateUser(CreateUserError::EmailTaken))
        );
        assert!(taken || email.starts_with("bob"), "{outcome:?}");
    }
    for email in ["carl@example.com", "ada@example.com"] {
        match sign_up(email, "192.0.2.1").await {
            Err(SignUpError::Attempts(error)) => assert_eq!(
                too_many(error),
                Outcome::TooMany("signup-address", Duration::from_mins(20))
            ),
            other => panic!("{other:?}"),
        }
    }
    assert!(sign_up("carl@example.com", "192.0.2.2").await.is_ok());
    // Signing up and signing in are counted apart.
    let outcome = watched
        .try_sign_in("ada@example.com", PASSWORD, "192.0.2.1")
        .await;
    assert_eq!(outcome, Outcome::In);
}

#[tokio::test]
async fn limits_that_are_off_count_nothing() {
    let watched = Watched::with(None);
    watched.world.sign_up("ada@example.com").await;
    watched.throttle.outage().begin();
    for _ in 0..200 {
        let outcome = watched
            .try_sign_in("ada@example.com", "wrong", "192.0.2.1")
            .await;
        assert_eq!(outcome, Outcome::Wrong);
    }
    let outcome = watched
        .try_sign_in("ada@example.com", PASSWORD, "192.0.2.1")
        .await;
    assert_eq!(outcome, Outcome::In);
    for number in 0..100 {
        let email = format!("user-{number}@example.com");
        let signed_up = watched.try_sign_up(&email, "192.0.2.1").await;
        assert!(signed_up.is_ok());
    }
    assert!(watched.throttle.keys().is_empty());
}
