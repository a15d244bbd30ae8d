use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use tempfile::TempDir;

use crate::cpu;

/// Ends its command when its own standard input ends, which it does with our process.
const SERVE: &str = r#""$@" </dev/null >/dev/null 2>&1 & server=$!
cat >/dev/null
kill -INT "$server" 2>/dev/null
wait "$server""#;

pub(super) const DATABASE: &str = "bench";
const DEADLINE: Duration = Duration::from_mins(1);

/// A private PostgreSQL that keeps what it commits, as it comes but for its cache: what is measured
/// with `fsync=off` is another database.
pub(crate) struct Cluster {
    programs: PathBuf,
    port: u16,
    folder: TempDir,
    guard: Child,
    postmaster: u32,
}

impl Cluster {
    /// `None` when PostgreSQL is not installed.
    pub(crate) fn start() -> anyhow::Result<Option<Self>> {
        let Some(programs) = programs() else {
            return Ok(None);
        };
        let folder = TempDir::with_prefix("bench-postgres-")?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        let account = unprivileged_account()?;
        if let Some((uid, gid)) = account {
            chown(folder.path(), Some(uid), Some(gid))?;
        }
        let data = folder.path().join("data");
        let mut initdb = as_account(&programs.join("initdb"), account);
        initdb.args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C"]);
        run(initdb.arg("-D").arg(&data))?;

        let port = free_port()?;
        let mut guard = as_account(Path::new("sh"), account);
        guard.args(["-c", SERVE, "guard"]);
        guard.arg(programs.join("postgres")).arg("-D").arg(&data);
        guard.args(["-p", &port.to_string(), "-k", ""]);
        for setting in [
            "listen_addresses=127.0.0.1",
            "shared_buffers=256MB",
            "max_connections=300",
        ] {
            guard.args(["-c", setting]);
        }
        // Ctrl-C is for us; the guard has its own way to hear of our end.
        let guard = guard.stdin(Stdio::piped()).process_group(0).spawn()?;
        let mut cluster = Self {
            programs,
            port,
            folder,
            guard,
            postmaster: 0,
        };
        cluster.wait_until_ready()?;
        cluster.sql("postgres", &format!("create database {DATABASE}"))?;
        Ok(Some(cluster))
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{DATABASE}", self.port)
    }

    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        cpu::of_family(self.postmaster)
    }

    /// What it says about itself.
    pub(crate) fn version(&self) -> anyhow::Result<String> {
        let mut command = Command::new(self.programs.join("postgres"));
        let output = command.arg("--version").output()?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// A command that runs one of its programs on its database.
    pub(crate) fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.args(["-h", "127.0.0.1", "-p", &self.port.to_string()]);
        command.args(["-U", "postgres"]).current_dir("/");
        command
    }

    /// Runs statements on the measured database.
    pub(crate) fn execute(&self, statements: &str) -> anyhow::Result<()> {
        self.sql(DATABASE, statements)
    }

    /// The first value that a statement gives.
    pub(crate) fn query(&self, statement: &str) -> anyhow::Result<String> {
        let mut psql = self.program("psql");
        let output = psql
            .args(["-At", "-d", DATABASE, "-c", statement])
            .output()?;
        ensure!(output.status.success(), "psql refused {statement}");
        let rows = String::from_utf8_lossy(&output.stdout);
        Ok(rows.lines().next().unwrap_or_default().to_owned())
    }

    fn sql(&self, database: &str, statements: &str) -> anyhow::Result<()> {
        let mut psql = self.program("psql");
        psql.args(["-q", "-v", "ON_ERROR_STOP=1", "-d", database]);
        let mut psql = psql.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        let mut stdin = psql.stdin.take().context("no standard input")?;
        stdin.write_all(statements.as_bytes())?;
        drop(stdin);
        ensure!(psql.wait()?.success(), "psql refused statements");
        Ok(())
    }

    fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let start = Instant::now();
        let mut is_ready = self.program("pg_isready");
        let is_ready = is_ready.arg("-q");
        while !is_ready.status()?.success() {
            ensure!(start.elapsed() < DEADLINE, "PostgreSQL does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        let pid = fs::read_to_string(self.folder.path().join("data/postmaster.pid"))?;
        self.postmaster = pid.lines().next().context("no pid")?.trim().parse()?;
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        drop(self.guard.wait());
    }
}

/// Debian keeps each version's in a folder of its own, of which the newest is taken; elsewhere they
/// are on the path.
fn programs() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let versions = folders.filter_map(|entry| {
        let entry = entry.ok()?;
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        Some((version, entry.path().join("bin")))
    });
    let mut versions: Vec<_> = versions.collect();
    versions.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let newest_first = versions.into_iter().rev().map(|(_, folder)| folder);
    let mut folders = newest_first.chain(std::env::split_paths(&path));
    folders.find(|folder| {
        let needed = ["initdb", "postgres", "psql", "pg_isready", "pgbench"];
        needed.iter().all(|program| folder.join(program).is_file())
    })
}

/// PostgreSQL refuses to run as root, so somebody else's name is taken then.
fn unprivileged_account() -> anyhow::Result<Option<(u32, u32)>> {
    if fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(None);
    }
    let accounts = fs::read_to_string("/etc/passwd").context("no accounts")?;
    let id_of = |wanted: &str| {
        accounts.lines().find_map(|line| {
            let mut fields = line.split(':');
            (fields.next() == Some(wanted)).then_some(())?;
            let mut numbers = fields.skip(1).map(str::parse);
            Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
        })
    };
    let account = id_of("postgres").or_else(|| id_of("nobody"));
    Ok(Some(account.context("no account to run PostgreSQL as")?))
}

fn as_account(program: &Path, account: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    if let Some((uid, gid)) = account {
        command.uid(uid).gid(gid);
    }
    command.current_dir("/");
    command
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command.stdout(Stdio::null()).status()?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}

pub(super) fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
