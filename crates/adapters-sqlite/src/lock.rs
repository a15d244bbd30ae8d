use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::LockError;

/// Reserves a database for this process until it is dropped, or the process ends in whatever way:
/// the operating system keeps it.
#[derive(Debug)]
#[must_use = "the database is reserved only while this lives"]
pub struct ExclusiveLock {
    _file: File,
}

impl ExclusiveLock {
    pub(crate) fn acquire(database: &Path) -> Result<Self, LockError> {
        let database = existing_file(database)
            .map_err(|(path, source)| LockError::Inaccessible { path, source })?;
        let mut name = OsString::from(database);
        name.push(".lock");
        let path = PathBuf::from(name);
        // It is never removed: a process that has the old one open and one that makes a new one
        // would both hold "the" lock.
        let file = private_file(&path).map_err(|source| LockError::Inaccessible {
            path: path.clone(),
            source,
        })?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::Held(path)),
            Err(TryLockError::Error(source)) => Err(LockError::Inaccessible { path, source }),
        }
    }
}

/// The one true path of a database file, which is made if there is none: by whatever links it is
/// reached, its lock is the same. Being absolute it is never taken for a URI or for `:memory:`.
pub(crate) fn existing_file(path: &Path) -> Result<PathBuf, (PathBuf, io::Error)> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::create_dir_all(folder).map_err(|error| (folder.to_owned(), error))?;
    }
    private_file(path)
        .and_then(|_| path.canonicalize())
        .map_err(|error| (path.to_owned(), error))
}

/// Opens a file, made readable for its owner only. SQLite gives the files it puts beside a
/// database the same mode.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
