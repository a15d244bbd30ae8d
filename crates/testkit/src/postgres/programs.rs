use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder with PostgreSQL's programs.
#[derive(Clone, Debug)]
pub(super) struct Programs(PathBuf);

impl Programs {
    /// Debian keeps each version's in a folder of its own, of which the newest is taken; elsewhere
    /// they are on the path.
    pub(super) fn find() -> Option<Self> {
        let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
            .filter_map(|entry| {
                let version = entry.file_name().to_str()?.parse().ok()?;
                Some((version, entry.path().join("bin")))
            })
            .collect();
        versions.sort();
        let path = env::var_os("PATH").unwrap_or_default();
        versions
            .into_iter()
            .rev()
            .map(|(_, folder)| folder)
            .chain(env::split_paths(&path))
            .find(|folder| {
                ["initdb", "postgres", "createdb"]
                    .iter()
                    .all(|p| folder.join(p).is_file())
            })
            .map(Self)
    }

    pub(super) fn path_of(&self, program: &str) -> PathBuf {
        self.0.join(program)
    }

    /// Runs a program quietly to its end; answers whether it succeeded.
    pub(super) fn run(&self, program: &str, arguments: &[&str]) -> bool {
        succeeds(Command::new(self.path_of(program)).args(arguments))
    }
}

/// Whether the command ends well.
pub(super) fn succeeds(command: &mut Command) -> bool {
    command
        .current_dir(Path::new("/"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
