use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel::sqlite::Sqlite;
use domain::page::{Page, PageLimit};
use domain::ticket::{
    AssigneeFilter, ScorePlace, Term, Ticket, TicketFilter, TicketOrder, TicketSearch,
};

use super::list::surplus;
use super::row::TicketRow;
use crate::error::StoreError;
use crate::schema::tickets;

/// In which texts a term is found. Its last word may be unfinished: then whole words are looked at,
/// since the stem of half a word is none of the whole one's.
const HAS_TERM: &str = "tickets.id IN (SELECT ticket_id FROM search_texts WHERE id IN \
    (SELECT rowid FROM search_stems WHERE search_stems MATCH ";
const OR_BEGINS: &str = " UNION ALL SELECT rowid FROM search_words WHERE search_words MATCH ";

/// How well each ticket fits any of the terms, in millionths; words in titles count ten times.
const SCORES: &str = "WITH hits (id, score) AS MATERIALIZED (
    SELECT rowid, -rank FROM search_stems
    WHERE search_stems MATCH ? AND rank MATCH 'bm25(10.0, 1.0)'
), scores (ticket_id, score) AS MATERIALIZED (
    SELECT ticket_id, CAST(round(sum(score) * 1000000) AS INTEGER)
    FROM hits JOIN search_texts USING (id) GROUP BY ticket_id
)
SELECT tickets.*, coalesce(scores.score, 0) AS score
FROM tickets LEFT JOIN scores ON scores.ticket_id = tickets.id
WHERE TRUE";

#[derive(QueryableByName)]
#[diesel(check_for_backend(Sqlite))]
struct ScoredRow {
    #[diesel(embed)]
    ticket: TicketRow,
    #[diesel(sql_type = BigInt)]
    score: i64,
}

/// Of the tickets only those in which every term is found.
pub(super) fn found(
    mut query: tickets::BoxedQuery<'static, Sqlite>,
    search: &TicketSearch,
) -> tickets::BoxedQuery<'static, Sqlite> {
    if search.terms().is_empty() {
        query = query.filter(sql::<Bool>("FALSE"));
    }
    for term in search.terms() {
        let phrase = phrase(term);
        let has_term = sql::<Bool>(HAS_TERM).bind::<Text, _>(phrase.clone());
        query = if term.is_prefix() {
            query.filter(
                has_term
                    .sql(OR_BEGINS)
                    .bind::<Text, _>(phrase + "*")
                    .sql("))"),
            )
        } else {
            query.filter(has_term.sql("))"))
        };
    }
    query
}

/// A page by relevance.
pub(super) fn page(
    connection: &mut SqliteConnection,
    filter: &TicketFilter,
    after: Option<ScorePlace>,
    limit: PageLimit,
) -> Result<Page<Ticket, TicketOrder>, StoreError> {
    let Some(search) = filter
        .search
        .as_ref()
        .filter(|search| !search.terms().is_empty())
    else {
        return Ok(Page {
            items: Vec::new(),
            next: None,
        });
    };
    let any: Vec<String> = search.terms().iter().map(phrase).collect();
    let mut query = diesel::sql_query(SCORES)
        .into_boxed::<Sqlite>()
        .bind::<Text, _>(any.join(" OR "));
    for term in search.terms() {
        let phrase = phrase(term);
        query = query
            .sql(" AND ")
            .sql(HAS_TERM)
            .sql("?")
            .bind::<Text, _>(phrase.clone());
        if term.is_prefix() {
            query = query.sql(OR_BEGINS).sql("?").bind::<Text, _>(phrase + "*");
        }
        query = query.sql("))");
    }
    for (condition, value) in conditions(filter) {
        query = query.sql(" AND ").sql(condition);
        if let Some(value) = value {
            query = query.bind::<Text, _>(value);
        }
    }
    if let Some(ScorePlace { score, id }) = after {
        query = query
            .sql(" AND (coalesce(scores.score, 0), tickets.id) < (?, ?)")
            .bind::<BigInt, _>(score)
            .bind::<Text, _>(id.to_string());
    }
    let rows: Vec<ScoredRow> = query
        .sql(" ORDER BY score DESC, tickets.id DESC LIMIT ?")
        .bind::<BigInt, _>(surplus(limit))
        .load(connection)?;
    let tickets = rows
        .into_iter()
        .map(|row| Ok((Ticket::try_from(row.ticket)?, row.score)))
        .collect::<Result<Vec<_>, StoreError>>()?;
    let order = TicketOrder::Relevance { after };
    let page = Page::from_surplus(tickets, limit, |(last, score)| order.behind(last, *score));
    Ok(page.map(|(ticket, _)| ticket))
}

/// The filter but for its search, as conditions with one value each.
fn conditions(filter: &TicketFilter) -> Vec<(&'static str, Option<String>)> {
    let assignee = filter.assignee.map(|assignee| match assignee {
        AssigneeFilter::Nobody => ("tickets.assignee_id IS NULL", None),
        AssigneeFilter::Agent(id) => ("tickets.assignee_id = ?", Some(id.to_string())),
    });
    let equal = [
        (
            "tickets.user_id = ?",
            filter.user_id.map(|id| id.to_string()),
        ),
        (
            "tickets.status = ?",
            filter.status.map(|status| status.as_str().to_owned()),
        ),
        (
            "tickets.priority = ?",
            filter.priority.map(|priority| priority.as_str().to_owned()),
        ),
        (
            "tickets.category = ?",
            filter
                .category
                .as_ref()
                .map(|slug| slug.as_str().to_owned()),
        ),
        (
            "tickets.id IN (SELECT ticket_id FROM ticket_tags WHERE tag = ?)",
            filter.tag.as_ref().map(|tag| tag.as_str().to_owned()),
        ),
    ];
    let given = equal.into_iter().filter(|(_, value)| value.is_some());
    given.chain(assignee).collect()
}

/// A term as FTS5's string. It has letters, digits and spaces only, so nothing in it is syntax.
fn phrase(term: &Term) -> String {
    format!("\"{}\"", term.text())
}
