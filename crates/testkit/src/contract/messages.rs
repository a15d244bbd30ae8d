//! The contract of [`MessageRepository`](domain::ports::MessageRepository).

use std::sync::Arc;

use domain::handoff::{Handoff, HandoffReason};
use domain::ids::{MessageId, TicketId};
use domain::message::{
    Audience, Author, Feedback, FeedbackComment, Message, MessageText, NewMessage, Rating,
    Visibility,
};
use domain::page::PageLimit;
use domain::ports::{AppendMessageError, RepositoryError};
use domain::ticket::{Ticket, TicketRefusal, TicketStatus};
use domain::user::Role;
use tokio::task::JoinSet;

use super::TicketStores;
use super::fixtures::{EMOJI, MANY, at, limit, note, open_ticket, public, uuid};

/// One test for each promise of `MessageRepository`, over an expression that gives fresh
/// [`TicketStores`].
#[macro_export]
macro_rules! message_repository_contract {
    ($stores:expr) => {
        $crate::contract_cases!(
            messages,
            $stores,
            [
                every_field_of_a_message_comes_back,
                times_of_messages_are_exact_to_the_microsecond,
                the_longest_message_with_emoji_is_kept,
                positions_rise_by_one_from_one_in_each_ticket,
                many_messages_at_once_get_positions_without_gaps,
                a_message_id_that_exists_conflicts_and_leaves_nothing_behind,
                nothing_is_appended_to_an_unknown_ticket,
                an_agents_message_answers_and_a_customers_message_reopens,
                a_closed_ticket_takes_no_public_message,
                messages_are_listed_oldest_first_in_pages,
                internal_notes_are_hidden_from_customers,
                a_ticket_is_opened_with_the_first_of_its_messages,
                the_newest_public_messages_come_oldest_first,
                an_unknown_ticket_has_no_messages,
                a_message_is_found_by_its_id,
                feedback_comes_back_wherever_its_message_is_shown,
                later_feedback_replaces_earlier,
                an_unknown_message_is_not_rated,
            ]
        );
    };
}

pub async fn every_field_of_a_message_comes_back(stores: TicketStores) {
    let ticket = stores.ticket().await;
    let agent = stores.user(Role::Agent).await;
    let mut returned = Vec::new();
    for (position, new) in (1..).zip([
        public(&ticket, Author::Customer(ticket.user_id), "  Hello?\r\n"),
        public(&ticket, Author::Agent(agent), "Hello."),
        note(&ticket, agent, "Seems lost."),
    ]) {
        let message = stores.appended(new.clone()).await;
        let expected = Message {
            id: new.id,
            ticket_id: new.ticket_id,
            position,
            author: new.author,
            content: new.text.into(),
            visibility: new.visibility,
            in_reply_to: None,
            reply_id: None,
            is_complete: true,
            created_at: new.created_at,
            sources: Vec::new(),
            feedback: None,
        };
        assert_eq!(message, expected);
        returned.push(message);
    }
    assert_eq!(stores.all_messages(ticket.id).await, returned);
}

pub async fn times_of_messages_are_exact_to_the_microsecond(stores: TicketStores) {
    let ticket = stores.ticket().await;
    let author = Author::Customer(ticket.user_id);
    // Positions order messages, clocks do not: the times may run backwards.
    let times = [999_999, 1, 0].map(at);
    for created_at in times {
        let message = public(&ticket, author, "now");
        stores
            .appended(NewMessage {
                created_at,
                ..message
            })
            .await;
    }
    let kept = stores.all_messages(ticket.id).await;
    let kept: Vec<_> = kept.iter().map(|message| message.created_at).collect();
    assert_eq!(kept, times);
}

pub async fn the_longest_message_with_emoji_is_kept(stores: TicketStores) {
    let ticket = stores.ticket().await;
    let text = EMOJI.repeat(MessageText::MAX_CHARS);
    let message = stores.ask(&ticket, &text).await;
    assert_eq!(message.content, text);
    assert_eq!(stores.all_messages(ticket.id).await, [message]);
}

pub async fn positions_rise_by_one_from_one_in_each_ticket(stores: TicketStores) {
    let (one, other) = (stores.ticket().await, stores.ticket().await);
    for position in 1..=3 {
        assert_eq!(stores.ask(&one, "one").await.position, position);
        assert_eq!(stores.ask(&other, "other").await.position, position);
    }
}

pub async fn many_messages_at_once_get_positions_without_gaps(stores: TicketStores) {
    let ticket = stores.ticket().await;
    let mut appends = JoinSet::new();
    for number in 0..MANY {
        let messages = Arc::clone(&stores.messages);
        let author = Author::Customer(ticket.user_id);
        let message = public(&ticket, author, &number.to_string());
        appends.spawn(async move { messages.append(message).await.expect("appended") });
    }
    let mut returned = appends.join_all().await;
    returned.sort_by_key(|message| message.position);
    assert_eq!(stores.all_messages(ticket.id).await, returned);
    let gaps = (1..)
        .zip(&returned)
        .find(|(position, message)| message.position != *position);
    assert_eq!(gaps, None);
}

pub async fn a_message_id_that_exists_conflicts_and_leaves_nothing_behind(stores: TicketStores) {
    let ticket = stores.ticket().await;
    let first = stores.ask(&ticket, "first").await;
    let before = stores.found(ticket.id).await;
    let second = NewMessage {
        id: first.id,
        ..public(&ticket, Author::Customer(ticket.user_id), "second")
    };
    let refusal = stores.messages.append(second).await;
    assert!(matches!(
        refusal,
        Err(AppendMessageError::Repository(RepositoryError::Conflict))
    ));
    assert_eq!(stores.all_messages(ticket.id).await, [first]);
    assert_eq!(stores.found(ticket.id).await, before);
}

pub async fn nothing_is_appended_to_an_unknown_ticket(stores: TicketStores) {
    let known = stores.ticket().await;
    let ticket_id = TicketId::from_uuid(uuid());
    let message = public(&known, Author::Customer(known.user_id), "lost");
    let refusal = stores
        .messages
        .append(NewMessage {
            ticket_id,
            ..message
        })
        .await;
    assert!(matches!(refusal, Err(AppendMessageError::NotFound)));
    assert_eq!(stores.all_messages(ticket_id).await, []);
}

pub async fn an_agents_message_answers_and_a_customers_message_reopens(stores: TicketStores) {
    let ticket = stores.ticket().await;
    let agent = stores.user(Role::Agent).await;
    stores
        .appended(public(&ticket, Author::Agent(agent), "Try again."))
        .await;
    let answered = Ticket {
        status: TicketStatus::Pending,
        assistant_enabled: false,
        handoff: Some(Handoff {
            reason: HandoffReason::Agent,
            at: at(3),
        }),
        updated_at: at(3),
        version: 2,
        ..ticket
    };
    assert_eq!(stores.found(answered.id).await, answered);

    stores.ask(&answered, "It did not help.").await;
    let reopened = Ticket {
        status: TicketStatus::Open,
        version: 3,
        ..answered
    };
    assert_eq!(stores.found(reopened.id).await, reopened);
}

pub async fn a_closed_ticket_takes_no_public_message(stores: TicketStores) {
    let agent = stores.user(Role::Agent).await;
    let closed = Ticket {
        status: TicketStatus::Closed,
        ..open_ticket(stores.user(Role::User).await)
    };
    let ticket = stores.stored(closed).await;
    for author in [Author::Customer(ticket.user_id), Author::Agent(agent)] {
        let refusal = stores
            .messages
            .append(public(&ticket, author, "hello"))
            .await;
        assert!(matches!(
            refusal,
            Err(AppendMessageError::Refused(TicketRefusal::Closed))
        ));
    }
    assert_eq!(stores.found(ticket.id).await, ticket);
    let note = stores.appended(note(&ticket, agent, "Spam.")).await;
    assert_eq!(stores.all_messages(ticket.id).await, [note]);
}

pub async fn messages_are_listed_oldest_first_in_pages(stores: TicketStores) {
    let ticket = stores.ticket().await;
    let mut given = Vec::new();
    for number in 0..7 {
        given.push(stores.ask(&ticket, &number.to_string()).await);
    }
    for size in [1, 3, 7, 100] {
        let mut seen = Vec::new();
        let mut after = None;
        // Bounded, so that pages that never end fail too.
        for _ in 0..=given.len() {
            let page = stores
                .messages
                .list(ticket.id, Audience::Customer, after, limit(size))
                .await
                .expect("listed");
            seen.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, given, "in pages of {size}");
    }
}

pub async fn internal_notes_are_hidden_from_customers(stores: TicketStores) {
    let (ticket, shown) = conversation_with_notes(&stores).await;
    let staff = stores.all_messages(ticket.id).await;
    assert_eq!(staff.len(), 6);
    // A page is filled with what its reader sees.
    let page = stores
        .messages
        .list(ticket.id, Audience::Customer, None, limit(2))
        .await
        .expect("listed");
    let rest = stores
        .messages
        .list(ticket.id, Audience::Customer, page.next, limit(2))
        .await
        .expect("listed");
    assert_eq!(page.items.len(), 2);
    assert_eq!([page.items, rest.items].concat(), shown);
    assert_eq!(rest.next, None);
}

pub async fn a_ticket_is_opened_with_the_first_of_its_messages(stores: TicketStores) {
    let (ticket, _) = conversation_with_notes(&stores).await;
    for audience in [Audience::Customer, Audience::Staff] {
        for size in [2, 100] {
            let opened = stores.messages.open(ticket.id, audience, limit(size)).await;
            let opened = opened.expect("opened").expect("a ticket");
            let first = stores
                .messages
                .list(ticket.id, audience, None, limit(size))
                .await
                .expect("listed");
            assert_eq!(opened.ticket, stores.found(ticket.id).await);
            assert_eq!(opened.messages, first);
        }
    }
    let unknown = TicketId::from_uuid(uuid());
    let opened = stores.messages.open(unknown, Audience::Staff, limit(2));
    assert_eq!(opened.await.expect("opened"), None);
}

pub async fn the_newest_public_messages_come_oldest_first(stores: TicketStores) {
    let (ticket, shown) = conversation_with_notes(&stores).await;
    for (size, skipped) in [(1, 2), (2, 1), (3, 0), (100, 0)] {
        let newest = stores.messages.newest_public(ticket.id, limit(size)).await;
        let expected: Vec<_> = shown.iter().skip(skipped).cloned().collect();
        assert_eq!(newest.expect("listed"), expected);
    }
}

pub async fn an_unknown_ticket_has_no_messages(stores: TicketStores) {
    let ticket = stores.ticket().await;
    stores.ask(&ticket, "hello").await;
    let unknown = TicketId::from_uuid(uuid());
    assert_eq!(stores.all_messages(unknown).await, []);
    let newest = stores.messages.newest_public(unknown, PageLimit::MAX).await;
    assert_eq!(newest.expect("listed"), []);
}

pub async fn a_message_is_found_by_its_id(stores: TicketStores) {
    let ticket = stores.ticket().await;
    let agent = stores.user(Role::Agent).await;
    let question = stores.ask(&ticket, "Hello?").await;
    let note = stores.appended(note(&ticket, agent, "Seems lost.")).await;
    for message in [question, note] {
        let found = stores.messages.find(message.id).await;
        assert_eq!(found.expect("read"), Some(message));
    }
    let unknown = stores.messages.find(MessageId::from_uuid(uuid())).await;
    assert_eq!(unknown.expect("read"), None);
}

pub async fn feedback_comes_back_wherever_its_message_is_shown(stores: TicketStores) {
    let ticket = stores.ticket().await;
    let other = stores.ask(&ticket, "first").await;
    let longest = EMOJI.repeat(FeedbackComment::MAX_CHARS);
    for comment in [None, Some(""), Some("  Thanks!\r\n"), Some(&longest)] {
        let message = stores.ask(&ticket, "rated").await;
        let feedback = Feedback {
            rating: Rating::Down,
            comment: comment.map(|text| FeedbackComment::parse(text).expect("a comment")),
            updated_at: at(999_999),
        };
        assert!(stores.rate(message.id, &feedback).await);
        let rated = Message {
            feedback: Some(feedback),
            ..message
        };
        let found = stores.messages.find(rated.id).await;
        assert_eq!(found.expect("read").as_ref(), Some(&rated));
        let listed = stores.all_messages(ticket.id).await;
        assert_eq!(listed.last(), Some(&rated));
        let newest = stores.messages.newest_public(ticket.id, limit(1)).await;
        assert_eq!(newest.expect("listed"), [rated]);
    }
    let listed = stores.all_messages(ticket.id).await;
    assert_eq!(listed.first(), Some(&other));
}

pub async fn later_feedback_replaces_earlier(stores: TicketStores) {
    let ticket = stores.ticket().await;
    let message = stores.ask(&ticket, "rated").await;
    let before = stores.found(ticket.id).await;
    let earlier = Feedback {
        rating: Rating::Up,
        comment: Some(FeedbackComment::parse("Great").expect("a comment")),
        updated_at: at(10),
    };
    let later = Feedback {
        rating: Rating::Down,
        comment: None,
        updated_at: at(20),
    };
    for feedback in [earlier, later.clone()] {
        assert!(stores.rate(message.id, &feedback).await);
    }
    let found = stores.messages.find(message.id).await.expect("read");
    assert_eq!(found.and_then(|found| found.feedback), Some(later));
    assert_eq!(stores.found(ticket.id).await, before);
}

pub async fn an_unknown_message_is_not_rated(stores: TicketStores) {
    let ticket = stores.ticket().await;
    let message = stores.ask(&ticket, "not rated").await;
    let feedback = Feedback {
        rating: Rating::Up,
        comment: None,
        updated_at: at(10),
    };
    let unknown = MessageId::from_uuid(uuid());
    assert!(!stores.rate(unknown, &feedback).await);
    assert_eq!(stores.all_messages(ticket.id).await, [message]);
}

/// Three public messages, each with a note behind it; gives the public ones.
async fn conversation_with_notes(stores: &TicketStores) -> (Ticket, Vec<Message>) {
    let ticket = stores.ticket().await;
    let agent = stores.user(Role::Agent).await;
    let mut shown = Vec::new();
    for author in [
        Author::Customer(ticket.user_id),
        Author::Agent(agent),
        Author::Customer(ticket.user_id),
    ] {
        shown.push(stores.appended(public(&ticket, author, "shown")).await);
        stores.appended(note(&ticket, agent, "hidden")).await;
    }
    assert!(shown.iter().all(|m| m.visibility == Visibility::Public));
    (ticket, shown)
}
