use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::programs::{Programs, succeeds};

/// How long the server may take to answer.
const DEADLINE: Duration = Duration::from_mins(1);

/// Ends its command when its own standard input ends, which it does with the test's process,
/// however that ends.
const SERVE: &str = r#""$@" </dev/null >/dev/null 2>&1 & server=$!
cat >/dev/null
kill -QUIT "$server" 2>/dev/null
wait "$server""#;

/// Removes a folder when its standard input ends; the server may still be writing in it.
const CLEAN_UP: &str = r#"cat >/dev/null
for try in 1 2 3 4 5 6 7 8 9 10; do rm -rf "$1" 2>/dev/null; [ -e "$1" ] || exit 0; sleep 0.2; done"#;

/// A private PostgreSQL server on loopback, for this process alone. Neither it nor its files
/// outlive the process.
pub struct Cluster {
    programs: Programs,
    port: u16,
    account: Option<(u32, u32)>,
    folder: TempDir,
    server: Option<Child>,
    cleaner: Child,
}

impl Cluster {
    pub(super) async fn start(programs: Programs) -> Self {
        let folder = TempDir::with_prefix("private-postgres-").expect("a temporary folder");
        let account = unprivileged_account();
        let everybody = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.path(), everybody).expect("a folder of one's own");
        if let Some((uid, gid)) = account {
            chown(folder.path(), Some(uid), Some(gid)).expect("a folder to give away");
        }
        let cleaner = guarded(CLEAN_UP)
            .arg(folder.path())
            .spawn()
            .expect("a shell");
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let mut cluster = Self {
            programs,
            port,
            account,
            folder,
            server: None,
            cleaner,
        };
        cluster.initialise();
        cluster.resume().await;
        cluster
    }

    /// The URL of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// The port that it listens on.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Its data folder, for files that its configuration names.
    pub fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    pub(super) const fn programs(&self) -> &Programs {
        &self.programs
    }

    /// Ends the server at once, as a crash does.
    ///
    /// # Panics
    /// When its guard cannot be waited for.
    pub fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            drop(server.stdin.take());
            server.wait().expect("the server's end");
        }
    }

    /// Starts a server that was stopped.
    ///
    /// # Panics
    /// When it does not answer in time.
    pub async fn resume(&mut self) {
        let mut command = guarded(SERVE);
        self.as_account(&mut command);
        command
            .arg(self.programs.path_of("postgres"))
            .arg("-D")
            .arg(self.data())
            .args([
                "-p",
                &self.port.to_string(),
                "-k",
                "",
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "fsync=off",
                "-c",
                "full_page_writes=off",
                "-c",
                "shared_buffers=64MB",
                "-c",
                "max_connections=300",
            ]);
        self.server = Some(command.spawn().expect("a shell"));
        let port = self.port.to_string();
        let ready = async {
            while !self
                .programs
                .run("pg_isready", &["-q", "-h", "127.0.0.1", "-p", &port])
            {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(DEADLINE, ready)
            .await
            .expect("a server that answers");
    }

    fn initialise(&self) {
        let mut command = Command::new(self.programs.path_of("initdb"));
        command.args([
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]);
        command.arg("-D").arg(self.data());
        self.as_account(&mut command);
        assert!(succeeds(&mut command), "the cluster was not made");
    }

    fn as_account(&self, command: &mut Command) {
        if let Some((uid, gid)) = self.account {
            command.uid(uid).gid(gid);
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
        drop(self.cleaner.stdin.take());
        // Whatever is left, the temporary folder's own end removes.
        drop(self.cleaner.wait());
    }
}

/// A shell that runs the script until its standard input, a pipe held by this process, ends.
fn guarded(script: &str) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", script, "guard"])
        .stdin(Stdio::piped())
        .current_dir("/");
    // Ctrl-C is for the tests; the guard has its own way to hear of their end.
    command.process_group(0);
    command
}

/// PostgreSQL refuses to run as root, so somebody else's name is taken then.
fn unprivileged_account() -> Option<(u32, u32)> {
    let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    if !is_root {
        return None;
    }
    let accounts = fs::read_to_string(Path::new("/etc/passwd")).expect("the accounts");
    let id_of = |wanted: &str| {
        accounts.lines().find_map(|line| {
            let mut fields = line.split(':');
            (fields.next() == Some(wanted)).then_some(())?;
            let mut numbers = fields.skip(1).map(str::parse);
            Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
        })
    };
    Some(
        id_of("postgres")
            .or_else(|| id_of("nobody"))
            .expect("an account to run as"),
    )
}
