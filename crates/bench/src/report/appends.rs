use super::{Table, counted, number};
use crate::plan::Plan;
use crate::scenarios::Appends;

pub(super) fn section(plan: &Plan, appends: &[Appends]) -> String {
    let mut table = Table::new(&[
        "servers",
        "replies a commit",
        "commits a second",
        "events a second",
        "database µs an event",
        "written ahead, bytes an event",
        "stored, bytes an event",
    ]);
    for append in appends {
        table.row([
            counted(append.writers),
            counted(append.replies),
            number(append.commits_per_second),
            number(append.events_per_second),
            number(append.database_us),
            number(append.wal),
            number(append.stored),
        ]);
    }
    format!(
        "## Where the log ends\n\nPostgreSQL alone, with the statement by which a server appends to the \
        log of its replies. Each server is a connection that commits as soon as it has committed, an event \
        of each of its replies at a time, for {:?}. Events are deltas of a token. What is stored goes when \
        the log is trimmed.\n\n{table}",
        plan.load
    )
}
