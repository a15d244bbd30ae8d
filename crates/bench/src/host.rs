use std::fs;
use std::thread;

use crate::world::Cluster;

/// Where it was measured.
#[derive(Clone, Debug, Default)]
pub(crate) struct Host {
    pub(crate) cores: usize,
    pub(crate) model: String,
    pub(crate) memory: String,
    pub(crate) kernel: String,
    pub(crate) postgres: String,
    /// How much others kept the machine busy before the start, in processes.
    pub(crate) load: String,
    pub(crate) profile: &'static str,
}

impl Host {
    pub(crate) fn describe(cluster: Option<&Cluster>) -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let cpu = read("/proc/cpuinfo");
        let memory = read("/proc/meminfo");
        let kibibytes: Option<u64> = member(&memory, "MemTotal")
            .and_then(|total| total.strip_suffix("kB")?.trim().parse().ok());
        let postgres = cluster.and_then(|cluster| cluster.version().ok());
        Self {
            cores: cores(),
            model: member(&cpu, "model name").unwrap_or("unknown").to_owned(),
            memory: kibibytes.map_or_else(unknown, |kib| format!("{} GiB", kib.div_ceil(1 << 20))),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            postgres: postgres.unwrap_or_else(|| "PostgreSQL was not installed".to_owned()),
            load: read("/proc/loadavg")
                .split_whitespace()
                .next()
                .map_or_else(unknown, str::to_owned),
            profile: if cfg!(debug_assertions) {
                "dev"
            } else {
                "release"
            },
        }
    }
}

/// How many cores all processes share.
pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

fn unknown() -> String {
    "unknown".to_owned()
}

fn member<'a>(table: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = table.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = lines.find(|(key, _)| key.trim() == name)?;
    Some(value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_found_by_its_whole_name() {
        let table = "model\t\t: 1\nmodel name\t: Fast CPU\n";

        assert_eq!(member(table, "model name"), Some("Fast CPU"));
        assert_eq!(member(table, "name"), None);
    }
}
