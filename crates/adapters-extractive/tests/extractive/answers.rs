use adapters_extractive::ExtractiveChatModel;
use domain::article::{Passage, RankedPassage, Slug};
use domain::ids::ArticleId;
use domain::ports::{ChatChunk, ChatModel, ChatRequest, ChatRole, ChatTurn, Finish};
use domain::reply::FinishReason;
use futures_util::StreamExt;
use uuid::Uuid;

fn passage(article: u128, title: &str, text: &str) -> RankedPassage {
    RankedPassage {
        passage: Passage {
            article_id: ArticleId::from_uuid(Uuid::from_u128(article)),
            slug: Slug::of_id(ArticleId::from_uuid(Uuid::from_u128(article))),
            title: title.to_owned(),
            heading: None,
            text: text.to_owned(),
            url: None,
        },
        score: 1.0,
        fits: true,
    }
}

fn unfit(ranked: RankedPassage) -> RankedPassage {
    RankedPassage {
        fits: false,
        ..ranked
    }
}

/// The pieces of the answer with the passages that they tell of, and how it ended.
async fn chunks(passages: Vec<RankedPassage>) -> (Vec<(String, Option<usize>)>, Finish) {
    let request = ChatRequest {
        turns: vec![ChatTurn {
            role: ChatRole::User,
            content: "How do refunds work?".to_owned(),
        }],
        max_completion_tokens: 1_024,
        passages,
    };
    let stream = ExtractiveChatModel::default().stream_reply(request).await;
    let mut chunks: Vec<_> = stream
        .expect("it needs nothing that could be away")
        .map(|chunk| chunk.expect("it cannot break off"))
        .collect()
        .await;
    let finish = match chunks.pop() {
        Some(ChatChunk::Finished(finish)) => finish,
        other => panic!("the end should come last: {other:?}"),
    };
    let pieces = chunks.into_iter().map(|chunk| match chunk {
        ChatChunk::Text(text) => (text, None),
        ChatChunk::Quote { text, source } => (text, Some(source)),
        other => panic!("only text should come before the end: {other:?}"),
    });
    (pieces.collect(), finish)
}

async fn stream(passages: Vec<RankedPassage>) -> (Vec<String>, Finish) {
    let (pieces, finish) = chunks(passages).await;
    (pieces.into_iter().map(|(text, _)| text).collect(), finish)
}

async fn answer(passages: Vec<RankedPassage>) -> (String, bool) {
    let (pieces, finish) = stream(passages).await;
    (pieces.concat(), finish.hands_off)
}

#[tokio::test]
async fn the_best_passage_that_fits_is_quoted_under_its_title() {
    let (text, hands_off) = answer(vec![
        unfit(passage(1, "Shipping", "Not this.")),
        passage(2, "Refunds", "Within three days."),
    ])
    .await;
    assert_eq!(
        text,
        "Our help article \"Refunds\" says:\n\n\
         > Within three days.\n\n\
         If this does not answer your question, tell me more, or ask for a person."
    );
    assert!(!hands_off);
}

#[tokio::test]
async fn heading_link_and_another_fitting_article_are_named() {
    let mut best = passage(1, "Refunds", "Within three days.");
    best.passage.heading = Some("How long they take".to_owned());
    best.passage.url = Some("https://help.example/refunds".to_owned());
    let (text, _) = answer(vec![
        best,
        passage(1, "Refunds", "Another part of the same."),
        unfit(passage(2, "Shipping", "Not this.")),
        passage(3, "Warranty", "Two years."),
        passage(4, "Opening hours", "We are open."),
    ])
    .await;
    assert_eq!(
        text,
        "Our help article \"Refunds\" says under \"How long they take\":\n\n\
         > Within three days.\n\n\
         You can read the whole article here: <https://help.example/refunds>\n\n\
         The article \"Warranty\" may help you too.\n\n\
         If this does not answer your question, tell me more, or ask for a person."
    );
}

#[tokio::test]
async fn what_tells_of_a_passage_says_of_which() {
    let mut another = passage(3, "Warranty", "Two years.");
    another.passage.url = Some("https://help.example/warranty".to_owned());
    let (pieces, _) = chunks(vec![
        unfit(passage(1, "Shipping", "Not this.")),
        passage(2, "Refunds", "Press [7]."),
        another,
    ])
    .await;
    let of = |number: Option<usize>| -> String {
        let of_it = pieces.iter().filter(|(_, source)| *source == number);
        of_it.map(|(text, _)| text.as_str()).collect()
    };
    assert_eq!(
        of(Some(2)),
        "Our help article \"Refunds\" says:\n\n> Press [7].\n\n"
    );
    assert_eq!(
        of(Some(3)),
        "The article \"Warranty\" may help you too: <https://help.example/warranty>\n\n"
    );
    assert!(of(None).starts_with("If this"), "{}", of(None));
}

#[tokio::test]
async fn every_line_of_a_list_stays_quoted() {
    let body = "Do this:\n\n1. Ask.\n2. Wait.\n   - Or not.\n\nDone.";
    let (text, _) = answer(vec![passage(1, "Refunds", body)]).await;
    let quoted = "> Do this:\n>\n> 1. Ask.\n> 2. Wait.\n>    - Or not.\n>\n> Done.\n\n";
    assert!(text.contains(quoted), "{text}");
}

#[tokio::test]
async fn a_long_passage_is_cut_to_the_size_of_an_answer() {
    let long = "All work and no play.\n".repeat(10_000);
    let (text, _) = answer(vec![passage(1, "Refunds", &long)]).await;
    assert!(text.len() < 6_000, "{}", text.len());
    assert!(text.contains("> All work and no play.\n> […]\n\nIf this"));
}

#[tokio::test]
async fn the_answer_streams_word_by_word_and_then_ends() {
    let (pieces, finish) = stream(vec![passage(1, "Refunds", "Within\n\nthree days.")]).await;
    assert!(pieces.len() > 10);
    assert!(
        pieces
            .iter()
            .all(|piece| { !piece.is_empty() && !piece.trim_end().contains(char::is_whitespace) })
    );
    assert_eq!(
        finish,
        Finish {
            reason: FinishReason::Stop,
            usage: None,
            model: Some("extractive".to_owned()),
            hands_off: false,
        }
    );
    assert_eq!(ExtractiveChatModel::default().name(), "extractive");
}

#[tokio::test]
async fn when_nothing_fits_it_says_so_and_hands_off() {
    for passages in [vec![], vec![unfit(passage(1, "Shipping", "Not this."))]] {
        let (pieces, finish) = stream(passages).await;
        let text = pieces.concat();
        assert!(text.contains("could not find anything"), "{text}");
        assert!(text.contains("A person"), "{text}");
        assert!(!text.contains("Shipping") && !text.contains("Not this"));
        assert!(finish.hands_off);
        assert_eq!(finish.reason, FinishReason::Stop);
    }
}
