use std::pin::Pin;

use domain::ids::UserId;
use domain::password::PasswordHash;
use domain::ports::{
    Clock as _, Credentials, MockSessionRepository, SessionRepository as _, UserRepository as _,
};
use domain::session::{RefreshSession, RefreshTokenDigest};
use domain::stream_token::TokenDigest;
use domain::user::{Email, Role, User};
use futures_util::FutureExt as _;
use testkit::fakes::{FixedClock, InMemoryAccounts};
use uuid::Uuid;

use super::*;

/// A watch over accounts in memory.
#[derive(Default)]
struct Scene {
    accounts: Arc<InMemoryAccounts>,
    clock: Arc<FixedClock>,
    watch: AccessWatch,
}

/// A stream that is open, until its reader should see no more.
struct Open(Pin<Box<dyn Future<Output = ()>>>);

impl Open {
    fn has_ended(&mut self) -> bool {
        self.0.as_mut().now_or_never().is_some()
    }
}

fn user_id(number: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(number))
}

fn session_id(number: u128) -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(number))
}

impl Scene {
    async fn person(&self, number: u128, role: Role) {
        let account = Credentials {
            user: User {
                id: user_id(number),
                email: Email::parse(&format!("{number}@example.com")).unwrap(),
                role,
                created_at: chrono::DateTime::UNIX_EPOCH,
                disabled_at: None,
            },
            password_hash: PasswordHash::new("hash"),
        };
        self.accounts.insert(&account).await.unwrap();
    }

    async fn sign_in(&self, person: u128, session: u128) {
        let mut family = [0; 32];
        family[..16].copy_from_slice(&session.to_be_bytes());
        let token = RefreshTokenDigest {
            family: TokenDigest::from_bytes(family),
            generation: TokenDigest::from_bytes([0; 32]),
        };
        let now = self.clock.now();
        let session = RefreshSession::new(session_id(session), user_id(person), token, now);
        let password = PasswordHash::new("hash");
        assert!(self.accounts.begin(&session, &password).await.unwrap());
    }

    fn has_role(&self, person: u128, role: Role) {
        let found = self
            .accounts
            .update(user_id(person), |user| user.role = role);
        assert!(found);
    }

    /// A reader, by that session, of what belongs to that person.
    fn open(&self, session: u128, owner: u128) -> Open {
        let lost = self.watch.lost(Reader {
            session: session_id(session),
            owner: user_id(owner),
        });
        Open(Box::pin(lost))
    }

    async fn look(&self) {
        let check = CheckAccess::new(self.accounts.clone(), self.clock.clone());
        self.watch.look(&check).await;
    }
}

#[tokio::test]
async fn the_end_of_a_session_ends_its_streams_and_no_others() {
    let scene = Scene::default();
    scene.person(1, Role::User).await;
    scene.sign_in(1, 10).await;
    scene.sign_in(1, 11).await;
    let mut ending = [scene.open(10, 1), scene.open(10, 1)];
    let mut going_on = scene.open(11, 1);
    scene.look().await;
    assert!(!ending.iter_mut().any(Open::has_ended));

    scene.accounts.end(session_id(10)).await.unwrap();
    scene.look().await;
    assert!(ending.iter_mut().all(Open::has_ended));
    assert!(!going_on.has_ended());

    scene.clock.advance(RefreshSession::LIFETIME);
    scene.look().await;
    assert!(going_on.has_ended(), "it expired");
}

#[tokio::test]
async fn an_agent_who_is_none_any_more_reads_on_only_what_is_their_own() {
    let scene = Scene::default();
    scene.person(1, Role::Agent).await;
    scene.sign_in(1, 10).await;
    let (mut own, mut other) = (scene.open(10, 1), scene.open(10, 2));
    for role in [Role::Admin, Role::Agent] {
        scene.has_role(1, role);
        scene.look().await;
        assert!(!own.has_ended() && !other.has_ended());
    }
    scene.has_role(1, Role::User);
    scene.look().await;
    assert!(other.has_ended());
    assert!(!own.has_ended());
}

/// What was found before somebody was let in says nothing about them.
#[tokio::test]
async fn whoever_gets_rights_back_reads_on_though_another_stream_is_still_to_end() {
    let scene = Scene::default();
    scene.person(1, Role::User).await;
    scene.sign_in(1, 10).await;
    let _former = scene.open(10, 2);
    scene.look().await;

    scene.has_role(1, Role::Agent);
    let mut again = scene.open(10, 2);
    assert!(!again.has_ended());
    scene.look().await;
    assert!(!again.has_ended());
    scene.has_role(1, Role::User);
    scene.look().await;
    assert!(again.has_ended());
}

#[tokio::test]
async fn a_store_that_is_away_ends_nothing_until_it_is_back() {
    let scene = Scene::default();
    scene.person(1, Role::User).await;
    scene.sign_in(1, 10).await;
    scene.sign_in(1, 11).await;
    let (mut ending, mut going_on) = (scene.open(10, 1), scene.open(11, 1));
    scene.accounts.end(session_id(10)).await.unwrap();
    scene.accounts.outage().begin();
    for _ in 0..3 {
        scene.look().await;
        assert!(!ending.has_ended() && !going_on.has_ended());
    }
    scene.accounts.outage().end();
    scene.look().await;
    assert!(ending.has_ended());
    assert!(!going_on.has_ended());
}

#[tokio::test]
async fn ten_thousand_readers_by_2500_sessions_cost_three_queries() {
    let watch = AccessWatch::default();
    let _open: Vec<_> = (0..10_000)
        .map(|number| {
            watch.lost(Reader {
                session: session_id(number % 2_500),
                owner: user_id(number),
            })
        })
        .collect();
    let mut sessions = MockSessionRepository::new();
    sessions
        .expect_find_users()
        .withf(|ids, _| ids.len() <= 1_000)
        .times(3)
        .returning(|_, _| Ok(Vec::new()));
    let check = CheckAccess::new(Arc::new(sessions), Arc::new(FixedClock::default()));
    watch.look(&check).await;
}

#[tokio::test]
async fn without_readers_nothing_is_asked() {
    let sessions = Arc::new(MockSessionRepository::new());
    let check = CheckAccess::new(sessions, Arc::new(FixedClock::default()));
    AccessWatch::default().look(&check).await;
}

#[tokio::test]
async fn whoever_reads_no_more_is_not_asked_about() {
    let scene = Scene::default();
    let leaving = scene.open(10, 1);
    let _staying = scene.open(11, 1);
    assert_eq!(scene.watch.present().len(), 2);
    drop(leaving);
    assert_eq!(scene.watch.present(), [(session_id(11), 1)]);
}

#[tokio::test]
async fn a_look_under_way_says_nothing_about_who_is_let_in_meanwhile() {
    let scene = Scene::default();
    scene.person(1, Role::User).await;
    scene.sign_in(1, 10).await;
    let mut before = scene.open(10, 1);
    let present = scene.watch.present();
    let mut meanwhile = scene.open(10, 1);
    scene.watch.tell(&present, &[]);
    assert!(!before.has_ended() && !meanwhile.has_ended());
    scene.watch.tell(&scene.watch.present(), &[]);
    assert!(before.has_ended() && meanwhile.has_ended());
}
