use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;

use crate::client::{Client, Reading};

/// How long a client may take for all it has to do: a browser's start takes some seconds.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A client that reads.
pub struct Running {
    name: String,
    process: Child,
    said: watch::Receiver<Said>,
    /// What it reports in the end.
    report: Option<JoinHandle<String>>,
    _home: TempDir,
}

/// What a client has said on standard error.
#[derive(Default)]
struct Said {
    /// The text it shows.
    shown: String,
    /// All that is not about the text.
    complaints: String,
}

/// What a client has made of one stream.
#[derive(Debug, Deserialize)]
pub struct Told {
    /// The text that it shows in the end.
    pub text: String,
    /// The same, as the last event has it.
    pub stored_text: Option<String>,
    /// The names of the events in their order.
    pub events: Vec<String>,
    pub last_id: Option<String>,
    pub stopped_by: String,
}

#[derive(Deserialize)]
struct Progress {
    shown: String,
}

impl Running {
    /// Starts it; none where it is not installed.
    pub fn start(client: Client, base_url: &str, readings: &[Reading]) -> Option<Self> {
        let order = json!({"base_url": base_url, "readings": readings});
        Some(Self::run(format!("{client:?}"), client.command()?, &order))
    }

    /// Starts a script and tells it what to do.
    pub fn run(name: String, mut command: Command, order: &Value) -> Self {
        let home = TempDir::new().expect("a temporary folder");
        let mut process = command
            .arg(order.to_string())
            .env("HOME", home.path())
            .env("TMPDIR", home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the client starts");
        let (saying, said) = watch::channel(Said::default());
        let errors = process.stderr.take().expect("a pipe");
        let mut output = process.stdout.take().expect("a pipe");
        let report = thread::spawn(move || {
            let listening = thread::spawn(move || listen(errors, &saying));
            let mut report = String::new();
            output.read_to_string(&mut report).expect("UTF-8");
            listening.join().expect("all that was said");
            report
        });
        Self {
            name,
            process,
            said,
            report: Some(report),
            _home: home,
        }
    }

    /// Waits until it shows that text.
    pub async fn until_it_shows(&mut self, text: &str) {
        let shows = self.said.wait_for(|said| said.shown == text);
        let waited = tokio::time::timeout(PATIENCE, shows).await;
        if !matches!(waited, Ok(Ok(_))) {
            drop(waited);
            panic!("{} does not show {text:?}: {}", self.name, self.story());
        }
    }

    /// Waits for its end; gives what it has made of each stream.
    pub async fn finish(self) -> Vec<Told> {
        self.report().await
    }

    /// Waits for its end; gives what it reports.
    pub async fn report<T: DeserializeOwned>(mut self) -> T {
        // Its end of the pipe closes when it is gone.
        let gone = async { while self.said.changed().await.is_ok() {} };
        let is_gone = tokio::time::timeout(PATIENCE, gone).await.is_ok();
        assert!(is_gone, "{} does not end: {}", self.name, self.story());
        let status = self.process.wait().expect("an exit");
        let story = self.story();
        assert!(status.success(), "{}: {status}: {story}", self.name);
        let report = self.report.take().map(JoinHandle::join);
        let report = report.expect("a reporter").expect("a report");
        serde_json::from_str(&report).unwrap_or_else(|error| panic!("{error}: {report}"))
    }

    fn story(&self) -> String {
        let said = self.said.borrow();
        format!("it shows {:?} and says:\n{}", said.shown, said.complaints)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Gone already, when the test went well. A browser goes with its script, whose end of
        // their pipe closes.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn listen(errors: ChildStderr, saying: &watch::Sender<Said>) {
    for line in BufReader::new(errors).lines() {
        let line = line.expect("a line");
        saying.send_modify(|said| {
            if let Ok(progress) = serde_json::from_str::<Progress>(&line) {
                said.shown = progress.shown;
            } else {
                said.complaints.push_str(&line);
                said.complaints.push('\n');
            }
        });
    }
}
