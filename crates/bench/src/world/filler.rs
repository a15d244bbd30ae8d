use anyhow::Context as _;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::Store;

/// While nobody else uses the file, a crash may spoil it.
const CARELESS: &str = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; \
    PRAGMA cache_size = -500000; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF;";
const CAREFUL: &str = "PRAGMA journal_mode = WAL;";

/// What a row by itself sets off, or has to be entered in.
const ROW_BY_ROW: &str = "SELECT type AS kind, name, sql FROM sqlite_master \
    WHERE type IN ('index', 'trigger') AND sql IS NOT NULL \
    AND tbl_name IN ('tickets', 'messages', 'search_texts')";

#[derive(QueryableByName)]
struct Definition {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    sql: String,
}

impl Store {
    /// Adds so many tickets of others, at least a hundred, while no server is running.
    pub(crate) fn fill(&self, tickets: u32) -> anyhow::Result<()> {
        match self {
            Self::Postgres(cluster) => {
                let script = include_str!("../../fill/postgres.sql");
                cluster.execute(&format!("\\set tickets {tickets}\n{script}"))
            }
            Self::Sqlite(_) => fill(&mut self.sqlite_connection()?, tickets),
        }
    }

    /// Makes somebody one of the staff.
    pub(crate) fn promote(&self, email: &str) -> anyhow::Result<()> {
        let statement = format!("UPDATE users SET role = 'agent' WHERE email = '{email}'");
        match self {
            Self::Postgres(cluster) => cluster.execute(&statement),
            Self::Sqlite(_) => Ok(self.sqlite_connection()?.batch_execute(&statement)?),
        }
    }

    fn sqlite_connection(&self) -> anyhow::Result<SqliteConnection> {
        let mut connection = SqliteConnection::establish(&self.url())?;
        connection.batch_execute("PRAGMA busy_timeout = 5000;")?;
        Ok(connection)
    }
}

fn fill(connection: &mut SqliteConnection, tickets: u32) -> anyhow::Result<()> {
    connection.batch_execute(CARELESS)?;
    let definitions: Vec<Definition> = diesel::sql_query(ROW_BY_ROW).load(connection)?;
    let script = include_str!("../../fill/sqlite.sql");
    let script = script.replace("{tickets}", &tickets.to_string());
    connection.transaction(|connection| -> anyhow::Result<()> {
        for Definition { kind, name, .. } in &definitions {
            connection.batch_execute(&format!("DROP {kind} {name}"))?;
        }
        connection.batch_execute(&script).context("filling")?;
        for Definition { sql, .. } in &definitions {
            connection.batch_execute(sql)?;
        }
        Ok(())
    })?;
    connection.batch_execute("ANALYZE")?;
    Ok(connection.batch_execute(CAREFUL)?)
}
