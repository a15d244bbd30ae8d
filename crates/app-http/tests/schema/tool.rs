//! Where schemathesis is, and what is said when it is not there.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schema");
/// What is expected of single operations.
pub const CONFIG: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/schema/schemathesis.toml"
);
const HOW: &str = "crates/app-http/tests/schema/install, or .ci/run for everything";

/// Schemathesis with our hooks and nothing of the test's environment but the path; none where
/// exactly the wanted version is not installed, which is said loudly.
///
/// # Panics
/// Where it is not installed when `CI` is `true`.
pub fn schemathesis() -> Option<Command> {
    match installed() {
        Ok(command) => Some(command),
        Err(missing) => {
            let ci = env::var_os("CI").is_some_and(|value| value == "true");
            assert!(!ci, "schemathesis cannot run: {missing}");
            testkit::say(&format!(
                "SKIPPED: schemathesis: {missing}. To install it: {HOW}"
            ));
            None
        }
    }
}

/// How many requests are made for each operation.
pub fn examples() -> String {
    wish("SCHEMA_EXAMPLES").unwrap_or_else(|| "15".to_owned())
}

/// How the requests are chosen: always the same ones, unless a seed was asked for.
pub fn choice() -> Vec<String> {
    match wish("SCHEMA_SEED") {
        Some(seed) => ["--seed", &seed, "--generation-database", "none"]
            .map(str::to_owned)
            .to_vec(),
        None => vec!["--generation-deterministic".to_owned()],
    }
}

/// The database that was asked for.
pub fn database_url() -> Option<String> {
    wish("SCHEMA_DATABASE_URL")
}

fn wish(name: &str) -> Option<String> {
    env::var_os(name).map(|value| value.into_string().expect("UTF-8"))
}

fn installed() -> Result<Command, String> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
    let folder = target.expect("a target folder").join("schema");
    let wanted = fs::read(format!("{SOURCES}/requirements.txt")).expect("a list of packages");
    match fs::read(folder.join("installed")) {
        Ok(installed) if installed == wanted => {}
        Ok(_) => return Err("it is outdated".to_owned()),
        Err(_) => return Err("it is not installed".to_owned()),
    }
    let mut command = Command::new(folder.join("bin/schemathesis"));
    command
        .env_clear()
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .env("PYTHONUTF8", "1")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONPATH", SOURCES)
        .env("SCHEMATHESIS_HOOKS", "hooks");
    Ok(command)
}
