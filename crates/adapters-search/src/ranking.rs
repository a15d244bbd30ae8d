mod fit;

use std::collections::{BTreeSet, HashMap};

use domain::article::RankedPassage;
use domain::ids::ArticleId;

use self::fit::{Demand, is_answered};
use crate::evidence::Evidence;
use crate::index::Index;
use crate::question::Question;

/// How much the sentence that a passage answers best counts beside the whole question, of which
/// much is chatter when it is long.
const BEST_SENTENCE: f64 = 0.5;
/// How much the rest of its article speaks for a passage.
const ARTICLE: f64 = 0.7;
/// How far an article must be ahead of every other to count as the clear favourite.
const LEAD: f64 = 1.25;

/// Of so many sentences one or other meets an article that nobody asked for: there the favourite
/// answers or none does.
const STORY: usize = 3;

/// A passage in a ranking.
struct Place {
    number: u32,
    article: ArticleId,
    score: f64,
}

/// The best passages, best first; equally good ones by title and heading. A story decides only
/// where nothing answers what is asked in it.
pub(crate) fn rank(index: &Index, question: &Question, max: usize) -> Vec<RankedPassage> {
    if let Some(asked) = question.without_story() {
        let ranked = rank_all(index, &asked, max);
        if ranked.first().is_some_and(|first| first.fits) {
            return ranked;
        }
    }
    rank_all(index, question, max)
}

fn rank_all(index: &Index, question: &Question, max: usize) -> Vec<RankedPassage> {
    let mut places = places(index, question);
    let name = |place: &Place| {
        let passage = index.passage(place.number);
        passage.map(|passage| (&passage.title, &passage.heading))
    };
    places.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then_with(|| name(a).cmp(&name(b)))
    });
    let favourite = places.first().map(|first| first.article);
    let rival = places.iter().find(|place| Some(place.article) != favourite);
    // Of a single article nobody knows how far it is ahead.
    let rival = rival.map_or(f64::INFINITY, |rival| rival.score);
    places.truncate(max);
    let ranked = places.into_iter().filter_map(|place| {
        let leads = Some(place.article) == favourite && place.score >= LEAD * rival;
        let demand = if leads { Demand::Low } else { Demand::High };
        let may_answer = Some(place.article) == favourite || question.sentences.len() < STORY;
        Some(RankedPassage {
            passage: index.passage(place.number)?.clone(),
            score: place.score,
            fits: may_answer && is_answered(question, place.number, demand),
        })
    });
    ranked.collect()
}

/// Every passage that has something of the question, in no order.
fn places(index: &Index, question: &Question) -> Vec<Place> {
    let candidates: BTreeSet<u32> = question
        .evidence()
        .iter()
        .flat_map(Evidence::passages)
        .collect();
    let mut articles: HashMap<ArticleId, Vec<u32>> = HashMap::new();
    for number in candidates {
        if let Some(passage) = index.passage(number) {
            articles.entry(passage.article_id).or_default().push(number);
        }
    }
    let mut places = Vec::new();
    for (article, passages) in articles {
        let support = ARTICLE * article_score(question, &passages);
        places.extend(passages.into_iter().map(|number| Place {
            number,
            article,
            score: passage_score(question, number) + support,
        }));
    }
    places.retain(|place| place.score > 0.0);
    places
}

fn passage_score(question: &Question, passage: u32) -> f64 {
    let whole: f64 = question
        .weighed()
        .map(|(evidence, weight)| weight * evidence.score(passage))
        .sum();
    let sentences = question.sentences.iter();
    let best = sentences
        .map(|sentence| {
            let scores = question.of(sentence).map(|e| e.score(passage));
            sentence.weight * scores.sum::<f64>()
        })
        .fold(0.0, f64::max);
    whole + BEST_SENTENCE * best
}

/// What an article's passages hold together.
fn article_score(question: &Question, passages: &[u32]) -> f64 {
    let best = |evidence: &Evidence| {
        let scores = passages.iter().map(|passage| evidence.score(*passage));
        scores.fold(0.0, f64::max)
    };
    question
        .weighed()
        .map(|(evidence, weight)| weight * best(evidence))
        .sum()
}
