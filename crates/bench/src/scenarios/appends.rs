use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use tokio::task::JoinSet;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, NoTls, Statement};

use crate::figures::{float, micros_each, rate};
use crate::plan::Plan;
use crate::world::{Cluster, Program, Server, Store};

/// The statement with which the server appends to the log.
const STATEMENT: &str = include_str!("../../../adapters-postgres/src/events/append.sql");
const REPLIES: &str = include_str!("../../fill/replies.sql");
/// A token.
const TEXT: &str = " parcel";

/// What the log on PostgreSQL takes when nothing is in front of it: servers that write as fast as they
/// can, each one commit after the other.
pub(crate) struct Appends {
    /// Servers that write at the same time.
    pub(crate) writers: u32,
    /// Replies of which each commit appends one event.
    pub(crate) replies: u32,
    pub(crate) commits_per_second: f64,
    pub(crate) events_per_second: f64,
    /// Of the database, for each event.
    pub(crate) database_us: f64,
    /// Written ahead for each event, in bytes.
    pub(crate) wal: f64,
    /// On the disk until the log is trimmed, for each event, in bytes.
    pub(crate) stored: f64,
}

pub(crate) async fn measure(
    plan: &Plan,
    program: &Program,
    store: &Store,
    cluster: &Cluster,
) -> anyhow::Result<Vec<Appends>> {
    // It migrates.
    drop(Server::start(program, store, None).await?);
    let most = plan
        .appends
        .iter()
        .map(|(writers, replies)| writers * replies);
    let most = most.max().context("nothing to append")?;
    cluster.execute(&format!("\\set replies {most}\n{REPLIES}"))?;
    let mut measured = Vec::new();
    for &(writers, replies) in &plan.appends {
        measured.push(append(plan.load, cluster, writers, replies).await?);
    }
    Ok(measured)
}

async fn append(
    lasting: Duration,
    cluster: &Cluster,
    writers: u32,
    replies: u32,
) -> anyhow::Result<Appends> {
    cluster.execute("TRUNCATE reply_events; UPDATE replies SET last_sequence = 0; CHECKPOINT;")?;
    let written = || cluster.query("SELECT pg_current_wal_insert_lsn() - '0/0'");
    let mut connected = Vec::new();
    for writer in 0..writers {
        let first = writer * replies + 1;
        connected.push(Writer::connect(cluster, first..first + replies).await?);
    }
    let (wal, used, begun) = (written()?, cluster.cpu()?, Instant::now());
    let mut running = JoinSet::new();
    for writer in connected {
        running.spawn_local(writer.run(begun + lasting));
    }
    let mut commits = 0;
    while let Some(done) = running.join_next().await {
        commits += done??;
    }
    let (took, used) = (begun.elapsed(), cluster.cpu()?.saturating_sub(used));
    let wal: f64 = written()?.parse::<f64>()? - wal.parse::<f64>()?;
    let stored = cluster.query("SELECT pg_total_relation_size('reply_events')")?;
    let events = commits * u64::from(replies);
    Ok(Appends {
        writers,
        replies,
        commits_per_second: rate(commits, took),
        events_per_second: rate(events, took),
        database_us: micros_each(used, events),
        wal: wal / float(events),
        stored: stored.parse::<f64>()? / float(events),
    })
}

struct Writer {
    client: Client,
    statement: Statement,
    replies: Vec<String>,
}

impl Writer {
    async fn connect(cluster: &Cluster, replies: std::ops::Range<u32>) -> anyhow::Result<Self> {
        let (client, connection) = tokio_postgres::connect(&cluster.url(), NoTls).await?;
        tokio::task::spawn_local(connection);
        let uuids = "unnest($1::text[]::uuid[], $2::text[]::uuid[],";
        let statement = STATEMENT.replace("unnest($1, $2,", uuids);
        ensure!(statement.contains(uuids), "the statement has changed");
        let statement = client.prepare_typed(&statement, &TYPES).await?;
        Ok(Self {
            client,
            statement,
            replies: replies.map(|reply| format!("{reply:032}")).collect(),
        })
    }

    /// How often it committed until then.
    async fn run(self, end: Instant) -> anyhow::Result<u64> {
        let size = self.replies.len();
        let places: Vec<i64> = (1..).take(size).collect();
        let ones = vec![1_i32; size];
        let (kinds, texts) = (vec!["delta"; size], vec![TEXT; size]);
        let reasons = vec![None::<&str>; size];
        let mut commits = 0;
        while Instant::now() < end {
            let sequence = i64::try_from(commits)? + 1;
            let sequences = vec![sequence; size];
            let ends = vec![sequence * i64::try_from(TEXT.len())?; size];
            let bound: [&(dyn ToSql + Sync); 15] = [
                &self.replies,
                &self.replies,
                &ones,
                &sequences,
                &sequences,
                &places,
                &sequences,
                &ones,
                &kinds,
                &ends,
                &texts,
                &reasons,
                &"replies",
                &"bench",
                &100_i64,
            ];
            let rows = self.client.query(&self.statement, &bound).await?;
            let fits = rows.iter().filter(|row| row.get(1)).count();
            ensure!(fits == size, "{fits} of {size} events were appended");
            commits += 1;
        }
        Ok(commits)
    }
}

const TYPES: [Type; 15] = [
    Type::TEXT_ARRAY,
    Type::TEXT_ARRAY,
    Type::INT4_ARRAY,
    Type::INT8_ARRAY,
    Type::INT8_ARRAY,
    Type::INT8_ARRAY,
    Type::INT8_ARRAY,
    Type::INT4_ARRAY,
    Type::TEXT_ARRAY,
    Type::INT8_ARRAY,
    Type::TEXT_ARRAY,
    Type::TEXT_ARRAY,
    Type::TEXT,
    Type::TEXT,
    Type::INT8,
];
