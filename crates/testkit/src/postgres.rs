//! A private PostgreSQL for tests, started from installed programs, so that no test needs a server
//! and none touches somebody's data.
//!
//! `TEST_DATABASE_URL` names a server to use instead; databases are made and dropped there. Where
//! neither is to be had, tests say so on standard error and pass, unless `CI` is `true`.

#![expect(
    clippy::expect_used,
    reason = "a harness that cannot start must stop the test"
)]

mod cluster;
mod programs;

use std::env;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::sync::OnceCell;

pub use self::cluster::Cluster;
use self::programs::Programs;

/// Where databases are made.
enum Server {
    Given { url: String, programs: Programs },
    Private(Cluster),
}

/// One server for all tests of this process. It is never dropped; its guard ends it.
static SERVER: OnceCell<Option<Server>> = OnceCell::const_new();

/// An empty database of one's own, dropped at the end.
pub struct FreshDatabase {
    name: String,
    url: String,
    maintenance_url: String,
    programs: Programs,
}

/// An empty database; none where no PostgreSQL is to be had, which is said loudly.
///
/// # Panics
/// Without PostgreSQL when `CI` is `true`.
pub async fn fresh_database() -> Option<FreshDatabase> {
    static COUNT: AtomicU32 = AtomicU32::new(0);

    let server = SERVER.get_or_init(find_or_start).await.as_ref()?;
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("test_{}_{number}", std::process::id());
    let (maintenance_url, programs) = match server {
        Server::Given { url, programs } => (url.clone(), programs.clone()),
        Server::Private(cluster) => (cluster.url("postgres"), cluster.programs().clone()),
    };
    let created = programs.run("createdb", &["--maintenance-db", &maintenance_url, &name]);
    assert!(created, "the database {name} was not made");
    let url = with_database(&maintenance_url, &name);
    Some(FreshDatabase {
        name,
        url,
        maintenance_url,
        programs,
    })
}

/// A server of one's own, to be stopped and started; none where no PostgreSQL is to be had.
///
/// # Panics
/// Without PostgreSQL when `CI` is `true`.
pub async fn own_cluster() -> Option<Cluster> {
    let Some(programs) = Programs::find() else {
        say_skipped();
        return None;
    };
    Some(Cluster::start(programs).await)
}

impl FreshDatabase {
    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for FreshDatabase {
    fn drop(&mut self) {
        let arguments = [
            "--force",
            "--if-exists",
            "--maintenance-db",
            &self.maintenance_url,
            &self.name,
        ];
        // Of a private server nothing stays in any case.
        let _dropped = self.programs.run("dropdb", &arguments);
    }
}

async fn find_or_start() -> Option<Server> {
    let Some(programs) = Programs::find() else {
        say_skipped();
        return None;
    };
    if let Some(url) = env::var_os("TEST_DATABASE_URL") {
        let url = url.into_string().expect("a URL in UTF-8");
        return Some(Server::Given { url, programs });
    }
    Some(Server::Private(Cluster::start(programs).await))
}

fn say_skipped() {
    let ci = env::var_os("CI").is_some_and(|value| value == "true");
    assert!(!ci, "PostgreSQL is not installed");
    crate::say("SKIPPED: PostgreSQL is not installed, so this test was not run over it");
}

/// The same server's other database.
fn with_database(url: &str, name: &str) -> String {
    let (address, query) = url
        .split_once('?')
        .map_or((url, None), |(a, q)| (a, Some(q)));
    let (scheme, rest) = address.split_once("://").expect("a URL");
    let authority = rest.split('/').next().unwrap_or(rest);
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    format!("{scheme}://{authority}/{name}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_databases_name_is_replaced() {
        let url = "postgres://u:p@host:5432/postgres?sslmode=disable";
        assert_eq!(
            with_database(url, "t"),
            "postgres://u:p@host:5432/t?sslmode=disable"
        );
        assert_eq!(
            with_database("postgres://u@host", "t"),
            "postgres://u@host/t"
        );
    }
}
