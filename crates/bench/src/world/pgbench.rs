use std::time::Duration;

use anyhow::{Context as _, ensure};

use super::Cluster;

/// As many as the server keeps connections to the database.
const CLIENTS: usize = 10;

/// The statements of one endpoint, as the server sends them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Script {
    ListTickets,
    GetTicket,
    SearchOwn,
    SearchAll,
    CreateTicket,
    CreateMessage,
}

/// What PostgreSQL takes when nothing is in front of it.
pub(crate) struct Pgbench<'a> {
    pub(crate) cluster: &'a Cluster,
    /// Who asks.
    pub(crate) email: &'a str,
    /// The ticket that is read.
    pub(crate) ticket: &'a str,
    /// Those that are written into.
    pub(crate) written: &'a [String],
}

impl Script {
    const fn text(self) -> &'static str {
        match self {
            Self::ListTickets => include_str!("../../pgbench/list_tickets.sql"),
            Self::GetTicket => include_str!("../../pgbench/get_ticket.sql"),
            Self::SearchOwn => include_str!("../../pgbench/search_own.sql"),
            Self::SearchAll => include_str!("../../pgbench/search_all.sql"),
            Self::CreateTicket => include_str!("../../pgbench/create_ticket.sql"),
            Self::CreateMessage => include_str!("../../pgbench/create_message.sql"),
        }
    }
}

impl Pgbench<'_> {
    /// How often the script runs in a second.
    pub(crate) fn run(&self, script: Script, lasting: Duration) -> anyhow::Result<f64> {
        let account = format!("from users where email = '{}'", self.email);
        let user = self.cluster.query(&format!("select id {account}"))?;
        let sessions = format!("select id from sessions where user_id = '{user}' limit 1");
        let session = self.cluster.query(&sessions)?;
        let tickets: Vec<&str> = self.written.iter().map(String::as_str).collect();
        let tickets: Vec<&str> = tickets.into_iter().cycle().take(CLIENTS).collect();
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("script.sql");
        std::fs::write(&file, script.text())?;
        let mut command = self.cluster.program("pgbench");
        let seconds = lasting.as_secs();
        // It knows whole seconds only; what shall take less is counted.
        match seconds {
            0 => command.args(["-t", "10"]),
            _ => command.args(["-T", &seconds.to_string()]),
        };
        command
            .args(["-n", "-M", "prepared", "-j", "1"])
            .args(["-c", &CLIENTS.to_string()])
            .arg(format!("--define=user={user}"))
            .arg(format!("--define=session={session}"))
            .arg(format!("--define=tickets={{{}}}", tickets.join(",")))
            .arg(format!("--define=ticket={}", self.ticket))
            .arg(format!("--file={}", file.display()))
            .arg(super::postgres::DATABASE);
        let output = command.output().context("cannot start pgbench")?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "pgbench: {complaint}");
        rate(&String::from_utf8_lossy(&output.stdout)).context("pgbench told no rate")
    }
}

fn rate(output: &str) -> Option<f64> {
    let line = output
        .lines()
        .find_map(|line| line.strip_prefix("tps = "))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_read_from_what_pgbench_says() {
        let output = "number of failed transactions: 0 (0.000%)\n\
            tps = 123.456789 (without initial connection time)\n";

        assert_eq!(rate(output), Some(123.456_789));
        assert_eq!(rate("pgbench: error"), None);
    }
}
