use domain::ids::UserId;
use domain::page::PageLimit;
use domain::ports::IdGenerator as _;
use domain::use_cases::{ChangeUser, ListUsers, ManageUsersError};
use domain::user::{Actor, Role, User, UserChange, UserFilter};

use crate::world::World;

impl World {
    async fn registered(&self, email: &str, role: Role) -> Actor {
        let user = self.try_sign_up(email, role).await;
        let user = user.expect("signing up should work");
        Actor {
            id: user.id,
            role: user.role,
        }
    }

    async fn change_user(
        &self,
        actor: Actor,
        id: UserId,
        change: UserChange,
    ) -> Result<User, ManageUsersError> {
        let change_user = ChangeUser::new(self.users.clone(), self.clock.clone());
        change_user.execute(actor, id, change).await
    }
}

const DISABLE: UserChange = UserChange {
    role: None,
    disabled: Some(true),
};

#[tokio::test]
async fn admins_give_roles_and_disable_accounts() {
    let world = World::default();
    let admin = world.registered("admin@example.com", Role::Admin).await;
    let user = world.registered("ada@example.com", Role::User).await;
    let promote = UserChange {
        role: Some(Role::Agent),
        disabled: None,
    };
    let changed = world.change_user(admin, user.id, promote).await.unwrap();
    assert_eq!((changed.role, changed.disabled_at), (Role::Agent, None));
    let changed = world.change_user(admin, user.id, DISABLE).await.unwrap();
    assert_eq!(changed.disabled_at, Some(world.now()));
    // The first time counts.
    world.clock.advance(std::time::Duration::from_secs(9));
    assert_eq!(
        world.change_user(admin, user.id, DISABLE).await.unwrap(),
        changed
    );
}

#[tokio::test]
async fn nobody_else_manages_accounts() {
    let world = World::default();
    world.registered("admin@example.com", Role::Admin).await;
    for role in [Role::User, Role::Agent] {
        let actor = world.somebody(role);
        let user = world
            .registered(&format!("{}@example.com", role.as_str()), role)
            .await;
        for id in [user.id, actor.id, UserId::from_uuid(world.ids.generate())] {
            let refused = world.change_user(actor, id, DISABLE).await;
            assert!(matches!(refused, Err(ManageUsersError::Forbidden)));
        }
        let list = ListUsers::new(world.users.clone());
        let refused = list
            .execute(actor, UserFilter::default(), None, PageLimit::default())
            .await;
        assert!(matches!(refused, Err(ManageUsersError::Forbidden)));
    }
}

#[tokio::test]
async fn the_last_admin_stays() {
    let world = World::default();
    let admin = world.registered("admin@example.com", Role::Admin).await;
    let refused = world.change_user(admin, admin.id, DISABLE).await;
    assert!(matches!(refused, Err(ManageUsersError::LastAdmin(_))));
    let other = world.registered("other@example.com", Role::Admin).await;
    assert!(world.change_user(other, admin.id, DISABLE).await.is_ok());
    let refused = world.change_user(other, other.id, DISABLE).await;
    assert!(matches!(refused, Err(ManageUsersError::LastAdmin(_))));
}

#[tokio::test]
async fn an_unknown_account_is_not_found() {
    let world = World::default();
    let admin = world.registered("admin@example.com", Role::Admin).await;
    let unknown = UserId::from_uuid(world.ids.generate());
    let outcome = world.change_user(admin, unknown, DISABLE).await;
    assert!(matches!(outcome, Err(ManageUsersError::NotFound)));
}
