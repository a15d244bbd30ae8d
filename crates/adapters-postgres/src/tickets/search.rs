use diesel::dsl::sql;
use diesel::expression::{AppearsOnTable, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Bool, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::page::PageLimit;
use domain::ticket::{ScorePlace, TicketFilter, TicketSearch};

use super::list::{filtered, surplus};
use super::row::TicketRow;
use crate::schema::tickets;

/// Of how many tickets at most the relevance is looked at, the newest ones: a frequent word is found
/// in very many, and each is weighed.
const WEIGHED: i64 = 1_000;

/// In how many texts at most, those of the newest tickets, the words are looked for to find these:
/// another condition may be true of few of the tickets.
const FOUND: &str = "20000";

/// Of the tickets only those in which every term is found.
pub(super) fn found(
    query: tickets::BoxedQuery<'static, Pg>,
    search: &TicketSearch,
    reach: Reach,
) -> tickets::BoxedQuery<'static, Pg> {
    if search.terms().is_empty() {
        return query.filter(false.into_sql::<Bool>());
    }
    query.filter(HasTerms {
        search: search.clone(),
        reach,
    })
}

/// Among how many tickets is searched.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reach {
    /// Few, found by an index of their own: which way is shorter is the planner's to say.
    Some,
    /// All: the texts in which the words are lead, however rare the planner thinks they are. It
    /// cannot know that of words which may go on, and would walk through every ticket for one that
    /// is in none.
    All,
    /// The newest ones of all: ids rise with time.
    Newest,
}

impl Reach {
    /// How far a filter reaches that is for one customer's tickets or for everybody's.
    pub(super) const fn of(filter: &TicketFilter, everybodys: Self) -> Self {
        match filter.user_id {
            Some(_) => Self::Some,
            None => everybodys,
        }
    }
}

/// Whether each term is found in one of the ticket's texts.
#[derive(Clone, Debug)]
struct HasTerms {
    search: TicketSearch,
    reach: Reach,
}

impl QueryFragment<Pg> for HasTerms {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let (begin, between, end) = match self.reach {
            Reach::Some => ("tickets.id IN (", ") AND tickets.id IN (", ")"),
            Reach::All => ("tickets.id = ANY (ARRAY(", " INTERSECT ", "))"),
            Reach::Newest => (
                "tickets.id = ANY (ARRAY(SELECT ticket_id FROM (",
                " INTERSECT ",
                ") AS hits ORDER BY ticket_id DESC LIMIT ",
            ),
        };
        for (number, term) in self.search.terms().iter().enumerate() {
            out.push_sql(if number == 0 { begin } else { between });
            out.push_sql("SELECT ticket_id FROM search_texts WHERE stems @@ search_term(");
            out.push_bind_param::<Text, _>(term.text())?;
            if term.is_prefix() {
                // Whole words are looked at, since the stem of half a word is none of the whole
                // one's.
                out.push_sql(") OR words @@ search_beginning(");
                out.push_bind_param::<Text, _>(term.text())?;
            }
            out.push_sql(")");
        }
        out.push_sql(end);
        if matches!(self.reach, Reach::Newest) {
            out.push_sql(FOUND);
            out.push_sql("))");
        }
        Ok(())
    }
}

impl QueryId for HasTerms {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Expression for HasTerms {
    type SqlType = Bool;
}

impl AppearsOnTable<tickets::table> for HasTerms {}

impl ValidGrouping<()> for HasTerms {
    type IsAggregate = is_aggregate::No;
}

/// The tickets of which the relevance is looked at.
pub(crate) fn weighed(filter: &TicketFilter) -> tickets::BoxedQuery<'static, Pg> {
    filtered(filter, Reach::of(filter, Reach::Newest))
        .order((tickets::created_at.desc(), tickets::id.desc()))
        .limit(WEIGHED)
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
    let mut query = tickets::table
        .filter(tickets::id.eq_any(weighed(filter).select(tickets::id)))
        .into_boxed();
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
