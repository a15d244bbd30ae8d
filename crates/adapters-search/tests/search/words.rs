//! Words that are not written as the article writes them.

use std::sync::Arc;

use adapters_search::{SearchLanguage, TantivyPassageSearch};
use domain::article::Article;
use domain::ports::PassageSearch as _;
use testkit::fakes::InMemoryArticleRepository;

use crate::{article, search};

pub(crate) fn shop() -> Vec<Article> {
    vec![
        article(
            1,
            "Refunds",
            "Refunds reach your bank account within five days.",
        ),
        article(
            2,
            "Invoices",
            "Download invoices from your profile, under Documents.",
        ),
        article(
            3,
            "Tracking a parcel",
            "The tracking link is in the e-mail we sent you.",
        ),
        article(4, "Café opening hours", "Our café in Tromsø opens at nine."),
        article(
            5,
            "Passwords and signing in",
            "Sign in, then choose a new password under Security.",
        ),
    ]
}

/// The title of the best passage that fits.
pub(crate) async fn answered_by(question: &str) -> Option<String> {
    let found = search(shop(), question, 4).await;
    let best = found.into_iter().find(|ranked| ranked.fits)?;
    Some(best.passage.title)
}

pub(crate) async fn assert_answered_by(title: &str, questions: &[&str]) {
    for question in questions {
        let answer = answered_by(question).await;
        assert_eq!(answer.as_deref(), Some(title), "{question}");
    }
}

#[tokio::test]
async fn misspelt_words_are_taken_for_what_they_were_meant_to_be() {
    assert_answered_by("Refunds", &["when do i get my refudn", "wheres my refundd"]).await;
    assert_answered_by("Invoices", &["downlod invocies", "invioce pls"]).await;
    assert_answered_by(
        "Passwords and signing in",
        &["new pasword", "a new passwrod"],
    )
    .await;
}

#[tokio::test]
async fn words_written_by_ear_are_taken_for_what_they_sound_like() {
    assert_answered_by(
        "Tracking a parcel",
        &["trak my parsel", "trakking my parcell"],
    )
    .await;
    assert_answered_by("Refunds", &["reefunds to my bank akount"]).await;
}

#[tokio::test]
async fn two_words_written_as_one_are_parted() {
    assert_answered_by("Tracking a parcel", &["wheres the trackinglink"]).await;
    assert_answered_by("Refunds", &["bankaccount refund"]).await;
}

#[tokio::test]
async fn words_that_some_article_has_are_not_corrected() {
    let articles = vec![
        article(1, "Stare", "How to stare."),
        article(2, "Store", "How to store."),
    ];
    let found = search(articles, "store", 4).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].passage.title, "Store");
}

#[tokio::test]
async fn short_words_and_other_beginnings_are_not_corrected() {
    let articles = vec![article(1, "Cards", "A card. Bikes.")];
    for question in ["cart", "likes", "hard"] {
        assert!(search(articles.clone(), question, 4).await.is_empty());
    }
}

#[tokio::test]
async fn accents_do_not_matter() {
    let questions = ["cafe in tromso", "CAFÉ Tromsø", "cafe\u{301} tromso\u{308}"];
    assert_answered_by("Café opening hours", &questions).await;
}

#[tokio::test]
async fn synonyms_are_found_phrases_too() {
    assert_answered_by(
        "Refunds",
        &["When do I get my money back?", "reimbursement"],
    )
    .await;
    assert_answered_by(
        "Tracking a parcel",
        &["track my package", "tracking a shipment"],
    )
    .await;
    assert_answered_by("Passwords and signing in", &["log in"]).await;
}

#[tokio::test]
async fn stop_words_alone_find_nothing() {
    for question in ["what is it that you have", "why do we", "is there any?"] {
        assert!(search(shop(), question, 4).await.is_empty(), "{question}");
    }
}

#[tokio::test]
async fn what_no_article_answers_fits_none() {
    for question in [
        "Do you sell zebras?",
        "Who won the match last night?",
        "My neighbour is loud. What can I do?",
        "Wie wird das Wetter?",
    ] {
        assert_eq!(answered_by(question).await, None, "{question}");
    }
}

#[tokio::test]
async fn other_languages_have_their_word_forms() {
    let articles = vec![
        article(1, "Rückerstattungen", "Rückerstattungen dauern fünf Tage."),
        article(2, "Rechnungen", "Alle Rechnungen liegen im Konto."),
    ];
    let store = Arc::new(InMemoryArticleRepository::holding(articles));
    let german = SearchLanguage::from_name("german").expect("a language");
    let search = TantivyPassageSearch::new(store, german);
    let found = search.search("Wo ist die Rechnung?", 4).await;
    let found = found.expect("found");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].fits);
    assert_eq!(found[0].passage.title, "Rechnungen");
}

#[tokio::test]
async fn verbs_are_found_in_all_their_forms() {
    let articles = vec![
        article(1, "Broken things", "If something breaks, tell us."),
        article(2, "Selling", "We sell what you send."),
    ];
    for (question, title) in [("Mine broke", "Broken things"), ("What I sent", "Selling")] {
        let found = search(articles.clone(), question, 4).await;
        assert_eq!(found[0].passage.title, title, "{question}");
    }
}
