use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::Context as _;

/// This program again, in another role. It ends when its standard input does, so also with us.
pub(crate) struct Role {
    child: Child,
    stdin: Option<ChildStdin>,
    pub(crate) address: SocketAddr,
}

impl Role {
    /// Starts it and waits until it tells its address.
    pub(crate) fn start(arguments: &[String]) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("no path to this program")?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start this program again")?;
        let stdin = child.stdin.take();
        let output = child.stdout.take().context("no standard output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim().parse().context("no address was told")?;
        Ok(Self {
            child,
            stdin,
            address,
        })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        drop(self.stdin.take());
        drop(self.child.wait());
    }
}

/// Tells the address, and returns when whoever started this process is gone.
pub(crate) async fn serve_until_abandoned(address: SocketAddr) -> anyhow::Result<()> {
    use std::io::Write as _;
    writeln!(std::io::stdout(), "{address}")?;
    let wait = tokio::task::spawn_blocking(|| {
        std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink())
    });
    wait.await??;
    Ok(())
}
