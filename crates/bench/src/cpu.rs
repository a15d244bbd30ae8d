use std::fs;
use std::ops::Sub;
use std::time::Duration;

use anyhow::Context as _;

/// Linux tells CPU time in hundredths of a second, whatever its clock does (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// What each side spent so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct CpuTimes {
    pub(crate) server: Duration,
    /// A second server on the same database.
    pub(crate) replica: Duration,
    pub(crate) database: Duration,
    pub(crate) upstream: Duration,
    /// The load generator: this process.
    pub(crate) load: Duration,
}

impl Sub for CpuTimes {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            server: self.server.saturating_sub(earlier.server),
            replica: self.replica.saturating_sub(earlier.replica),
            database: self.database.saturating_sub(earlier.database),
            upstream: self.upstream.saturating_sub(earlier.upstream),
            load: self.load.saturating_sub(earlier.load),
        }
    }
}

/// What a process spent, without its children.
pub(crate) fn of(pid: u32) -> anyhow::Result<Duration> {
    Ok(stat(pid)?.own)
}

/// What a process and all its children spent, also those that have ended.
pub(crate) fn of_family(pid: u32) -> anyhow::Result<Duration> {
    let parent = stat(pid)?;
    let processes = fs::read_dir("/proc").context("no /proc")?;
    let pids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    // One that ends meanwhile is told by its parent next time.
    let children = pids.filter_map(|child| stat(child).ok());
    let living = children.filter(|child| child.parent == pid);
    let living: Duration = living.map(|child| child.own).sum();
    Ok(parent.own + parent.ended_children + living)
}

/// The memory that a process has in RAM, in bytes.
pub(crate) fn resident(pid: u32) -> anyhow::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    resident_of(&status).context("no VmRSS in the status of a process")
}

struct Stat {
    parent: u32,
    own: Duration,
    ended_children: Duration,
}

fn stat(pid: u32) -> anyhow::Result<Stat> {
    let line = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    stat_of(&line).context("an unknown form of /proc/PID/stat")
}

fn stat_of(line: &str) -> Option<Stat> {
    // The second field is a name in parentheses, which may hold anything.
    let (_, fields) = line.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |at: usize| -> Option<Duration> {
        let ticks: u32 = fields.get(at)?.parse().ok()?;
        Some(TICK * ticks)
    };
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        own: ticks(11)? + ticks(12)?,
        ended_children: ticks(13)? + ticks(14)?,
    })
}

fn resident_of(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_read_behind_a_name_with_parentheses() {
        let line = "42 (a) b) S 7 1 1 0 -1 4194560 0 0 0 0 150 50 30 20 20 0 1 0 100";

        let stat = stat_of(line).unwrap();

        assert_eq!(stat.parent, 7);
        assert_eq!(stat.own, Duration::from_secs(2));
        assert_eq!(stat.ended_children, Duration::from_millis(500));
    }

    #[test]
    fn resident_memory_is_told_in_bytes() {
        let status = "Name:\tx\nVmPeak:\t 9 kB\nVmRSS:\t   2048 kB\n";

        assert_eq!(resident_of(status), Some(2048 * 1024));
        assert_eq!(resident_of("Name:\tx\n"), None);
    }
}
