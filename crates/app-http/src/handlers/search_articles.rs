use actix_web::{HttpResponse, web};
use domain::article::{FoundPassage, Fragment};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{limit_schema, read_limit};
use crate::error::ApiError;
use crate::extract::{QueryParameters, SignedIn};
use crate::openapi::problems::{self, Problems};
use crate::use_cases::UseCases;
use crate::validation::Validation;

/// The longest query, in characters: a question, not a ticket.
const MAX_QUERY: usize = 500;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchArticlesQuery {
    /// What to look for: words or a question.
    #[param(
        min_length = 1,
        max_length = 500,
        pattern = "\\S",
        example = "how long do refunds take"
    )]
    q: String,
    /// How many; more than 100 are 100.
    #[param(schema_with = limit_schema)]
    limit: Option<String>,
}

/// What was found, best first.
#[derive(Serialize, ToSchema)]
pub(crate) struct FoundPassages {
    items: Vec<PassageResponse>,
}

/// The text under one heading of a help article.
#[derive(Serialize, ToSchema)]
#[schema(as = Passage)]
struct PassageResponse {
    article_id: Uuid,
    /// The article's name in links.
    #[schema(example = "refunds")]
    slug: String,
    /// The article's title.
    #[schema(example = "Refunds")]
    title: String,
    /// The heading it stands under, null before the first.
    #[schema(required = true, example = "From abroad")]
    heading: Option<String>,
    /// Markdown.
    #[schema(example = "Within five days.")]
    text: String,
    /// Where people read the article.
    #[schema(required = true, example = "https://help.example/refunds")]
    url: Option<String>,
    /// How well it fits; comparable within one search only.
    #[schema(example = 7.5)]
    score: f64,
    /// The part of `text` that shows best why it was found, in pieces: joined, they are that part.
    /// They are plain text, so nothing in them is markup to a page that shows them as text.
    highlights: Vec<HighlightResponse>,
}

/// A piece of an excerpt.
#[derive(Serialize, ToSchema)]
#[schema(as = Highlight)]
struct HighlightResponse {
    #[schema(example = "days")]
    text: String,
    /// Whether it is a word that was looked for.
    is_match: bool,
}

/// `GET /articles/search`: passages of published help articles.
#[utoipa::path(
    get,
    path = "/articles/search",
    operation_id = "search_articles",
    tag = "Articles",
    summary = "Search help articles",
    description = "Passages of published articles, best first, found by the words of a question and their other forms, synonyms and likely spellings. It is the search from which the assistant answers. A change of an article is found within seconds.",
    params(
        SearchArticlesQuery,
    ),
    responses(
        (status = 200, description = "What was found", body = FoundPassages),
        Problems<(problems::SignedIn, problems::Parameters)>,
    ),
)]
pub(crate) async fn search_articles(
    use_cases: web::Data<UseCases>,
    SignedIn(_actor, QueryParameters(query)): SignedIn<QueryParameters<SearchArticlesQuery>>,
) -> Result<HttpResponse, ApiError> {
    let mut validation = Validation::default();
    let limit = read_limit(&mut validation, query.limit.as_deref());
    if query.q.trim().is_empty() {
        validation.refuse("q", "must not be blank");
    }
    if query.q.chars().count() > MAX_QUERY {
        validation.refuse("q", format!("must be at most {MAX_QUERY} characters long"));
    }
    validation.finish()?;
    let found = use_cases.search_articles.execute(&query.q, limit).await?;
    let items = found.into_iter().map(PassageResponse::from).collect();
    Ok(HttpResponse::Ok().json(FoundPassages { items }))
}

impl From<FoundPassage> for PassageResponse {
    fn from(found: FoundPassage) -> Self {
        let passage = found.ranked.passage;
        Self {
            article_id: passage.article_id.as_uuid(),
            slug: passage.slug.as_str().to_owned(),
            title: passage.title,
            heading: passage.heading,
            text: passage.text,
            url: passage.url,
            score: found.ranked.score,
            highlights: found.excerpt.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Fragment> for HighlightResponse {
    fn from(fragment: Fragment) -> Self {
        Self {
            text: fragment.text,
            is_match: fragment.is_match,
        }
    }
}
