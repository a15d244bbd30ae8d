use domain::ports::{PasswordHasherError, RepositoryError};
use domain::use_cases::{CreateUserError, ShowProfile};
use domain::user::{Actor, Role};
use testkit::fakes::PlainPasswordHasher;

use crate::world::{PASSWORD, World};

#[tokio::test]
async fn signing_up_makes_an_account_with_a_hashed_password() {
    let world = World::default();
    let user = world.sign_up("  Ada@Example.com ").await;
    assert_eq!(user.email.as_str(), "ada@example.com");
    assert_eq!((user.role, user.disabled_at), (Role::User, None));
    assert_eq!(user.created_at, world.now());

    let accounts = world.users.accounts();
    let [account] = accounts.as_slice() else {
        panic!("{accounts:?}")
    };
    assert_eq!(account.user, user);
    assert_eq!(
        account.password_hash,
        PlainPasswordHasher::hash_of(PASSWORD)
    );
}

#[tokio::test]
async fn an_address_has_one_account_however_it_is_written() {
    let world = World::default();
    let first = world.sign_up("ada@example.com").await;
    let second = world.try_sign_up("ADA@example.com ", Role::Agent).await;
    assert!(matches!(second, Err(CreateUserError::EmailTaken)));
    let accounts = world.users.accounts();
    assert_eq!(accounts.len(), 1);
    assert!(accounts.iter().all(|account| account.user == first));
}

#[tokio::test]
async fn the_caller_chooses_the_role() {
    let world = World::default();
    for (email, role) in [
        ("a@example.com", Role::Agent),
        ("b@example.com", Role::Admin),
    ] {
        assert_eq!(world.try_sign_up(email, role).await.unwrap().role, role);
    }
}

#[tokio::test]
async fn without_a_hash_there_is_no_account() {
    let world = World::default();
    world.hasher.set_busy(true);
    let refused = world.try_sign_up("ada@example.com", Role::User).await;
    assert!(matches!(
        refused,
        Err(CreateUserError::Hasher(PasswordHasherError::Busy))
    ));
    assert!(world.users.accounts().is_empty());
}

#[tokio::test]
async fn a_store_that_is_away_is_not_mistaken_for_a_taken_address() {
    let world = World::default();
    world.users.outage().begin();
    let refused = world.try_sign_up("ada@example.com", Role::User).await;
    assert!(matches!(
        refused,
        Err(CreateUserError::Repository(RepositoryError::Unavailable(_)))
    ));
}

#[tokio::test]
async fn people_see_their_own_account_while_it_exists() {
    let world = World::default();
    let user = world.sign_up("ada@example.com").await;
    let actor = Actor {
        id: user.id,
        role: user.role,
    };
    let profile = ShowProfile::new(world.users.clone());
    assert_eq!(profile.execute(actor).await.unwrap(), Some(user));
    world.users.remove(actor.id);
    assert_eq!(profile.execute(actor).await.unwrap(), None);
}
