//! What admins and their owners do to accounts.

use std::sync::Arc;

use domain::ids::{SessionId, UserId};
use domain::page::Page;
use domain::password::PasswordHash;
use domain::ports::{ChangeUserError, Credentials, PasswordChange};
use domain::user::{Role, User, UserChange, UserCursor, UserFilter};
use tokio::task::JoinSet;

use crate::contract::UserStores;
use crate::contract::fixtures::{MANY, at, credentials, limit, uuid};

pub async fn users_are_listed_newest_first_page_by_page(stores: UserStores) {
    let mut expected = Vec::new();
    // Several of one microsecond, which their ids must order.
    for micros in [0, 5, 5, 5, 7] {
        let mut given = credentials(Role::User);
        given.user.created_at = at(micros);
        stores.users.insert(&given).await.expect("stored");
        expected.push(given.user);
    }
    expected.sort_by_key(|user| std::cmp::Reverse((user.created_at, user.id)));

    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = listed(&stores, UserFilter::default(), after, 2).await;
        seen.extend(page.items);
        // Whoever signs up meanwhile is newer than every place in the list.
        let mut newcomer = credentials(Role::User);
        newcomer.user.created_at = at(50);
        stores.users.insert(&newcomer).await.expect("stored");
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, expected);
}

pub async fn users_are_filtered_by_role_and_state(stores: UserStores) {
    for role in [Role::User, Role::Agent, Role::Admin, Role::Admin] {
        stored(&stores, role).await;
        let disabled = stored(&stores, role).await;
        changed(&stores, disabled.user.id, disable(true)).await;
    }
    for (role, disabled, count) in [
        (None, None, 8),
        (Some(Role::Admin), None, 4),
        (None, Some(true), 4),
        (Some(Role::Agent), Some(false), 1),
        (Some(Role::User), Some(true), 1),
    ] {
        let filter = UserFilter {
            role,
            disabled,
            email: None,
        };
        let page = listed(&stores, filter.clone(), None, 100).await;
        assert_eq!(page.items.len(), count, "{filter:?}");
        for user in page.items {
            assert!(role.is_none_or(|role| user.role == role));
            assert!(disabled.is_none_or(|disabled| user.disabled_at.is_some() == disabled));
        }
    }
}

pub async fn a_user_is_found_in_the_list_by_address(stores: UserStores) {
    let [given, _other] = [
        stored(&stores, Role::Agent).await,
        stored(&stores, Role::Agent).await,
    ];
    for (role, found) in [
        (Role::Agent, vec![given.user.clone()]),
        (Role::User, vec![]),
    ] {
        let filter = UserFilter {
            role: Some(role),
            disabled: None,
            email: Some(given.user.email.clone()),
        };
        assert_eq!(listed(&stores, filter, None, 100).await.items, found);
    }
}

pub async fn a_changed_user_is_stored_whole(stores: UserStores) {
    stored(&stores, Role::Admin).await;
    let given = stored(&stores, Role::User).await;
    let user = changed(&stores, given.user.id, to_role(Role::Agent)).await;
    let expected = User {
        role: Role::Agent,
        ..given.user.clone()
    };
    assert_eq!(user, expected);

    let user = changed(&stores, given.user.id, disable(true)).await;
    assert_eq!(user.disabled_at, Some(at(50)));
    let kept = stores.users.find_credentials(&user.email).await;
    let kept = kept.expect("read").expect("the account");
    assert_eq!(
        (&kept.user, &kept.password_hash),
        (&user, &given.password_hash)
    );

    let user = changed(&stores, given.user.id, disable(false)).await;
    assert_eq!(user, expected);
    let unchanged = changed(&stores, given.user.id, UserChange::default()).await;
    assert_eq!(unchanged, expected);
}

pub async fn an_unknown_user_is_not_changed(stores: UserStores) {
    let unknown = UserId::from_uuid(uuid());
    let refusal = stores.users.change(unknown, disable(true), at(50)).await;
    assert!(matches!(refusal, Err(ChangeUserError::NotFound)));
}

pub async fn the_last_admin_stays_one(stores: UserStores) {
    let admin = stored(&stores, Role::Admin).await.user;
    let retired = stored(&stores, Role::Admin).await.user;
    stored(&stores, Role::Agent).await;
    changed(&stores, retired.id, disable(true)).await;
    for change in [disable(true), to_role(Role::Agent), to_role(Role::User)] {
        let refusal = stores.users.change(admin.id, change, at(50)).await;
        assert!(
            matches!(refusal, Err(ChangeUserError::LastAdmin(_))),
            "{change:?}"
        );
        let kept = stores.users.find(admin.id).await.expect("read");
        assert_eq!(kept.as_ref(), Some(&admin));
    }
    // Somebody who takes over sets the first one free.
    changed(&stores, retired.id, disable(false)).await;
    changed(&stores, admin.id, to_role(Role::User)).await;
}

pub async fn of_admins_who_disable_each_other_at_once_one_stays(stores: UserStores) {
    let mut admins = Vec::new();
    for _ in 0..8 {
        admins.push(stored(&stores, Role::Admin).await.user.id);
    }
    let mut changes = JoinSet::new();
    for (number, id) in admins.iter().copied().enumerate() {
        let users = Arc::clone(&stores.users);
        let change = if number % 2 == 0 {
            disable(true)
        } else {
            to_role(Role::User)
        };
        changes.spawn(async move { users.change(id, change, at(50)).await });
    }
    let outcomes = changes.join_all().await;
    let refused = |outcome: &&Result<_, _>| matches!(outcome, Err(ChangeUserError::LastAdmin(_)));
    assert_eq!(outcomes.iter().filter(refused).count(), 1, "{outcomes:?}");
    let filter = UserFilter {
        role: Some(Role::Admin),
        disabled: Some(false),
        email: None,
    };
    assert_eq!(listed(&stores, filter, None, 100).await.items.len(), 1);
}

pub async fn a_disabled_user_has_no_session_left(stores: UserStores) {
    stored(&stores, Role::Admin).await;
    let [given, other] = [
        stored(&stores, Role::User).await,
        stored(&stores, Role::User).await,
    ];
    let session = stores.session_of(&given).await;
    let bystander = stores.session_of(&other).await;
    changed(&stores, given.user.id, to_role(Role::Agent)).await;
    assert!(stores.lasts(session.id).await);
    changed(&stores, given.user.id, disable(true)).await;
    changed(&stores, given.user.id, disable(false)).await;
    assert!(!stores.lasts(session.id).await);
    assert!(stores.lasts(bystander.id).await);
}

pub async fn a_new_password_ends_every_session_but_one(stores: UserStores) {
    let [given, other] = [
        stored(&stores, Role::User).await,
        stored(&stores, Role::User).await,
    ];
    let kept = stores.session_of(&given).await;
    let ended = [
        stores.session_of(&given).await,
        stores.session_of(&given).await,
    ];
    let bystander = stores.session_of(&other).await;

    let change = replace(&given, kept.id, "new");
    assert!(replaced(&stores, &change).await);
    let account = stores.users.find_credentials(&given.user.email).await;
    let account = account.expect("read").expect("the account");
    assert_eq!(account.password_hash, change.to);
    assert_eq!(account.user, given.user);
    assert!(stores.lasts(kept.id).await && stores.lasts(bystander.id).await);
    for session in ended {
        assert!(!stores.lasts(session.id).await);
    }
}

pub async fn a_password_that_is_not_the_named_one_stays(stores: UserStores) {
    let given = stored(&stores, Role::User).await;
    let session = stores.session_of(&given).await;
    let stale = PasswordChange {
        from: PasswordHash::new("another"),
        ..replace(&given, SessionId::from_uuid(uuid()), "new")
    };
    assert!(!replaced(&stores, &stale).await);
    let stranger = PasswordChange {
        user_id: UserId::from_uuid(uuid()),
        ..replace(&given, session.id, "new")
    };
    assert!(!replaced(&stores, &stranger).await);
    let account = stores.users.find_credentials(&given.user.email).await;
    assert_eq!(account.expect("read"), Some(given));
    assert!(stores.lasts(session.id).await);
}

pub async fn of_many_changes_of_one_password_one_succeeds(stores: UserStores) {
    let given = stored(&stores, Role::User).await;
    let mut sessions = Vec::new();
    for _ in 0..MANY {
        sessions.push(stores.session_of(&given).await);
    }
    let mut changes = JoinSet::new();
    for (number, session) in sessions.into_iter().enumerate() {
        let users = Arc::clone(&stores.users);
        let change = replace(&given, session.id, &number.to_string());
        changes.spawn(async move {
            let replaced = users.change_password(&change).await;
            replaced
                .expect("answered")
                .then_some((change.to, session.id))
        });
    }
    let winners: Vec<_> = changes.join_all().await.into_iter().flatten().collect();
    let [(hash, session)] = winners.as_slice() else {
        panic!("{} changes succeeded", winners.len())
    };
    let account = stores.users.find_credentials(&given.user.email).await;
    let account = account.expect("read").expect("the account");
    assert_eq!(account.password_hash, *hash);
    assert!(stores.lasts(*session).await);
}

fn disable(disabled: bool) -> UserChange {
    UserChange {
        role: None,
        disabled: Some(disabled),
    }
}

fn to_role(role: Role) -> UserChange {
    UserChange {
        role: Some(role),
        disabled: None,
    }
}

fn replace(account: &Credentials, keep: SessionId, hash: &str) -> PasswordChange {
    PasswordChange {
        user_id: account.user.id,
        from: account.password_hash.clone(),
        to: PasswordHash::new(hash),
        keep,
    }
}

async fn stored(stores: &UserStores, role: Role) -> Credentials {
    let given = credentials(role);
    stores.users.insert(&given).await.expect("stored");
    given
}

async fn changed(stores: &UserStores, id: UserId, change: UserChange) -> User {
    let outcome = stores.users.change(id, change, at(50)).await;
    outcome.expect("changed")
}

async fn replaced(stores: &UserStores, change: &PasswordChange) -> bool {
    let outcome = stores.users.change_password(change).await;
    outcome.expect("answered")
}

async fn listed(
    stores: &UserStores,
    filter: UserFilter,
    after: Option<UserCursor>,
    items: u64,
) -> Page<User, UserCursor> {
    let page = stores.users.list(filter, after, limit(items)).await;
    page.expect("listed")
}
