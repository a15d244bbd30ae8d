//! What the search among the filters of
//! [`TicketRepository::list`](domain::ports::TicketRepository::list) promises.

use domain::ids::TicketId;
use domain::message::Author;
use domain::page::PageLimit;
use domain::ticket::{
    Description, ExpectedVersion, Ticket, TicketChange, TicketFilter, TicketOrder, TicketSearch,
    TicketStatus, TicketUpdate, Title,
};
use domain::user::{Actor, Role};

use super::TicketStores;
use super::fixtures::{EMOJI, at, limit, note, open_ticket, public};

/// The cases of a search, part of `ticket_repository_contract`.
#[doc(hidden)]
#[macro_export]
macro_rules! ticket_search_contract {
    ($stores:expr) => {
        $crate::contract_cases!(
            ticket_search,
            $stores,
            [
                words_are_found_in_titles_descriptions_and_public_messages,
                internal_notes_are_not_searched,
                every_term_must_be_found_somewhere_in_the_ticket,
                a_phrase_must_be_found_as_it_is,
                words_are_found_in_other_forms_and_cases,
                accents_make_no_difference,
                the_last_word_may_be_the_beginning_of_one,
                numbers_addresses_and_compounds_are_found,
                what_has_no_words_finds_nothing,
                strange_searches_find_nothing_and_break_nothing,
                a_new_title_is_found_and_the_old_one_is_not,
                a_search_keeps_to_the_other_filters,
                what_fits_better_comes_first,
                a_search_may_be_listed_by_time,
                pages_by_relevance_show_every_ticket_once,
                the_longest_texts_are_searched,
            ]
        );
    };
}

const BY_RELEVANCE: TicketOrder = TicketOrder::Relevance { after: None };

fn search(q: &str) -> TicketFilter {
    TicketFilter {
        search: Some(TicketSearch::parse(q).expect("a search")),
        ..TicketFilter::default()
    }
}

impl TicketStores {
    async fn ticket_about(&self, title: &str, description: &str) -> Ticket {
        self.stored(Ticket {
            title: Title::parse(title).expect("a title"),
            description: Description::parse(description).expect("a description"),
            ..open_ticket(self.user(Role::User).await)
        })
        .await
    }

    /// What is found, the newest first, in whatever order it is listed.
    #[track_caller]
    fn finds(&self, q: &str, expected: &[&Ticket]) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        let mut expected: Vec<TicketId> = expected.iter().map(|ticket| ticket.id).collect();
        expected.sort();
        async move {
            for order in [BY_RELEVANCE, TicketOrder::default()] {
                let page = self.page(&search(q), order, PageLimit::MAX).await;
                let mut found: Vec<TicketId> = page.items.iter().map(|ticket| ticket.id).collect();
                found.sort();
                assert_eq!(found, expected, "{q:?} at {caller}, {order:?}");
            }
        }
    }
}

pub async fn words_are_found_in_titles_descriptions_and_public_messages(stores: TicketStores) {
    let ticket = stores
        .ticket_about("Broken zipper", "The jacket tore")
        .await;
    stores.ticket_about("Other", "Something else").await;
    stores.finds("zipper", &[&ticket]).await;
    stores.finds("jacket", &[&ticket]).await;
    stores.finds("warranty", &[]).await;
    stores.ask(&ticket, "Is there a warranty?").await;
    stores.finds("warranty", &[&ticket]).await;
    let agent = stores.user(Role::Agent).await;
    let answer = public(&ticket, Author::Agent(agent), "Send us the receipt.");
    stores.appended(answer).await;
    stores.finds("receipt", &[&ticket]).await;
}

pub async fn internal_notes_are_not_searched(stores: TicketStores) {
    let ticket = stores
        .ticket_about("Broken zipper", "The jacket tore")
        .await;
    let agent = stores.user(Role::Agent).await;
    stores
        .appended(note(&ticket, agent, "Fraudulent zipper"))
        .await;
    stores.finds("fraudulent", &[]).await;
    stores.finds("zipper fraudulent", &[]).await;
    stores.finds("zipper", &[&ticket]).await;
}

pub async fn every_term_must_be_found_somewhere_in_the_ticket(stores: TicketStores) {
    let both = stores
        .ticket_about("Broken zipper", "The jacket tore")
        .await;
    let one = stores.ticket_about("Broken lamp", "It flickers").await;
    stores.ask(&both, "Where is my parcel?").await;
    stores.finds("broken", &[&both, &one]).await;
    stores.finds("broken parcel", &[&both]).await;
    stores.finds("parcel jacket zipper", &[&both]).await;
    stores.finds("lamp jacket", &[]).await;
}

pub async fn a_phrase_must_be_found_as_it_is(stores: TicketStores) {
    let as_it_is = stores.ticket_about("Gift card", "A blue gift card").await;
    let apart = stores.ticket_about("Card", "It was a gift in a card").await;
    stores.finds("\"gift card\" ", &[&as_it_is]).await;
    stores.finds("gift card", &[&as_it_is, &apart]).await;
    stores.finds("blue \"gift card\"", &[&as_it_is]).await;
    // What ends one text and begins the next does not follow each other.
    for q in ["\"card gift\"", "\"card a blue\"", "\"card card\""] {
        stores.finds(q, &[]).await;
    }
}

pub async fn words_are_found_in_other_forms_and_cases(stores: TicketStores) {
    let ticket = stores.ticket_about("REFUNDS", "Two orders returned").await;
    for q in [
        "refund",
        "refunds",
        "Refunding",
        "order",
        "return",
        "ReTurns",
    ] {
        stores.finds(q, &[&ticket]).await;
    }
    stores.finds("refund it", &[&ticket]).await;
}

pub async fn accents_make_no_difference(stores: TicketStores) {
    let ticket = stores.ticket_about("Café crème", "Über uns").await;
    let decomposed = stores.ticket_about("Cafe\u{301}", "Nothing").await;
    for q in ["cafe", "CAFÉ", "cafe\u{301}"] {
        stores.finds(q, &[&ticket, &decomposed]).await;
    }
    stores.finds("uber creme", &[&ticket]).await;
    stores.finds("über", &[&ticket]).await;
}

pub async fn the_last_word_may_be_the_beginning_of_one(stores: TicketStores) {
    let ticket = stores.ticket_about("Shipping", "Delayed invoices").await;
    for q in [
        "sh",
        "ship",
        "shippi",
        "shipping",
        "delayed invoi",
        "shipping delay",
    ] {
        stores.finds(q, &[&ticket]).await;
    }
    for q in ["hipping", "invoi shipping", "\"invoi\"", "shippings x"] {
        stores.finds(q, &[]).await;
    }
}

pub async fn numbers_addresses_and_compounds_are_found(stores: TicketStores) {
    let ticket = stores
        .ticket_about(
            "Order A1-4711, 12.50 EUR",
            "Mail ada.lovelace@example.com or see https://shop.example/x_y?id=99",
        )
        .await;
    stores
        .ticket_about("Order A2 for 4712", "Mail ada and example")
        .await;
    for q in [
        "4711",
        "A1-4711",
        "12.50",
        "ada.lovelace@example.com",
        "lovelace@example",
        "https://shop.example/x_y",
        "shop.example",
        "99",
    ] {
        stores.finds(q, &[&ticket]).await;
    }
    stores.finds("4711-A1", &[]).await;
}

pub async fn what_has_no_words_finds_nothing(stores: TicketStores) {
    stores
        .ticket_about("The what, and how", "It is! 🦀 ... -- \"")
        .await;
    for q in [
        "the",
        "what and how",
        "🦀",
        "...",
        "\"",
        "\"the\"",
        "-",
        "*",
        "don't",
    ] {
        stores.finds(q, &[]).await;
    }
}

pub async fn strange_searches_find_nothing_and_break_nothing(stores: TicketStores) {
    stores.ticket_about("Ordinary", "An ordinary text").await;
    for q in [
        "\u{345}",
        "½",
        "ﷺ",
        "\u{2b9}",
        "a\u{345} \u{345}b",
        "zzz' OR 1=1 --",
        "zzz\\",
        "zzz:*",
        "zzz & | ! ( <->",
        "NEAR(zzz, 5)",
        "zzz NOT OR AND",
        "title : zzz",
        "^zzz",
        "{zzz}",
        "%_zzz",
        "\u{feff}",
        "\u{202e}zzz",
        "Ⅷ",
        "注文",
        "कार्य",
    ] {
        stores.finds(q, &[]).await;
    }
    stores.finds(&"z ".repeat(100), &[]).await;
    stores.finds(&"ﷺ".repeat(200), &[]).await;
    stores.finds(&EMOJI.repeat(200), &[]).await;
}

pub async fn a_new_title_is_found_and_the_old_one_is_not(stores: TicketStores) {
    let ticket = stores.ticket_about("Zipper", "The jacket tore").await;
    stores.ask(&ticket, "Please help").await;
    let change = TicketChange::Update {
        by: Actor {
            id: ticket.user_id,
            role: Role::User,
        },
        update: TicketUpdate {
            title: Some(Title::parse("Button").expect("a title")),
            ..TicketUpdate::default()
        },
        expected: ExpectedVersion::Any,
    };
    let changed = stores.tickets.change(ticket.id, change, at(50)).await;
    changed.expect("changed");
    stores.finds("zipper", &[]).await;
    stores.finds("button", &[&ticket]).await;
    stores.finds("button jacket help", &[&ticket]).await;
}

pub async fn a_search_keeps_to_the_other_filters(stores: TicketStores) {
    let mine = stores.ticket_about("Zipper", "Mine").await;
    let other = stores.ticket_about("Zipper", "Other").await;
    for (user_id, expected) in [(mine.user_id, &mine), (other.user_id, &other)] {
        let filter = TicketFilter {
            user_id: Some(user_id),
            status: Some(TicketStatus::Open),
            ..search("zipper")
        };
        for order in [BY_RELEVANCE, TicketOrder::default()] {
            let page = stores.page(&filter, order, PageLimit::MAX).await;
            assert_eq!(page.items, std::slice::from_ref(expected));
        }
        let closed = TicketFilter {
            status: Some(TicketStatus::Closed),
            ..filter
        };
        let page = stores.page(&closed, BY_RELEVANCE, PageLimit::MAX).await;
        assert_eq!(page.items, []);
    }
}

pub async fn what_fits_better_comes_first(stores: TicketStores) {
    let in_title = stores.ticket_about("Zipper", "Of the jacket").await;
    let often = stores
        .ticket_about("Jacket", "Zipper here, zipper there, zipper where?")
        .await;
    let once = stores
        .ticket_about("Jacket", "Pockets, buttons, a zipper and much more of that")
        .await;
    // So that the word is rare.
    for _ in 0..7 {
        stores
            .ticket_about("Lamp", "It flickers all the time")
            .await;
    }
    let page = stores
        .page(&search("zipper"), BY_RELEVANCE, PageLimit::MAX)
        .await;
    assert_eq!(page.items, [in_title, often, once]);
}

pub async fn a_search_may_be_listed_by_time(stores: TicketStores) {
    let mut given = Vec::new();
    for micros in 10..15 {
        let ticket = Ticket {
            created_at: at(micros),
            title: Title::parse("Zipper").expect("a title"),
            ..open_ticket(stores.user(Role::User).await)
        };
        given.insert(0, stores.stored(ticket).await);
        stores.ticket().await;
    }
    assert_eq!(stores.listed(&search("zipper")).await, given);
}

pub async fn pages_by_relevance_show_every_ticket_once(stores: TicketStores) {
    let mut given = Vec::new();
    for number in 0..9 {
        let text = "zipper ".repeat(1 + number % 3);
        given.push(stores.ticket_about("Jacket", &text).await.id);
    }
    let whole = stores
        .page(&search("zipper"), BY_RELEVANCE, PageLimit::MAX)
        .await;
    let whole: Vec<TicketId> = whole.items.iter().map(|ticket| ticket.id).collect();
    for size in [1, 2, 4] {
        let mut seen = Vec::new();
        let mut place = Some(BY_RELEVANCE);
        // Bounded, so that pages that never end fail too.
        for _ in 0..=given.len() {
            let Some(order) = place else { break };
            let page = stores.page(&search("zipper"), order, limit(size)).await;
            let again = stores.page(&search("zipper"), order, limit(size)).await;
            assert_eq!(page, again);
            seen.extend(page.items.iter().map(|ticket| ticket.id));
            place = page.next;
        }
        assert_eq!(seen, whole, "in pages of {size}");
    }
    let mut sorted = whole.clone();
    sorted.sort();
    given.sort();
    assert_eq!(sorted, given);
}

pub async fn the_longest_texts_are_searched(stores: TicketStores) {
    let numbers: Vec<String> = (0..2_000).map(|number| format!("{number:04}")).collect();
    let distinct = numbers.join(" ");
    let ticket = stores.ticket_about("Long", &distinct).await;
    let endless = EMOJI.repeat(Description::MAX_CHARS);
    stores.ticket_about("Emoji", &endless).await;
    stores
        .ticket_about("Word", &"x".repeat(Description::MAX_CHARS))
        .await;
    stores.finds("1999", &[&ticket]).await;
    stores.finds("\"0998 0999\"", &[&ticket]).await;
}
