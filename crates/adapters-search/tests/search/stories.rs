//! Tickets that tell a story around what they ask.

use crate::search;
use crate::words::{answered_by, assert_answered_by, shop};

/// It asks nothing, but has words of an article, and many that are of none.
const STORY: &str = "Every Sunday I sit in the kitchen and download one invoice after the other \
    from my profile. A profile full of documents is a joy, and a document that is an invoice is \
    a double one. My husband loves the green jacket more. Last summer we walked across half of \
    Norway, in the rain of course, with three donkeys and a violin.";

/// It has no words of an article at all.
const CHATTER: &str = "My husband loves the green jacket more than me. Last summer we walked across \
    half of Norway, in the rain of course, with three donkeys and a violin. Grandmother baked a \
    cake of seven layers, and the neighbours played cards until midnight. Our donkeys are brown, \
    stubborn, and fond of carrots. The violin broke on a glacier. It snowed.";

#[tokio::test]
async fn the_question_in_a_long_ticket_is_found() {
    let ticket = "Dear all! We have been customers since our wedding, my husband loves the \
        green jacket and our dog sleeps on it. Last summer we walked across half of Norway, in the \
        rain of course. Our neighbour says hello as well. We sent back the tent on Monday, as it \
        was too heavy for two old people. When will the refund be on my bank account? We are away \
        until Sunday, so take your time. Greetings from the north, Ada and Bob";
    assert_answered_by("Refunds", &[ticket]).await;
}

#[tokio::test]
async fn what_is_asked_counts_more_than_what_is_told() {
    let told = "I keep invoices. We are happy people. It was nice.";
    for asked in [
        "When do refunds come?",
        "When do refunds come",
        "Please tell me about refunds.",
    ] {
        let ticket = format!("{told} {asked}\nThanks!");
        let found = search(shop(), &format!("Hello\n{ticket}"), 1).await;
        assert_eq!(found[0].passage.title, "Refunds", "{ticket}");
    }
}

#[tokio::test]
async fn what_is_asked_may_be_told_just_before() {
    let ticket = "I still download my invoices from the profile. We were happy, and so were \
        our two dogs. There is a refund to my bank. Is it on its way?";
    let found = search(shop(), ticket, 1).await;
    assert_eq!(found[0].passage.title, "Refunds", "{found:?}");
}

#[tokio::test]
async fn a_story_is_answered_by_its_favourite_or_not_at_all() {
    let told = "I was happy. I download invoices from the documents of my profile, and signing in \
        works.";
    let found = search(shop(), &format!("{told} Are refunds nice?"), 4).await;
    assert_eq!(found[0].passage.title, "Invoices", "{found:?}");
    let found: Vec<_> = found.into_iter().filter(|ranked| ranked.fits).collect();
    assert!(
        found
            .iter()
            .all(|ranked| ranked.passage.title == "Invoices"),
        "{found:?}"
    );
    let found = search(shop(), "Are refunds nice?", 4).await;
    assert!(found[0].fits, "{found:?}");
}

#[tokio::test]
async fn what_is_asked_is_answered_whatever_the_story_is_about() {
    for more in [
        "",
        " So I like each document and each invoice in my profile.",
    ] {
        let ticket = format!("{STORY}{more} When do refunds come? Have a nice day, documents!");
        assert_answered_by("Refunds", &[&ticket]).await;
    }
}

#[tokio::test]
async fn a_question_needs_no_mark() {
    for asked in [
        "So my question how long do refunds take to the bank",
        "And the bank account is there so when do i get the refund.",
    ] {
        assert_answered_by("Refunds", &[&format!("{STORY} {asked}")]).await;
    }
}

#[tokio::test]
async fn the_subject_may_be_all_that_asks() {
    let ticket = format!("When do refunds reach my bank account?\n{STORY}");
    assert_answered_by("Refunds", &[&ticket]).await;
    // What is asked below it is asked instead.
    let ticket = format!("{ticket} How do I choose a new password for signing in?");
    assert_answered_by("Passwords and signing in", &[&ticket]).await;
}

#[tokio::test]
async fn a_trouble_may_be_told_without_a_question() {
    let ticket = format!("{CHATTER} The refund is not on my bank account.");
    assert_answered_by("Refunds", &[&ticket]).await;
    assert_eq!(answered_by(CHATTER).await, None);
}

#[tokio::test]
async fn what_is_asked_and_what_is_told_before_it_are_answered_together() {
    let ticket = format!("{CHATTER} The refund is late. Has the bank lost it in the snow?");
    assert_answered_by("Refunds", &[&ticket]).await;
}
