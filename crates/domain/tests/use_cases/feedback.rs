use std::time::Duration;

use domain::ids::{MessageId, TicketId};
use domain::message::{Feedback, FeedbackComment, Rating};
use domain::ports::{IdGenerator, MessageRepository as _};
use domain::use_cases::RateMessageError;
use domain::user::{Actor, Role};

use crate::world::World;

impl World {
    async fn rate(
        &self,
        actor: Actor,
        ticket: TicketId,
        message: MessageId,
        rating: Rating,
    ) -> Result<Feedback, RateMessageError> {
        let comment = FeedbackComment::parse("So it is.").expect("a comment");
        self.rate_message()
            .execute(actor, ticket, message, (rating, Some(comment)))
            .await
    }

    /// A ticket of the owner with an answer.
    async fn answered(&self, owner: Actor) -> (TicketId, MessageId) {
        let ticket = self.open_ticket(owner).await.id;
        self.answer(ticket, 1, "It takes a day.");
        let messages = self.tickets.messages();
        let answer = messages.last().expect("the answer");
        (ticket, answer.id)
    }

    async fn feedback_on(&self, message: MessageId) -> Option<Feedback> {
        let found = self.tickets.find(message).await.expect("the fake works");
        found.expect("the message exists").feedback
    }
}

#[tokio::test]
async fn the_owner_rates_an_answer_and_may_change_their_mind() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let (ticket, answer) = world.answered(ada).await;
    for rating in [Rating::Up, Rating::Down] {
        world.clock.advance(Duration::from_secs(1));
        let feedback = world.rate(ada, ticket, answer, rating).await.unwrap();
        assert_eq!(
            (feedback.rating, feedback.updated_at),
            (rating, world.now())
        );
        assert_eq!(world.feedback_on(answer).await, Some(feedback));
    }
    assert_eq!(world.find_ticket(ticket).await.version, 1);
}

#[tokio::test]
async fn nobody_but_the_owner_rates_whatever_their_role() {
    let world = World::default();
    let (ada, bob) = (world.somebody(Role::User), world.somebody(Role::User));
    let (agent, admin) = (world.somebody(Role::Agent), world.somebody(Role::Admin));
    let (ticket, answer) = world.answered(ada).await;
    for staff in [agent, admin] {
        let refused = world.rate(staff, ticket, answer, Rating::Up).await;
        assert!(matches!(refused, Err(RateMessageError::NotTheOwner)));
    }
    let refused = world.rate(bob, ticket, answer, Rating::Up).await;
    assert!(matches!(refused, Err(RateMessageError::NotFound)));
    assert_eq!(world.feedback_on(answer).await, None);

    let (ticket, answer) = world.answered(agent).await;
    let rated = world.rate(agent, ticket, answer, Rating::Up).await;
    assert!(rated.is_ok());
}

#[tokio::test]
async fn only_answers_on_the_ticket_itself_are_rated() {
    let world = World::default();
    let (ada, agent) = (world.somebody(Role::User), world.somebody(Role::Agent));
    let (ticket, _) = world.answered(ada).await;
    let (_, elsewhere) = world.answered(ada).await;
    let question = world.send(ada, ticket, "Really?").await.id;
    let refused = world.rate(ada, ticket, question, Rating::Up).await;
    assert!(matches!(refused, Err(RateMessageError::NotAnAnswer)));
    let note = world.note(agent, ticket, "A regular.").await.id;
    let unknown = MessageId::from_uuid(world.ids.generate());
    for message in [elsewhere, note, unknown] {
        let refused = world.rate(ada, ticket, message, Rating::Up).await;
        assert!(matches!(refused, Err(RateMessageError::NotFound)));
    }
}
