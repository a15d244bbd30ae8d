use super::{Article, Slug};
use crate::ids::ArticleId;
use crate::reply::Source;

/// A part of an article small enough to be quoted: the text under one heading, or a part of it.
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
    /// Bytes after which the next paragraph begins another passage under the same heading.
    const LONG_PASSAGE: usize = 4_000;
    /// Bytes after which the next line does.
    const LONGEST_PASSAGE: usize = 8_000;

    /// Cuts the article at its Markdown headings, and what is long under one at paragraphs, but never
    /// within a block of code. Headings without text under them are dropped.
    pub fn passages(&self) -> Vec<Passage> {
        let mut passages = Vec::new();
        let mut heading = None;
        let mut text = String::new();
        let mut fence: Option<Fence> = None;
        for line in self.body.as_str().lines() {
            let was_code = fence.is_some();
            fence = match fence {
                None => Fence::opened_by(line),
                Some(open) => Some(open).filter(|open| !open.is_closed_by(line)),
            };
            if let Some(next) = heading_of(line).filter(|_| fence.is_none()) {
                passages.extend(self.passage(heading.take(), &text));
                heading = Some(next.to_owned());
                text.clear();
            } else {
                let most = if line.trim().is_empty() {
                    Self::LONG_PASSAGE
                } else {
                    Self::LONGEST_PASSAGE
                };
                if text.len() >= most && !was_code && fence.is_none() {
                    passages.extend(self.passage(heading.clone(), &text));
                    text.clear();
                }
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

/// What encloses a block of code (`CommonMark`, section 4.5).
#[derive(Clone, Copy, Debug)]
struct Fence {
    character: char,
    length: usize,
}

impl Fence {
    const SHORTEST: usize = 3;

    fn opened_by(line: &str) -> Option<Self> {
        let line = line.trim_start();
        let character = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let info = line.trim_start_matches(character);
        let length = line.len() - info.len();
        let opens = length >= Self::SHORTEST && !(character == '`' && info.contains('`'));
        opens.then_some(Self { character, length })
    }

    /// By at least as many of the same, and nothing else.
    fn is_closed_by(self, line: &str) -> bool {
        let line = line.trim();
        line.len() >= self.length && line.chars().all(|c| c == self.character)
    }
}

/// The text of an ATX heading (`CommonMark`, section 4.2).
fn heading_of(line: &str) -> Option<&str> {
    let title = line.trim_start_matches('#');
    let level = line.len() - title.len();
    let is_heading = (1..=6).contains(&level) && title.starts_with(' ');
    let title = title.trim();
    let opening = title.trim_end_matches('#');
    // What closes a heading stands apart: "C#" is a name.
    let is_closed = opening.is_empty() || opening.ends_with([' ', '\t']);
    let title = if is_closed { opening.trim_end() } else { title };
    is_heading.then_some(title)
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
    fn what_is_long_under_a_heading_is_cut_at_paragraphs() {
        let paragraph = "word ".repeat(300);
        let paragraph = paragraph.trim();
        let text = [paragraph; 5].join("\n\n");
        let code = format!("```\n{}```", "code\n\n".repeat(2_000));
        let lines = "A line of an endless list.\n".repeat(1_000);
        let body = format!("## Long\n{text}\n\n## Code\n{code}\n\n## List\n{lines}");
        let passages = article(&body).passages();
        let of = |heading: &str| -> Vec<&str> {
            let all = passages.iter();
            let under = all.filter(|it| it.heading.as_deref() == Some(heading));
            under.map(|it| it.text.as_str()).collect()
        };
        let three = [paragraph; 3].join("\n\n");
        let two = [paragraph; 2].join("\n\n");
        assert_eq!(of("Long"), [three, two]);
        assert_eq!(of("Code"), [code]);
        let list = of("List");
        assert!(list.iter().all(|it| it.len() < 8_100), "{}", list.len());
        assert_eq!(list.join("\n"), lines.trim());
    }

    #[test]
    fn number_signs_in_code_are_no_headings() {
        for body in [
            "```\n# comment\n```\n#hashtag",
            "~~~sh\n# comment\n~~~",
            "````\n```\n# comment\n```\n# comment\n````",
            "```\n~~~\n# comment",
        ] {
            assert_eq!(article(body).passages().len(), 1, "{body}");
        }
        let passages = article("```\ncode\n```\n# Heading\nText").passages();
        assert_eq!(passages.len(), 2);
    }

    #[test]
    fn a_heading_keeps_a_number_sign_that_is_part_of_a_word() {
        for (line, heading) in [
            ("## Using C#", "Using C#"),
            ("## Using C# ##", "Using C#"),
            ("# #1 in help #", "#1 in help"),
        ] {
            assert_eq!(heading_of(line), Some(heading));
        }
    }
}
