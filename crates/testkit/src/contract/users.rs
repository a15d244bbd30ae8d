//! The contract of [`UserRepository`](domain::ports::UserRepository).

pub mod changes;

use std::sync::Arc;

use domain::ids::UserId;
use domain::ports::{Credentials, RepositoryError};
use domain::user::{Email, Role, User};
use tokio::task::JoinSet;

use super::UserStores;
use super::fixtures::{MANY, at, credentials, uuid};

/// One test for each promise of `UserRepository`, over an expression that gives fresh
/// [`UserStores`].
#[macro_export]
macro_rules! user_repository_contract {
    ($stores:expr) => {
        $crate::contract_cases!(
            users,
            $stores,
            [
                every_field_of_a_user_comes_back,
                times_of_users_are_exact_to_the_microsecond,
                an_unknown_user_is_none,
                an_address_that_exists_conflicts_and_leaves_nothing_behind,
                an_id_that_exists_conflicts_and_leaves_nothing_behind,
                of_many_sign_ups_with_one_address_one_wins,
                many_sign_ups_at_once_are_all_kept,
            ]
        );
        $crate::contract_cases!(
            users::changes,
            $stores,
            [
                users_are_listed_newest_first_page_by_page,
                users_are_filtered_by_role_and_state,
                a_user_is_found_in_the_list_by_address,
                a_changed_user_is_stored_whole,
                an_unknown_user_is_not_changed,
                the_last_admin_stays_one,
                of_admins_who_disable_each_other_at_once_one_stays,
                a_disabled_user_has_no_session_left,
                a_new_password_ends_every_session_but_one,
                a_password_that_is_not_the_named_one_stays,
                of_many_changes_of_one_password_one_succeeds,
            ]
        );
    };
}

pub async fn every_field_of_a_user_comes_back(stores: UserStores) {
    for (role, email, disabled_at) in [
        (Role::User, "ada+support@example.com", None),
        (Role::Agent, "jürgen@münchen.example", Some(at(9))),
        (Role::Admin, "o'hara%_@example.com", None),
    ] {
        let mut given = credentials(role);
        given.user.email = Email::parse(email).expect("an address");
        given.user.disabled_at = disabled_at;
        stores.users.insert(&given).await.expect("stored");
        assert_eq!(find(&stores, given.user.id).await, Some(given.user.clone()));
        assert_eq!(by_email(&stores, &given.user.email).await, Some(given));
    }
}

pub async fn times_of_users_are_exact_to_the_microsecond(stores: UserStores) {
    for micros in [0, 1, 999_999] {
        let mut given = credentials(Role::User);
        given.user.created_at = at(micros);
        given.user.disabled_at = Some(at(micros + 1));
        stores.users.insert(&given).await.expect("stored");
        assert_eq!(find(&stores, given.user.id).await, Some(given.user));
    }
}

pub async fn an_unknown_user_is_none(stores: UserStores) {
    let known = credentials(Role::User);
    stores.users.insert(&known).await.expect("stored");
    assert_eq!(find(&stores, UserId::from_uuid(uuid())).await, None);
    let stranger = Email::parse("stranger@example.com").expect("an address");
    assert_eq!(by_email(&stores, &stranger).await, None);
}

pub async fn an_address_that_exists_conflicts_and_leaves_nothing_behind(stores: UserStores) {
    let first = credentials(Role::User);
    stores.users.insert(&first).await.expect("stored");
    let mut second = credentials(Role::Admin);
    second.user.email = first.user.email.clone();

    let refusal = stores.users.insert(&second).await;
    assert!(matches!(refusal, Err(RepositoryError::Conflict)));
    assert_eq!(find(&stores, second.user.id).await, None);
    assert_eq!(by_email(&stores, &first.user.email).await, Some(first));
}

pub async fn an_id_that_exists_conflicts_and_leaves_nothing_behind(stores: UserStores) {
    let first = credentials(Role::User);
    stores.users.insert(&first).await.expect("stored");
    let mut second = credentials(Role::Admin);
    second.user.id = first.user.id;

    let refusal = stores.users.insert(&second).await;
    assert!(matches!(refusal, Err(RepositoryError::Conflict)));
    assert_eq!(by_email(&stores, &second.user.email).await, None);
    assert_eq!(find(&stores, first.user.id).await, Some(first.user));
}

pub async fn of_many_sign_ups_with_one_address_one_wins(stores: UserStores) {
    let email = Email::parse("wanted@example.com").expect("an address");
    let mut sign_ups = JoinSet::new();
    for _ in 0..MANY {
        let users = Arc::clone(&stores.users);
        let mut given = credentials(Role::User);
        given.user.email = email.clone();
        sign_ups.spawn(async move { users.insert(&given).await.map(|()| given.user.id) });
    }
    let mut winners = Vec::new();
    for outcome in sign_ups.join_all().await {
        match outcome {
            Ok(id) => winners.push(id),
            Err(error) => assert!(matches!(error, RepositoryError::Conflict), "{error:?}"),
        }
    }
    let kept = by_email(&stores, &email).await.expect("the winner");
    assert_eq!(winners, [kept.user.id]);
}

pub async fn many_sign_ups_at_once_are_all_kept(stores: UserStores) {
    let mut sign_ups = JoinSet::new();
    for _ in 0..MANY {
        let users = Arc::clone(&stores.users);
        let given = credentials(Role::User);
        sign_ups.spawn(async move {
            users.insert(&given).await.expect("stored");
            given
        });
    }
    for given in sign_ups.join_all().await {
        assert_eq!(by_email(&stores, &given.user.email).await, Some(given));
    }
}

async fn find(stores: &UserStores, id: UserId) -> Option<User> {
    stores.users.find(id).await.expect("read")
}

async fn by_email(stores: &UserStores, email: &Email) -> Option<Credentials> {
    stores.users.find_credentials(email).await.expect("read")
}
