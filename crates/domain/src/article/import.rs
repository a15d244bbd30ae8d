use std::collections::{HashMap, HashSet};

use thiserror::Error;

use super::{Article, ArticleOrigin, Slug};
use crate::ids::ArticleId;

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// Articles that were new.
    pub created: usize,
    /// Articles that had changed.
    pub updated: usize,
    /// Articles that were the same already, and were not touched.
    pub unchanged: usize,
    /// Imported articles whose file was gone.
    pub removed: usize,
}

/// People wrote articles of these slugs, which an import must not overwrite.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("articles that were not imported have these slugs")]
pub struct SlugsTaken(pub Vec<Slug>);

/// What an import has to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportPlan {
    /// Articles to be stored.
    pub create: Vec<Article>,
    /// Articles to be stored over those of their ids.
    pub update: Vec<Article>,
    /// Articles to be deleted, samples among them. They go first, since others may take their
    /// slugs.
    pub delete: Vec<ArticleId>,
    /// What is told of it.
    pub summary: ImportSummary,
}

impl ImportPlan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.create.is_empty() && self.update.is_empty() && self.delete.is_empty()
    }
}

/// Compares what there is with what files say. `files` are articles as they would be new; none
/// share a slug. Samples always go; imported articles whose file is gone go when `prune` says so.
///
/// # Errors
/// [`SlugsTaken`] when people wrote articles of the same slugs.
pub fn plan_import(
    existing: &[Article],
    files: &[Article],
    prune: bool,
) -> Result<ImportPlan, SlugsTaken> {
    let known: HashMap<&Slug, &Article> = existing
        .iter()
        .filter(|article| article.origin != ArticleOrigin::Sample)
        .map(|article| (&article.slug, article))
        .collect();
    let mut taken = Vec::new();
    let mut plan = ImportPlan::default();
    for file in files {
        match known.get(&file.slug) {
            None => plan.create.push(file.clone()),
            Some(before) if before.origin == ArticleOrigin::Written => {
                taken.push(file.slug.clone());
            }
            Some(before) => {
                let after = Article {
                    id: before.id,
                    version: before.version,
                    created_at: before.created_at,
                    updated_at: before.updated_at,
                    ..file.clone()
                };
                if after == **before {
                    plan.summary.unchanged += 1;
                } else {
                    plan.update.push(Article {
                        version: before.version + 1,
                        updated_at: file.updated_at,
                        ..after
                    });
                }
            }
        }
    }
    if !taken.is_empty() {
        return Err(SlugsTaken(taken));
    }
    let kept: HashSet<&Slug> = files.iter().map(|file| &file.slug).collect();
    for article in existing {
        let is_gone = match article.origin {
            ArticleOrigin::Sample => true,
            ArticleOrigin::Written => false,
            ArticleOrigin::Imported => prune && !kept.contains(&article.slug),
        };
        if is_gone {
            plan.delete.push(article.id);
            plan.summary.removed += usize::from(article.origin == ArticleOrigin::Imported);
        }
    }
    plan.summary.created = plan.create.len();
    plan.summary.updated = plan.update.len();
    Ok(plan)
}
