use std::sync::Arc;

use domain::handoff::HandoffReason;
use domain::ids::MessageId;
use domain::prompt::PromptLimits;
use domain::ticket::Ticket;
use domain::user::Role;
use testkit::fakes::FixedPassageSearch;

use crate::world::{World, new_ticket};

impl World {
    /// Why the question is handed off, by the rules as they come.
    async fn reason(&self, ticket: &Ticket, question: Option<MessageId>) -> Option<HandoffReason> {
        let search = Arc::new(FixedPassageSearch::nothing());
        let brief = self
            .try_prepare(&search, PromptLimits::default(), ticket, question)
            .await;
        let brief = brief.expect("preparing should work");
        brief.handoff.map(|handoff| handoff.reason)
    }
}

#[tokio::test]
async fn a_tickets_title_and_description_may_ask_for_a_person() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    for (title, description, reason) in [
        (
            "Real person please",
            "My parcel is late.",
            Some(HandoffReason::Requested),
        ),
        (
            "Parcel",
            "Let me talk to a human",
            Some(HandoffReason::Requested),
        ),
        ("Human resources", "Where do I apply?", None),
    ] {
        let ticket = world.open(ada, new_ticket(title, description)).await;
        assert_eq!(world.reason(&ticket, None).await, reason, "{title}");
    }
}

#[tokio::test]
async fn of_later_questions_only_the_newest_counts() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let ticket = world
        .open(ada, new_ticket("Parcel", "Let me talk to a human"))
        .await;
    let question = world
        .send(ada, ticket.id, "It is found, thanks. What of the invoice?")
        .await;
    assert_eq!(world.reason(&ticket, Some(question.id)).await, None);
    let question = world.send(ada, ticket.id, "An agent, please.").await;
    let reason = world.reason(&ticket, Some(question.id)).await;
    assert_eq!(reason, Some(HandoffReason::Requested));
}
