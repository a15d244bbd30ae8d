use diesel::dsl::sql;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::page::PageLimit;
use domain::ticket::{ScorePlace, TicketFilter, TicketSearch};

use super::list::{filtered, surplus};
use super::row::TicketRow;
use crate::schema::tickets;

const HAS_TERM: &str =
    "tickets.id IN (SELECT ticket_id FROM search_texts WHERE stems @@ search_term(";
/// The last word of a term may be unfinished: then whole words are looked at, since the stem of half
/// a word is none of the whole one's.
const OR_BEGINS: &str = ") OR words @@ search_beginning(";

/// Of the tickets only those in which every term is found.
pub(super) fn found(
    mut query: tickets::BoxedQuery<'static, Pg>,
    search: &TicketSearch,
) -> tickets::BoxedQuery<'static, Pg> {
    if search.terms().is_empty() {
        query = query.filter(false.into_sql::<Bool>());
    }
    for term in search.terms() {
        let text = term.text().to_owned();
        let has_term = sql::<Bool>(HAS_TERM).bind::<Text, _>(text.clone());
        query = if term.is_prefix() {
            query.filter(has_term.sql(OR_BEGINS).bind::<Text, _>(text).sql("))"))
        } else {
            query.filter(has_term.sql("))"))
        };
    }
    query
}

/// A page by relevance, with one row more than the limit, to tell whether more follow.
pub(super) async fn load(
    mut connection: &AsyncPgConnection,
    filter: &TicketFilter,
    search: &TicketSearch,
    after: Option<ScorePlace>,
    limit: PageLimit,
) -> QueryResult<Vec<(TicketRow, i64)>> {
    let terms: Vec<String> = search
        .terms()
        .iter()
        .map(|term| term.text().to_owned())
        .collect();
    let mut query = filtered(filter);
    if let Some(ScorePlace { score, id }) = after {
        let is_behind = sql::<Bool>("(search_score(tickets.id, ")
            .bind::<Array<Text>, _>(terms.clone())
            .sql("), tickets.id) < (")
            .bind::<BigInt, _>(score)
            .sql(", ")
            .bind::<Uuid, _>(id.as_uuid())
            .sql(")");
        query = query.filter(is_behind);
    }
    let score = sql::<BigInt>("search_score(tickets.id, ")
        .bind::<Array<Text>, _>(terms)
        .sql(") AS score");
    query
        .order((sql::<BigInt>("score DESC"), tickets::id.desc()))
        .limit(surplus(limit))
        .select((TicketRow::as_select(), score))
        .load(&mut connection)
        .await
}
