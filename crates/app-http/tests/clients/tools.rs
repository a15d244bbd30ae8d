//! Where the clients are, and what is said when they are not there.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients");
const HOW: &str = "crates/app-http/tests/clients/install, or .ci/run for everything";

/// A script for Node.js with the packages beside it: one of ours by its name, or any by its path.
pub fn node(script: impl AsRef<Path>) -> Result<Command, String> {
    let mut command = Command::new(on_path(&["node"])?);
    let packages = packages("node", "package-lock.json")?;
    command.arg(Path::new(SOURCES).join("node").join(script));
    Ok(in_folder(command, &packages))
}

/// The same, with a browser for it.
pub fn browser(script: &str) -> Result<Command, String> {
    let chromium = on_path(&["chromium", "chromium-browser", "google-chrome"])?;
    let mut command = node(script)?;
    command.env("CHROMIUM", chromium);
    Ok(command)
}

/// The same for Python, with the packages of its virtual environment.
pub fn python(script: impl AsRef<Path>) -> Result<Command, String> {
    let packages = packages("python", "requirements.txt")?;
    let mut command = Command::new(packages.join("bin/python"));
    command.arg(Path::new(SOURCES).join("python").join(script));
    let mut command = in_folder(command, &packages);
    command
        .env("PYTHONUTF8", "1")
        .env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(command)
}

/// The first of these programs that is on the path.
pub fn on_path(names: &[&str]) -> Result<PathBuf, String> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let mut places = names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    let found = places.find(|place| place.is_file());
    found.ok_or_else(|| format!("there is no {}", names.join(" or ")))
}

/// Says that a test is not run.
pub fn say_skipped(what: &str, missing: &str) {
    let ci = env::var_os("CI").is_some_and(|value| value == "true");
    assert!(!ci, "{what} cannot run: {missing}");
    testkit::say(&format!("SKIPPED: {what}: {missing}. To install it: {HOW}"));
}

/// The folder with the packages of exactly that list.
pub fn packages(language: &str, list: &str) -> Result<PathBuf, String> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
    let folder = target
        .expect("a target folder")
        .join("clients")
        .join(language);
    let wanted = fs::read(format!("{SOURCES}/{language}/{list}")).expect("a list of packages");
    match fs::read(folder.join("installed")) {
        Ok(installed) if installed == wanted => Ok(folder),
        Ok(_) => Err(format!("the packages for {language} are outdated")),
        Err(_) => Err(format!("the packages for {language} are not installed")),
    }
}

/// Runs in that folder, with nothing of the test's environment but the path.
fn in_folder(mut command: Command, folder: &Path) -> Command {
    command
        .current_dir(folder)
        .env_clear()
        .env("PATH", env::var_os("PATH").unwrap_or_default());
    command
}
