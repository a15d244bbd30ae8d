use std::cmp::Reverse;
use std::collections::HashMap;

use domain::ids::TicketId;
use domain::message::{Message, Visibility};
use domain::page::{Page, PageLimit};
use domain::ticket::{AssigneeFilter, Term, Ticket, TicketFilter, TicketOrder, TicketSearch};

/// How much more a word counts in a title than in other texts.
const TITLE_WEIGHT: i64 = 10;

pub(super) fn page(
    tickets: &HashMap<TicketId, Ticket>,
    messages: &[Message],
    filter: &TicketFilter,
    order: TicketOrder,
    limit: PageLimit,
) -> Page<Ticket, TicketOrder> {
    let mut rows: Vec<(Ticket, i64)> = tickets
        .values()
        .filter(|ticket| fits(ticket, filter))
        .filter_map(|ticket| {
            let score = match &filter.search {
                Some(search) => score(ticket, messages, search)?,
                None if matches!(order, TicketOrder::Relevance { .. }) => return None,
                None => 0,
            };
            Some((ticket.clone(), score))
        })
        .filter(|(ticket, score)| is_behind(ticket, *score, order))
        .collect();
    rows.sort_by_key(|(ticket, score)| Reverse(key(ticket, *score, order)));
    rows.truncate(limit.get() + 1);
    Page::from_surplus(rows, limit, |(last, score)| order.behind(last, *score))
        .map(|(ticket, _)| ticket)
}

fn fits(ticket: &Ticket, filter: &TicketFilter) -> bool {
    let TicketFilter {
        user_id,
        status,
        assignee,
        priority,
        category,
        tag,
        search: _,
    } = filter;
    user_id.is_none_or(|id| ticket.user_id == id)
        && status.is_none_or(|status| ticket.status == status)
        && assignee.is_none_or(|assignee| match assignee {
            AssigneeFilter::Nobody => ticket.assignee_id.is_none(),
            AssigneeFilter::Agent(id) => ticket.assignee_id == Some(id),
        })
        && priority.is_none_or(|priority| ticket.priority == priority)
        && (category.is_none() || ticket.category == *category)
        && tag.as_ref().is_none_or(|tag| ticket.tags.contains(tag))
}

fn key(ticket: &Ticket, score: i64, order: TicketOrder) -> (i64, TicketId) {
    let key = match order {
        TicketOrder::CreatedAt { .. } => ticket.created_at.timestamp_micros(),
        TicketOrder::UpdatedAt { .. } => ticket.updated_at.timestamp_micros(),
        TicketOrder::Relevance { .. } => score,
    };
    (key, ticket.id)
}

fn is_behind(ticket: &Ticket, score: i64, order: TicketOrder) -> bool {
    let place = match order {
        TicketOrder::CreatedAt { after } | TicketOrder::UpdatedAt { after } => {
            after.map(|place| (place.at.timestamp_micros(), place.id))
        }
        TicketOrder::Relevance { after } => after.map(|place| (place.score, place.id)),
    };
    place.is_none_or(|place| key(ticket, score, order) < place)
}

/// How often the terms are found; none unless each of them is.
fn score(ticket: &Ticket, messages: &[Message], search: &TicketSearch) -> Option<i64> {
    let mut texts = vec![
        (ticket.title.as_str(), TITLE_WEIGHT),
        (ticket.description.as_str(), 1),
    ];
    texts.extend(
        messages
            .iter()
            .filter(|message| message.ticket_id == ticket.id)
            .filter(|message| message.visibility == Visibility::Public)
            .map(|message| (message.content.as_str(), 1)),
    );
    let texts: Vec<_> = texts
        .into_iter()
        .map(|(text, weight)| (words(text), weight))
        .collect();
    let found = search.terms().iter().map(|term| {
        let found: i64 = texts
            .iter()
            .map(|(words, weight)| weight * occurrences(words, term))
            .sum();
        (found > 0).then_some(found)
    });
    let total = found.sum::<Option<i64>>()?;
    (total > 0).then_some(total)
}

fn occurrences(text: &[String], term: &Term) -> i64 {
    let wanted = words(term.text());
    let fits = |window: &&[String]| {
        let last = wanted.len().saturating_sub(1);
        window
            .iter()
            .zip(&wanted)
            .enumerate()
            .all(|(number, (word, wanted))| {
                stem(word) == stem(wanted)
                    || (term.is_prefix() && number == last && word.starts_with(wanted.as_str()))
            })
    };
    let found = text.windows(wanted.len().max(1)).filter(fits).count();
    i64::try_from(found).unwrap_or(i64::MAX)
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .chars()
        .filter(|c| !('\u{300}'..='\u{36f}').contains(c))
        .map(without_accent)
        .collect::<String>()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A few letters are enough for tests.
fn without_accent(letter: char) -> char {
    match letter {
        'á' | 'à' | 'ä' | 'â' => 'a',
        'é' | 'è' | 'ë' | 'ê' => 'e',
        'ó' | 'ò' | 'ö' | 'ô' => 'o',
        'ú' | 'ù' | 'ü' | 'û' => 'u',
        other => other,
    }
}

/// The word without the endings of English that tests use.
fn stem(word: &str) -> &str {
    ["ing", "ed", "s"]
        .iter()
        .find_map(|ending| word.strip_suffix(ending))
        .filter(|stem| stem.len() > 2)
        .unwrap_or(word)
}
