use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::DateTime;
use domain::article::{Article, ArticleBody, ArticleOrigin, ArticleTitle, ArticleUrl, Slug};
use domain::ids::ArticleId;
use serde::Deserialize;
use uuid::Uuid;

/// Articles, and questions about them.
pub(crate) struct Data {
    pub(crate) articles: Vec<Article>,
    pub(crate) questions: Vec<Question>,
    /// What customers tell around a question.
    pub(crate) stories: Vec<Story>,
}

/// A long ticket with a gap for its question.
pub(crate) struct Story {
    before: String,
    after: String,
}

impl Story {
    fn parse(text: &str) -> anyhow::Result<Self> {
        let (before, after) = text.split_once("{question}").context("no {question}")?;
        Ok(Self {
            before: before.to_owned(),
            after: after.trim_end().to_owned(),
        })
    }

    /// The ticket in which somebody asks that.
    pub(crate) fn around(&self, question: &str) -> String {
        format!("{}{question}{}", self.before, self.after)
    }
}

/// A question whose answer is known.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) text: String,
    /// Slugs of the articles that answer it.
    pub(crate) articles: Vec<String>,
    /// The heading it is answered under.
    pub(crate) heading: Option<String>,
}

/// Which half of the questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Half {
    /// Those that the search was tuned on.
    Development,
    /// Those that it was not.
    Test,
}

impl Question {
    /// Odd ids are for tuning, even ones for judging.
    pub(crate) fn half(&self) -> Half {
        if self.id.ends_with(['1', '3', '5', '7', '9']) {
            Half::Development
        } else {
            Half::Test
        }
    }
}

impl Data {
    pub(crate) fn read() -> anyhow::Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
        let articles = (1..)
            .zip(&texts(&folder.join("articles"))?)
            .map(|(number, (path, text))| {
                article(number, text).with_context(|| path.display().to_string())
            })
            .collect::<anyhow::Result<_>>()?;
        let stories = texts(&folder.join("stories"))?
            .iter()
            .map(|(path, text)| Story::parse(text).with_context(|| path.display().to_string()))
            .collect::<anyhow::Result<_>>()?;
        let questions = std::fs::read_to_string(folder.join("questions.jsonl"))?;
        let questions = questions
            .lines()
            .map(|line| serde_json::from_str(line).with_context(|| line.to_owned()))
            .collect::<anyhow::Result<_>>()?;
        Ok(Self {
            articles,
            questions,
            stories,
        })
    }

    pub(crate) fn slug_of(&self, id: ArticleId) -> Option<&str> {
        let article = self.articles.iter().find(|article| article.id == id)?;
        Some(article.slug.as_str())
    }
}

/// The files of a folder by name, and what is in them.
fn texts(folder: &Path) -> anyhow::Result<Vec<(PathBuf, String)>> {
    let mut paths = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    let texts = paths.into_iter().map(|path| {
        let text = std::fs::read_to_string(&path)?;
        Ok((path, text))
    });
    texts.collect()
}

fn article(number: u128, text: &str) -> anyhow::Result<Article> {
    let rest = text.strip_prefix("---\n").context("no front matter")?;
    let (front, body) = rest.split_once("\n---\n").context("no end of it")?;
    let fields: HashMap<&str, &str> = front
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim(), value.trim().trim_matches('"')))
        .collect();
    let field = |name: &str| fields.get(name).copied().context("a field is missing");
    Ok(Article {
        id: ArticleId::from_uuid(Uuid::from_u128(number)),
        slug: Slug::parse(field("slug")?)?,
        title: ArticleTitle::parse(field("title")?)?,
        body: ArticleBody::parse(body.trim())?,
        url: Some(ArticleUrl::parse(field("url")?)?),
        published: true,
        origin: ArticleOrigin::Imported,
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    })
}
