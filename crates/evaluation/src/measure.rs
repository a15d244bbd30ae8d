use domain::article::RankedPassage;
use domain::ports::PassageSearch;

use crate::data::{Data, Half, Question};

/// How many passages an answer is made from, as in the product.
pub(crate) const PASSAGES: usize = 4;

/// The kinds of short questions.
pub(crate) const TOLD_KINDS: [&str; 5] = [
    "direct",
    "paraphrased",
    "misspelt",
    "two_articles",
    "unanswerable",
];

/// What became of a question.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) kind: String,
    pub(crate) half: Half,
    pub(crate) is_answerable: bool,
    /// Whether the first passage is of an article that answers.
    pub(crate) first: bool,
    /// Whether one of the first three is.
    pub(crate) three: bool,
    /// Whether the first passage is the one that answers; none where no passage is named.
    pub(crate) passage: Option<bool>,
    pub(crate) answer: Answer,
}

/// What the assistant that quotes would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It quotes an article that answers.
    Right,
    /// It quotes another one.
    Wrong,
    /// It hands off.
    Handoff,
}

pub(crate) async fn measure(
    data: &Data,
    search: &dyn PassageSearch,
) -> anyhow::Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    for question in &data.questions {
        let found = search.search(&question.text, PASSAGES).await?;
        outcomes.push(outcome(data, question, &found));
    }
    Ok(outcomes)
}

/// What becomes of each short question in each story.
pub(crate) async fn measure_in_stories(
    data: &Data,
    search: &dyn PassageSearch,
) -> anyhow::Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    let asked = |question: &&Question| TOLD_KINDS.contains(&question.kind.as_str());
    for question in data.questions.iter().filter(asked) {
        for story in &data.stories {
            let ticket = story.around(&question.text);
            let found = search.search(&ticket, PASSAGES).await?;
            outcomes.push(outcome(data, question, &found));
        }
    }
    Ok(outcomes)
}

pub(crate) fn outcome(data: &Data, question: &Question, found: &[RankedPassage]) -> Outcome {
    let answers = |ranked: &RankedPassage| {
        let slug = data.slug_of(ranked.passage.article_id).unwrap_or_default();
        question.articles.iter().any(|article| article == slug)
    };
    let quoted = found.iter().find(|ranked| ranked.fits);
    let first = found.first();
    Outcome {
        kind: question.kind.clone(),
        half: question.half(),
        is_answerable: !question.articles.is_empty(),
        first: first.is_some_and(answers),
        three: found.iter().take(3).any(answers),
        passage: question.heading.as_ref().map(|heading| {
            first.is_some_and(|first| {
                answers(first) && first.passage.heading.as_ref() == Some(heading)
            })
        }),
        answer: match quoted {
            None => Answer::Handoff,
            Some(quoted) if answers(quoted) => Answer::Right,
            Some(_) => Answer::Wrong,
        },
    }
}
