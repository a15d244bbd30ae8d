//! What is started for a measurement, each in a process of its own.

pub mod bare;
pub mod simulator;

mod account;
mod child;
mod filler;
mod pgbench;
mod postgres;
mod server;

use std::rc::Rc;

use tempfile::TempDir;

pub(crate) use self::account::{Account, message, ticket};
pub(crate) use self::pgbench::{Pgbench, Script};
pub(crate) use self::postgres::Cluster;
pub(crate) use self::server::{Program, Server};

/// Where the server keeps its data.
#[derive(Clone)]
pub(crate) enum Store {
    Postgres(Rc<Cluster>),
    Sqlite(Rc<TempDir>),
}

impl Store {
    /// A file in a temporary folder.
    pub(crate) fn sqlite() -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("bench-")?;
        Ok(Self::Sqlite(Rc::new(folder)))
    }

    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "PostgreSQL",
            Self::Sqlite(_) => "SQLite",
        }
    }

    pub(crate) fn cluster(&self) -> Option<&Cluster> {
        match self {
            Self::Postgres(cluster) => Some(cluster),
            Self::Sqlite(_) => None,
        }
    }

    fn url(&self) -> String {
        match self {
            Self::Postgres(cluster) => cluster.url(),
            Self::Sqlite(folder) => {
                format!("sqlite://{}", folder.path().join("bench.db").display())
            }
        }
    }
}
