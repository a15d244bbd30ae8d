use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A program of that name; none where it is not installed, which is said loudly.
///
/// # Panics
/// Where it is not installed when `CI` is `true`.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    // Not on everybody's path.
    let folders = env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    let found = folders
        .map(|folder| folder.join(name))
        .find(|file| file.is_file());
    if found.is_none() {
        let ci = env::var_os("CI").is_some_and(|value| value == "true");
        assert!(!ci, "there is no {name}");
        testkit::say(&format!("SKIPPED: there is no {name}"));
    }
    found
}

/// A file of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
}

/// What a command said; it has to succeed.
#[track_caller]
pub fn run(command: &mut Command) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("a program that starts");
    let said = String::from_utf8_lossy(&stdout).into_owned();
    let complaints = String::from_utf8_lossy(&stderr);
    assert!(status.success(), "{command:?}: {said}{complaints}");
    said
}
