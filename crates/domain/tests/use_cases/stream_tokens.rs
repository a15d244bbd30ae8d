use std::sync::Arc;
use std::time::Duration;

use domain::ids::SessionId;
use domain::ports::{Clock as _, MockOpaqueTokens, MockStreamTokenRepository, OpaqueToken};
use domain::stream_token::{Admission, StreamToken, TokenDigest};
use domain::use_cases::{Authenticated, IssueStreamToken, IssueStreamTokenError};
use domain::user::{Actor, Role};
use uuid::Uuid;

use crate::world::World;

const DIGEST: TokenDigest = TokenDigest::from_bytes([7; 32]);

/// That person, signed in.
fn by(actor: Actor) -> Authenticated {
    Authenticated {
        actor,
        session: SessionId::from_uuid(Uuid::from_u128(6)),
    }
}

fn issue(world: &World, kept: MockStreamTokenRepository) -> IssueStreamToken {
    let mut tokens = MockOpaqueTokens::new();
    tokens.expect_generate().returning(|| {
        Ok(OpaqueToken {
            secret: "not-a-real-secret".to_owned(),
            digest: DIGEST,
        })
    });
    IssueStreamToken::new(
        world.tickets.clone(),
        Arc::new(kept),
        Arc::new(tokens),
        world.clock.clone(),
    )
}

#[tokio::test]
async fn a_token_is_kept_as_its_digest_alone() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let ticket = world.open_ticket(ada).await;
    let expected = StreamToken {
        digest: DIGEST,
        user_id: ada.id,
        session_id: by(ada).session,
        ticket_id: ticket.id,
        expires_at: world.now() + Duration::from_mins(1),
        reply_id: None,
    };
    let mut kept = MockStreamTokenRepository::new();
    kept.expect_insert()
        .withf(move |token| *token == expected)
        .times(1)
        .returning(|_| Ok(true));
    let token = issue(&world, kept)
        .execute(by(ada), ticket.id)
        .await
        .expect("a token");
    assert_eq!(token.secret, "not-a-real-secret");
}

#[tokio::test]
async fn nobody_gets_a_token_for_another_customers_ticket() {
    let world = World::default();
    let (ada, bob) = (world.somebody(Role::User), world.somebody(Role::User));
    let ticket = world.open_ticket(ada).await;
    let refused = issue(&world, MockStreamTokenRepository::new())
        .execute(by(bob), ticket.id)
        .await;
    assert!(matches!(refused, Err(IssueStreamTokenError::NotFound)));
}

#[tokio::test]
async fn a_session_that_ends_meanwhile_gets_no_token() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let ticket = world.open_ticket(ada).await;
    let mut kept = MockStreamTokenRepository::new();
    kept.expect_insert().times(1).returning(|_| Ok(false));
    let refused = issue(&world, kept).execute(by(ada), ticket.id).await;
    assert!(matches!(refused, Err(IssueStreamTokenError::SessionOver)));
}

#[test]
fn an_unused_token_is_good_for_a_minute() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let ticket_id = domain::ids::TicketId::from_uuid(ada.id.as_uuid());
    let token = StreamToken::new(DIGEST, ada.id, by(ada).session, ticket_id, world.now());
    let last = world.now() + Duration::from_mins(1) - Duration::from_micros(1);
    assert_eq!(token.admits(None, last), Some(Admission::Open));
    world.clock.advance(StreamToken::LIFETIME);
    assert_eq!(token.admits(None, world.clock.now()), None);
}

#[tokio::test]
async fn a_used_token_lets_its_own_reply_be_continued_until_an_hour_after_its_end() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let ticket = world.open_ticket(ada).await;
    let mut reply = world.reply(&ticket, None);
    let mut token = StreamToken::new(DIGEST, ada.id, by(ada).session, ticket.id, world.now());
    token.reply_id = Some(reply.id);
    let ended_at = world.now() + Duration::from_hours(30);
    let continued = Some(Admission::Continue(reply.id));
    assert_eq!(token.admits(Some(&reply), ended_at), continued);

    reply.ended_at = Some(ended_at);
    let last = ended_at + Duration::from_hours(1) - Duration::from_micros(1);
    assert_eq!(token.admits(Some(&reply), last), continued);
    let over = ended_at + Duration::from_hours(1);
    assert_eq!(token.admits(Some(&reply), over), None);

    assert_eq!(token.admits(None, world.now()), None, "its reply is gone");
    let other = world.reply(&ticket, None);
    assert_eq!(token.admits(Some(&other), world.now()), None);
}
