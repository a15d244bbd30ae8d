//! The SDKs as programs.

use std::env;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sdks");
const HOW: &str = "crates/groq-simulator/tests/sdks/install, or .ci/run for everything";

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Sdk {
    Python,
    JavaScript,
}

impl Sdk {
    /// Plays these scenarios at once; one answer each, in their order. None when the SDK is not
    /// installed.
    pub async fn play(self, scenarios: &Value) -> Option<Vec<Value>> {
        let mut command = match self.command() {
            Ok(command) => command,
            Err(missing) => {
                skip(self, &missing);
                return None;
            }
        };
        let input = scenarios.to_string();
        let output = tokio::task::spawn_blocking(move || {
            let mut process = command.spawn().expect("the SDK's interpreter starts");
            let mut stdin = process.stdin.take().expect("a pipe");
            stdin.write_all(input.as_bytes()).expect("it reads");
            drop(stdin);
            process.wait_with_output().expect("an end")
        });
        let output = output.await.expect("no panic");
        let said = String::from_utf8(output.stdout).expect("text");
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{self:?}: {said}{complaints}");
        Some(serde_json::from_str(&said).expect("a JSON array"))
    }

    fn command(self) -> Result<Command, String> {
        let (folder, program, script) = match self {
            Self::Python => {
                let folder = packages("python", "requirements.txt")?;
                let program = folder.join("bin/python");
                (folder, program, "python/scenarios.py")
            }
            Self::JavaScript => {
                let folder = packages("node", "package-lock.json")?;
                (folder, PathBuf::from("node"), "node/scenarios.mjs")
            }
        };
        let mut command = Command::new(program);
        command
            .arg(format!("{SOURCES}/{script}"))
            .current_dir(folder)
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("PYTHONUTF8", "1")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Ok(command)
    }
}

/// The folder with the packages of exactly that list.
fn packages(language: &str, list: &str) -> Result<PathBuf, String> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent();
    let folder = target.expect("a target folder").join("sdks").join(language);
    let wanted = fs::read(format!("{SOURCES}/{language}/{list}")).expect("a list of packages");
    match fs::read(folder.join("installed")) {
        Ok(installed) if installed == wanted => Ok(folder),
        Ok(_) => Err(format!("the packages for {language} are outdated")),
        Err(_) => Err(format!("the packages for {language} are not installed")),
    }
}

/// Says past the harness' capture that a test is not run.
fn skip(sdk: Sdk, missing: &str) {
    let ci = env::var_os("CI").is_some_and(|value| value == "true");
    assert!(!ci, "{sdk:?} cannot run: {missing}");
    let line = format!("SKIPPED: the {sdk:?} SDK: {missing}. To install it: {HOW}");
    drop(writeln!(std::io::stderr(), "{line}"));
}
