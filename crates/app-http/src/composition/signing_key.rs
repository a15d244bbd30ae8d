use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use adapters_auth::generate_secret;
use anyhow::Context as _;
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::{Config, Database};

/// The configured key, else the one kept beside the database, made on the first start.
pub(super) fn obtain(config: &Config) -> anyhow::Result<SecretString> {
    if let Some(secret) = &config.jwt_secret {
        return Ok(secret.clone());
    }
    let Database::Sqlite(database) = &config.database else {
        anyhow::bail!("JWT_SECRET must be set with PostgreSQL");
    };
    let path = database.with_extension("jwt-key");
    let key = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(&path),
        read => read.map(|text| SecretString::from(text.trim().to_owned())),
    };
    let key = key.with_context(|| format!("cannot use the signing key {}", path.display()))?;
    anyhow::ensure!(
        key.expose_secret().len() >= 32,
        "the signing key {} is damaged; remove it to have a new one made, which signs everyone out",
        path.display()
    );
    Ok(key)
}

fn make(path: &Path) -> io::Result<SecretString> {
    let key = generate_secret().map_err(io::Error::other)?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(key.expose_secret().as_bytes())?;
    file.sync_all()?;
    Ok(key)
}
