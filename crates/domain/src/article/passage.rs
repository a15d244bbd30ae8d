use super::{Article, Slug};
use crate::ids::ArticleId;
use crate::reply::Source;

/// A part of an article small enough to be quoted: the text under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The article.
    pub article_id: ArticleId,
    /// The article's name in links.
    pub slug: Slug,
    /// The article's title.
    pub title: String,
    /// The heading it stands under; none for the text before the first.
    pub heading: Option<String>,
    /// The text, in Markdown.
    pub text: String,
    /// Where people read the article.
    pub url: Option<String>,
}

/// A passage that a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct RankedPassage {
    /// The passage.
    pub passage: Passage,
    /// How well it fits, above 0; comparable within one search only.
    pub score: f64,
    /// Whether the search holds that it answers the question, not merely resembles it.
    pub fits: bool,
}

/// A passage that somebody looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundPassage {
    /// The passage.
    pub ranked: RankedPassage,
    /// The part of its text that shows best why it was found, in pieces.
    pub excerpt: Vec<Fragment>,
}

/// A piece of an excerpt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// The text as it stands in the article.
    pub text: String,
    /// Whether it is a word that was looked for.
    pub is_match: bool,
}

impl Passage {
    /// The passage as the reader is shown it, under its number in the prompt.
    pub fn as_source(&self, number: usize) -> Source {
        Source {
            number,
            article_id: self.article_id,
            title: self.title.clone(),
            heading: self.heading.clone(),
            url: self.url.clone(),
            cited: false,
        }
    }
}

impl Article {
    /// Cuts the article at its Markdown headings. Headings without text under them are dropped.
    pub fn passages(&self) -> Vec<Passage> {
        let mut passages = Vec::new();
        let mut heading = None;
        let mut text = String::new();
        let mut fenced = false;
        for line in self.body.as_str().lines() {
            if line.trim_start().starts_with("```") {
                fenced = !fenced;
            }
            if let Some(next) = heading_of(line).filter(|_| !fenced) {
                passages.extend(self.passage(heading.take(), &text));
                heading = Some(next.to_owned());
                text.clear();
            } else {
                text.push_str(line);
                text.push('\n');
            }
        }
        passages.extend(self.passage(heading, &text));
        passages
    }

    fn passage(&self, heading: Option<String>, text: &str) -> Option<Passage> {
        let text = text.trim();
        (!text.is_empty()).then(|| Passage {
            article_id: self.id,
            slug: self.slug.clone(),
            title: self.title.as_str().to_owned(),
            heading,
            text: text.to_owned(),
            url: self.url.as_ref().map(|url| url.as_str().to_owned()),
        })
    }
}

/// The text of an ATX heading (`CommonMark`, section 4.2).
fn heading_of(line: &str) -> Option<&str> {
    let title = line.trim_start_matches('#');
    let level = line.len() - title.len();
    let is_heading = (1..=6).contains(&level) && title.starts_with(' ');
    is_heading.then(|| title.trim().trim_end_matches('#').trim_end())
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::article::{ArticleBody, ArticleOrigin, ArticleTitle, Slug};

    fn article(body: &str) -> Article {
        Article {
            id: ArticleId::from_uuid(Uuid::from_u128(1)),
            slug: Slug::parse("refunds").unwrap(),
            title: ArticleTitle::parse("Refunds").unwrap(),
            body: ArticleBody::parse(body).unwrap(),
            url: None,
            published: true,
            origin: ArticleOrigin::Written,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn articles_are_cut_at_headings() {
        let passages =
            article("Intro.\n\n## How\nAsk.\n\n## Empty\n### Why ###\nBecause.").passages();
        let cut: Vec<_> = passages
            .iter()
            .map(|p| (p.heading.as_deref(), p.text.as_str()))
            .collect();
        assert_eq!(
            cut,
            [
                (None, "Intro."),
                (Some("How"), "Ask."),
                (Some("Why"), "Because.")
            ]
        );
    }

    #[test]
    fn number_signs_in_code_are_no_headings() {
        let passages = article("```\n# comment\n```\n#hashtag").passages();
        assert_eq!(passages.len(), 1);
    }
}
