use domain::article::RankedPassage;
use domain::ports::PassageSearch;

use crate::data::{Data, Half, Question};
use crate::measure::{Outcome, PASSAGES, outcome};

/// What was found for each question of the development half, to tune by. The other half is never
/// listed: who looks at it tunes on it.
pub(crate) async fn list(data: &Data, search: &dyn PassageSearch) -> anyhow::Result<String> {
    let mut listing = Vec::new();
    for question in &data.questions {
        if question.half() == Half::Development {
            let found = search.search(&question.text, PASSAGES).await?;
            listing.push(line(data, question, &found));
        }
    }
    Ok(listing.concat())
}

fn line(data: &Data, question: &Question, found: &[RankedPassage]) -> String {
    let Outcome { first, answer, .. } = outcome(data, question, found);
    let found = found.iter().map(|ranked| {
        let slug = data.slug_of(ranked.passage.article_id).unwrap_or_default();
        let heading = ranked.passage.heading.as_deref().unwrap_or_default();
        let fits = if ranked.fits { "fits" } else { "" };
        format!("    {:6.2} {fits:4} {slug}: {heading}\n", ranked.score)
    });
    let found: Vec<String> = found.collect();
    format!(
        "{} {} {} {answer:?} {}: {}\n{}",
        question.id,
        question.kind,
        if first { "found" } else { "missed" },
        question.articles.join(", "),
        question.heading.as_deref().unwrap_or_default(),
        found.concat()
    )
}
