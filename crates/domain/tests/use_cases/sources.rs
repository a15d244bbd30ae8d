use std::sync::Arc;

use domain::article::{Passage, RankedPassage, Slug};
use domain::ids::{ArticleId, TicketId};
use domain::ports::{IdGenerator, RepositoryError};
use domain::prompt::PromptLimits;
use domain::ticket::Ticket;
use domain::use_cases::PrepareReplyError;
use domain::user::Role;
use testkit::fakes::FixedPassageSearch;

use crate::briefs::system_turn;
use crate::world::{World, new_ticket};

fn found(number: u128, heading: Option<&str>, text: &str) -> RankedPassage {
    RankedPassage {
        passage: Passage {
            article_id: ArticleId::from_uuid(uuid::Uuid::from_u128(number)),
            slug: Slug::of_id(ArticleId::from_uuid(uuid::Uuid::from_u128(number))),
            title: format!("Article {number}"),
            heading: heading.map(str::to_owned),
            text: text.to_owned(),
            url: Some(format!("https://help.example/{number}")),
        },
        score: 1.0,
        fits: true,
    }
}

#[tokio::test]
async fn passages_are_numbered_in_the_prompt_as_in_the_sources() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let ticket = world.open_ticket(ada).await;
    let passages = vec![
        found(7, Some("How long"), "Three days."),
        found(8, None, "{{ no_template }} & <b>"),
    ];
    let search = Arc::new(FixedPassageSearch::finding(passages.clone()));
    let brief = world
        .try_prepare(&search, PromptLimits::default(), &ticket, None)
        .await
        .unwrap();
    let system = system_turn(&brief.request);
    assert!(
        system.contains("[1] Article 7 – How long\nThree days.\n"),
        "{system}"
    );
    assert!(
        system.ends_with("[2] Article 8\n{{ no_template }} & <b>"),
        "{system}"
    );
    assert_eq!(brief.request.passages, passages);

    let shown: Vec<_> = brief
        .record
        .sources
        .iter()
        .map(|source| (source.number, source.title.as_str(), source.url.as_deref()))
        .collect();
    assert_eq!(
        shown,
        [
            (1, "Article 7", Some("https://help.example/7")),
            (2, "Article 8", Some("https://help.example/8")),
        ]
    );
    assert_eq!(
        (
            brief.record.template.name.as_str(),
            brief.record.template.version
        ),
        ("default", 1)
    );
}

#[tokio::test]
async fn without_passages_the_model_is_told_that_there_are_none() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let ticket = world.open_ticket(ada).await;
    let request = world.request(&ticket, None).await;
    assert!(system_turn(&request).ends_with("Help articles:\n(none found)"));
    assert!(request.passages.is_empty());
}

#[tokio::test]
async fn articles_are_searched_for_the_subject_and_the_newest_question() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let ticket = world.open(ada, new_ticket("Refund", "How long?")).await;
    world.send(ada, ticket.id, "Earlier").await;
    let question = world.send(ada, ticket.id, "By card too?").await.id;
    let search = Arc::new(FixedPassageSearch::nothing());
    for question in [None, Some(question)] {
        world
            .try_prepare(&search, PromptLimits::default(), &ticket, question)
            .await
            .unwrap();
    }
    assert_eq!(
        search.questions(),
        ["Refund\nHow long?", "Refund\nBy card too?"]
    );
}

#[tokio::test]
async fn a_question_that_is_gone_cannot_be_answered() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let ticket = world.open_ticket(ada).await;
    let elsewhere = world.open_ticket(ada).await;
    let foreign = world.send(ada, elsewhere.id, "Not of this ticket").await.id;
    let missing = Ticket {
        id: TicketId::from_uuid(world.ids.generate()),
        ..ticket.clone()
    };
    let search = Arc::new(FixedPassageSearch::nothing());
    for (ticket, question) in [(&missing, None), (&ticket, Some(foreign))] {
        let outcome = world
            .try_prepare(&search, PromptLimits::default(), ticket, question)
            .await;
        assert!(matches!(outcome, Err(PrepareReplyError::QuestionGone)));
    }
}

#[tokio::test]
async fn a_search_that_is_away_is_no_reason_to_answer_without_articles() {
    let world = World::default();
    let ada = world.somebody(Role::User);
    let ticket = world.open_ticket(ada).await;
    let search = Arc::new(FixedPassageSearch::nothing());
    search.outage().begin();
    let outcome = world
        .try_prepare(&search, PromptLimits::default(), &ticket, None)
        .await;
    assert!(matches!(
        outcome,
        Err(PrepareReplyError::Repository(RepositoryError::Unavailable(
            _
        )))
    ));
}
