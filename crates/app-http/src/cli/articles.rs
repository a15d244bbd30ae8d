//! Help articles on the command line.

use std::collections::HashMap;
use std::io::{self, Write as _};
use std::path::Path;

use domain::article::SlugsTaken;
use domain::ports::ImportArticlesError;

use crate::article_files::{ArticleFiles, FileProblem, FileProblems, read_folder};
use crate::composition;
use crate::config::Config;
use crate::progress::Progress;

/// Brings the articles to what the folder says, or tells of everything that is wrong with it.
pub(super) async fn import(config: &Config, folder: &Path, prune: bool) -> anyhow::Result<()> {
    let progress = Progress::new("reading help articles");
    let ArticleFiles(files) = read_folder(folder, &|read| {
        progress.now(format!("reading help articles: {read}"));
    })?;
    progress.now("opening the database");
    let import = composition::article_import(config).await?;
    progress.now(format!("storing help articles: {}", files.len()));
    let (paths, articles): (Vec<_>, Vec<_>) = files.into_iter().unzip();
    let slugs: Vec<_> = articles
        .iter()
        .map(|article| article.slug.clone())
        .collect();
    let summary = match import.execute(articles, prune).await {
        Ok(summary) => summary,
        Err(ImportArticlesError::SlugsTaken(SlugsTaken(taken))) => {
            let paths: HashMap<_, _> = slugs.into_iter().zip(paths).collect();
            let problems = taken.iter().filter_map(|slug| {
                let message = format!(
                    "an article that was written through the API has the slug \"{}\": delete it or \
                     give the file another slug",
                    slug.as_str()
                );
                Some(FileProblem::new(paths.get(slug)?, None, message))
            });
            return Err(FileProblems(problems.collect()).into());
        }
        Err(error) => return Err(error.into()),
    };
    drop(progress);
    writeln!(
        io::stdout(),
        "created {}, updated {}, unchanged {}, removed {}",
        summary.created,
        summary.updated,
        summary.unchanged,
        summary.removed
    )?;
    Ok(())
}
