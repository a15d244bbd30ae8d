//! Help articles as Markdown files in a folder.

mod front_matter;

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use domain::article::{ArticleBody, ArticleContent, ArticleTitle, ArticleUrl, Slug};
use domain::use_cases::ImportedArticle;

use self::front_matter::{Front, split};

/// The largest file, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// The articles of a folder, each with its file's path in it.
pub(crate) struct ArticleFiles(pub(crate) Vec<(PathBuf, ImportedArticle)>);

/// Something that is wrong with a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FileProblem {
    pub(crate) path: PathBuf,
    pub(crate) line: Option<u64>,
    pub(crate) message: String,
}

/// Everything that is wrong with a folder's files.
#[derive(Debug)]
pub(crate) struct FileProblems(pub(crate) Vec<FileProblem>);

impl FileProblem {
    pub(crate) fn new(path: &Path, line: Option<u64>, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            message: message.into(),
        }
    }
}

impl fmt::Display for FileProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing was imported:")?;
        for problem in &self.0 {
            write!(f, "\n  {}", problem.path.display())?;
            if let Some(line) = problem.line {
                write!(f, ":{line}")?;
            }
            write!(f, ": {}", problem.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for FileProblems {}

/// Reads every Markdown file in a folder and in those below it, and tells how many were read so far.
/// Hidden ones are left out.
///
/// # Errors
/// [`FileProblems`] with all of them at once.
pub(crate) fn read_folder(
    folder: &Path,
    progress: &dyn Fn(usize),
) -> Result<ArticleFiles, FileProblems> {
    let mut reading = Reading {
        articles: Vec::new(),
        problems: Vec::new(),
        progress,
    };
    match folder.canonicalize() {
        Ok(root) => reading.folder(&root, folder, Path::new("")),
        Err(error) => reading.refuse(folder, error.to_string()),
    }
    if reading.articles.is_empty() && reading.problems.is_empty() {
        reading.refuse(folder, "has no Markdown files (*.md)");
    }
    reading.refuse_twins();
    if reading.problems.is_empty() {
        Ok(ArticleFiles(reading.articles))
    } else {
        Err(FileProblems(reading.problems))
    }
}

struct Reading<'a> {
    articles: Vec<(PathBuf, ImportedArticle)>,
    problems: Vec<FileProblem>,
    progress: &'a dyn Fn(usize),
}

impl Reading<'_> {
    fn refuse(&mut self, path: &Path, message: impl Into<String>) {
        self.problems.push(FileProblem::new(path, None, message));
    }

    /// `place` is where the folder is below the root, which is how files are named.
    fn folder(&mut self, root: &Path, folder: &Path, place: &Path) {
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(error) => {
                let is_root = place.as_os_str().is_empty();
                return self.refuse(if is_root { folder } else { place }, error.to_string());
            }
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let place = place.join(entry.file_name());
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => self.folder(root, &entry.path(), &place),
                Ok(kind) if kind.is_symlink() => self.link(root, &entry.path(), &place),
                Ok(_) => self.file(&entry.path(), &place),
                Err(error) => self.refuse(&place, error.to_string()),
            }
        }
    }

    /// What lies outside is not the company's to publish, and folders could lead in circles.
    fn link(&mut self, root: &Path, path: &Path, place: &Path) {
        match path.canonicalize() {
            Ok(target) if !target.starts_with(root) => {
                self.refuse(place, "is a link that leads out of the folder");
            }
            Ok(target) if target.is_dir() => {
                self.refuse(place, "is a link to a folder, which is not followed");
            }
            Ok(target) => self.file(&target, place),
            Err(error) => self.refuse(place, format!("is a link that leads nowhere: {error}")),
        }
    }

    fn file(&mut self, path: &Path, place: &Path) {
        let is_markdown = place
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("md"));
        if !is_markdown {
            return;
        }
        if !path.is_file() {
            // A pipe might never end.
            return self.refuse(place, "is no regular file");
        }
        match read(path) {
            Ok(text) => match article(place, &text) {
                Ok(article) => self.articles.push((place.to_owned(), article)),
                Err(mut problems) => self.problems.append(&mut problems),
            },
            Err(message) => self.refuse(place, message),
        }
        (self.progress)(self.articles.len());
    }

    fn refuse_twins(&mut self) {
        let mut known: HashMap<&Slug, &Path> = HashMap::new();
        let mut twins = Vec::new();
        for (path, article) in &self.articles {
            let slug = &article.slug;
            match known.get(slug) {
                Some(first) => {
                    let message = format!(
                        "has the slug \"{}\" as {} has",
                        slug.as_str(),
                        first.display()
                    );
                    twins.push(FileProblem::new(path, None, message));
                }
                None => drop(known.insert(slug, path)),
            }
        }
        self.problems.append(&mut twins);
    }
}

fn read(path: &Path) -> Result<String, String> {
    let read = || {
        let mut bytes = Vec::new();
        let file = fs::File::open(path)?;
        // One byte more tells a file that is too large from one that just fits.
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
        Ok::<_, io::Error>(bytes)
    };
    let bytes = read().map_err(|error| error.to_string())?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_BYTES) {
        return Err("has more than 1 MiB".to_owned());
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..valid).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        format!("is not in UTF-8, from line {line} on")
    })
}

fn article(place: &Path, text: &str) -> Result<ImportedArticle, Vec<FileProblem>> {
    let (front, body) = split(text)
        .map_err(|(line, message)| vec![FileProblem::new(place, Some(line), message)])?;
    let mut problems = Vec::new();
    let (title, body) = match &front.title {
        Some(title) => (Some(title.clone()), body),
        None => title_in(body),
    };
    let slug = if let Some(slug) = &front.slug {
        Slug::parse(slug.as_str()).map_err(|error| error.to_string())
    } else {
        let name = place.file_stem().map(|name| name.to_string_lossy());
        let slug = name.and_then(|name| Slug::derive(&name));
        slug.ok_or_else(|| "cannot be made of the file's name, so it must be given".to_owned())
    };
    let slug = check(&mut problems, place, &front, "slug", slug);
    let title = title.ok_or_else(|| "there is none, and no heading either".to_owned());
    let title = title.and_then(|title| ArticleTitle::parse(title).map_err(|e| e.to_string()));
    let title = check(&mut problems, place, &front, "title", title);
    let body = check(
        &mut problems,
        place,
        &front,
        "the text",
        ArticleBody::parse(body.trim()),
    );
    let url = front.url.clone().map(ArticleUrl::parse).transpose();
    let url = check(&mut problems, place, &front, "url", url);
    match (slug, title, body, url) {
        (Some(slug), Some(title), Some(body), Some(url)) => Ok(ImportedArticle {
            slug,
            content: ArticleContent {
                title,
                body,
                url,
                published: front.published.unwrap_or(true),
            },
        }),
        _ => Err(problems),
    }
}

fn check<T, E: fmt::Display>(
    problems: &mut Vec<FileProblem>,
    place: &Path,
    front: &Front,
    field: &str,
    parsed: Result<T, E>,
) -> Option<T> {
    parsed
        .map_err(|error| {
            let message = format!("{field}: {error}");
            problems.push(FileProblem::new(place, front.line_of(field), message));
        })
        .ok()
}

/// The first heading, and the text without it if it begins with it.
fn title_in(body: &str) -> (Option<String>, &str) {
    let body = body.trim_start();
    let mut is_first = true;
    let mut rest = body;
    let mut fenced = false;
    while !rest.is_empty() {
        let (line, behind) = rest.split_once('\n').unwrap_or((rest, ""));
        fenced ^= line.trim_start().starts_with("```");
        let heading = line.trim_start_matches('#');
        let is_heading = heading.len() < line.len() && heading.starts_with(' ');
        if is_heading && !fenced {
            let title = heading.trim().trim_end_matches('#').trim_end().to_owned();
            return (Some(title), if is_first { behind } else { body });
        }
        is_first = false;
        rest = behind;
    }
    (None, body)
}
