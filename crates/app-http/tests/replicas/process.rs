//! What the kernel says of a running process.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// A running process.
#[derive(Clone)]
pub struct Process(PathBuf);

impl Process {
    const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

    pub fn new(pid: u32) -> Self {
        Self(PathBuf::from(format!("/proc/{pid}")))
    }

    /// How many sockets it has open.
    pub fn sockets(&self) -> usize {
        let entries = fs::read_dir(self.0.join("fd")).expect("open files");
        let opened = entries.map(|entry| entry.expect("an open file").path());
        // One that was closed meanwhile is none.
        let targets = opened.filter_map(|path| fs::read_link(path).ok());
        targets
            .filter(|target| target.to_string_lossy().starts_with("socket:"))
            .count()
    }

    /// How many sockets it has open once connections of requests that are over have gone.
    pub async fn sockets_at_rest(&self) -> usize {
        const LOOKS: usize = 10;
        let (mut sockets, mut alike) = (self.sockets(), 0);
        while alike < LOOKS {
            tokio::time::sleep(Self::BETWEEN_LOOKS).await;
            let now = self.sockets();
            alike = if now == sockets { alike + 1 } else { 0 };
            sockets = now;
        }
        sockets
    }

    /// Waits until it has no more sockets open than that.
    pub async fn until_sockets_are_at_most(&self, wanted: usize) {
        while self.sockets() > wanted {
            tokio::time::sleep(Self::BETWEEN_LOOKS).await;
        }
    }

    /// Its memory in bytes, as far as it is not swapped out.
    pub fn resident_bytes(&self) -> usize {
        let status = fs::read_to_string(self.0.join("status")).expect("a status");
        let size = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = size.and_then(|size| size.trim().strip_suffix(" kB"));
        let kibibytes: Option<usize> = kibibytes.and_then(|number| number.parse().ok());
        kibibytes.expect("a size") * 1024
    }
}
