use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use tempfile::TempDir;

use super::postgres::free_port;
use super::{Cluster, Store};
use crate::client::{Connection, request};
use crate::cpu::{self, CpuTimes};

pub(super) const MODEL_KEY: &str = "gsk_not-a-real-key";
const JWT_SECRET: &str = "not-a-secret-for-benchmarks-only-0123456789";
const DEADLINE: Duration = Duration::from_mins(1);

/// The server's executable.
#[derive(Clone, Debug)]
pub(crate) struct Program(PathBuf);

/// A running server.
pub(crate) struct Server {
    child: Child,
    store: Store,
    upstream: Option<u32>,
    folder: TempDir,
    pub(crate) address: SocketAddr,
    /// From the start of the process until it was ready.
    pub(crate) started_in: Duration,
}

impl Program {
    /// The one beside this program, which is built in the same profile; built now when it is missing,
    /// or when `fresh` asks for the newest.
    pub(crate) fn beside_this(fresh: bool) -> anyhow::Result<Self> {
        let this = std::env::current_exe()?;
        let mut folders = this.ancestors().skip(1);
        let folder = folders
            .find(|folder| !folder.ends_with("deps"))
            .context("no folder of this program")?;
        let program = folder.join("support-assistant");
        if fresh || !program.is_file() {
            build(folder)?;
        }
        ensure!(
            program.is_file(),
            "{} is missing: build it by `cargo build --release -p app-http`",
            program.display()
        );
        Ok(Self(program))
    }
}

fn build(folder: &Path) -> anyhow::Result<()> {
    crate::say("building the server");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo.args(["build", "--quiet", "--locked", "-p", "app-http"]);
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    ensure!(cargo.status()?.success(), "the server could not be built");
    Ok(())
}

impl Server {
    /// Starts it with its usual settings, but for the limits that load would meet first.
    pub(crate) async fn start(
        program: &Program,
        store: &Store,
        upstream: Option<&super::simulator::Simulator>,
    ) -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("bench-server-")?;
        let port = free_port()?;
        let log = File::create(folder.path().join("log"))?;
        let mut command = Command::new(&program.0);
        command
            .current_dir(folder.path())
            .env_clear()
            .env("PORT", port.to_string())
            .env("DATABASE_URL", store.url())
            .env("JWT_SECRET", JWT_SECRET)
            .env("RATE_LIMITS", "off")
            .env("METRICS_ADDR", "off")
            .env("LOG_FORMAT", "json")
            .stdin(Stdio::null())
            .stderr(log.try_clone()?)
            .stdout(log);
        if let Some(simulator) = upstream {
            command
                .env("ASSISTANT", "groq")
                .env("GROQ_API_KEY", MODEL_KEY)
                .env("GROQ_BASE_URL", simulator.base_url());
        }
        let begun = Instant::now();
        let mut server = Self {
            child: command.spawn().context("cannot start the server")?,
            store: store.clone(),
            upstream: upstream.map(super::simulator::Simulator::pid),
            folder,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            started_in: Duration::ZERO,
        };
        server.wait_until_ready(begun).await?;
        server.started_in = begun.elapsed();
        Ok(server)
    }

    /// With what a second server on the same database spent.
    pub(crate) fn cpu_beside(&self, replica: &Self) -> anyhow::Result<CpuTimes> {
        Ok(CpuTimes {
            replica: cpu::of(replica.child.id())?,
            ..self.cpu()?
        })
    }

    pub(crate) fn cpu(&self) -> anyhow::Result<CpuTimes> {
        Ok(CpuTimes {
            server: cpu::of(self.child.id())?,
            replica: Duration::ZERO,
            database: self
                .store
                .cluster()
                .map_or(Ok(Duration::ZERO), Cluster::cpu)?,
            upstream: self.upstream.map_or(Ok(Duration::ZERO), cpu::of)?,
            load: cpu::of(std::process::id())?,
        })
    }

    pub(crate) fn resident(&self) -> anyhow::Result<u64> {
        cpu::resident(self.child.id())
    }

    async fn wait_until_ready(&mut self, begun: Instant) -> anyhow::Result<()> {
        let ready = request("GET", "/health/ready", "", None);
        loop {
            if let Ok(mut connection) = Connection::open(self.address).await
                && let Ok((200, _)) = connection.exchange(&ready).await
            {
                return Ok(());
            }
            if self.child.try_wait()?.is_some() || begun.elapsed() > DEADLINE {
                let log = fs::read_to_string(self.folder.path().join("log"));
                bail!("the server did not start: {}", log.unwrap_or_default());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing of it is kept, so it need not end in good order.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
