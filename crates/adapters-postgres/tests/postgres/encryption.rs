use std::fs::{self, OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::Path;
use std::process::{Command, Stdio};

use adapters_postgres::{PgReplyEventLog, PgStoreHealth};
use domain::ports::{ReplyEventLog as _, StoreHealth as _};
use tempfile::TempDir;
use testkit::postgres::{Cluster, own_cluster};

use crate::fixtures::client;
use crate::open;

/// A server that encrypts, with a certificate for `localhost`, and who issued it.
struct Encrypting {
    cluster: Cluster,
    certificates: TempDir,
}

impl Encrypting {
    async fn new() -> Option<Self> {
        let certificates = TempDir::new().expect("a folder");
        if !make_certificates(certificates.path()) {
            say_skipped();
            return None;
        }
        let mut cluster = own_cluster().await?;
        cluster.stop();
        install(certificates.path(), &cluster.data());
        cluster.resume().await;
        Some(Self {
            cluster,
            certificates,
        })
    }

    fn url(&self, host: &str, parameters: &str) -> String {
        let port = self.cluster.port();
        format!("postgres://postgres@{host}:{port}/postgres?{parameters}")
    }

    fn root(&self, name: &str) -> String {
        let path = self.certificates.path().join(name);
        format!("sslrootcert={}", path.display())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mode_encrypts_and_trusts_as_it_says() {
    let Some(server) = Encrypting::new().await else {
        return;
    };
    let (ours, wrong) = (server.root("ca.crt"), server.root("other.crt"));
    let ip = "127.0.0.1";
    for (host, parameters, expected) in [
        (ip, "sslmode=disable".to_owned(), Some(false)),
        (ip, "sslmode=prefer".to_owned(), Some(true)),
        (ip, "sslmode=require".to_owned(), Some(true)),
        (ip, format!("sslmode=require&{ours}"), Some(true)),
        (ip, format!("sslmode=require&{wrong}"), None),
        (ip, format!("sslmode=verify-ca&{ours}"), Some(true)),
        (ip, format!("sslmode=verify-ca&{wrong}"), None),
        (
            "localhost",
            format!("sslmode=verify-full&{ours}"),
            Some(true),
        ),
        // The certificate is for another name.
        (ip, format!("sslmode=verify-full&{ours}"), None),
        ("localhost", format!("sslmode=verify-full&{wrong}"), None),
        // The operating system does not know who issued it.
        ("localhost", "sslmode=verify-full".to_owned(), None),
    ] {
        let case = format!("{host} {parameters}");
        let database = open(&server.url(host, &format!("{parameters}&application_name=case")));
        let answered = PgStoreHealth::new(database.clone()).ping().await;
        assert_eq!(answered.is_ok(), expected.is_some(), "{case}: {answered:?}");
        let migrated = database.migrate().await;
        assert_eq!(migrated.is_ok(), expected.is_some(), "{case}: {migrated:?}");
        if let Some(encrypted) = expected {
            let bell = PgReplyEventLog::new(database.clone()).doorbell();
            assert_eq!(connections(&server, 2).await, vec![encrypted; 2], "{case}");
            drop(bell);
        }
        drop(database);
        connections(&server, 0).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_does_not_encrypt_is_refused_where_that_is_required() {
    let Some(cluster) = own_cluster().await else {
        return;
    };
    for (mode, accepted) in [("prefer", true), ("require", false), ("verify-full", false)] {
        let database = open(&format!("{}?sslmode={mode}", cluster.url("postgres")));
        let answered = PgStoreHealth::new(database).ping().await;
        assert_eq!(answered.is_ok(), accepted, "{mode}: {answered:?}");
    }
}

/// Waits until the database has so many connections, and tells which of them are encrypted.
async fn connections(server: &Encrypting, count: usize) -> Vec<bool> {
    let client = client(&server.url("127.0.0.1", "sslmode=disable")).await;
    let counting = async {
        loop {
            let rows = client.query(
                "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                 WHERE application_name = 'case'",
                &[],
            );
            let rows = rows.await.expect("counted");
            if rows.len() == count {
                return rows.iter().map(|row| row.get(0)).collect();
            }
        }
    };
    let deadline = std::time::Duration::from_secs(30);
    let counted = tokio::time::timeout(deadline, counting).await;
    counted.expect("as many connections as expected")
}

/// Two issuers, of which the first issues a certificate for `localhost`.
fn make_certificates(folder: &Path) -> bool {
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
    let names = folder.join("names");
    fs::write(names, "subjectAltName=DNS:localhost").expect("written");
    [
        format!("req -x509 {key} -keyout ca.key -out ca.crt -subj /CN=issuer"),
        format!("req -x509 {key} -keyout other.key -out other.crt -subj /CN=other"),
        format!("req {key} -keyout server.key -out server.csr -subj /CN=localhost"),
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 \
         -extfile names -out server.crt"
            .to_owned(),
    ]
    .iter()
    .all(|arguments| {
        Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    })
}

/// The server wants its key to be its own and nobody else's.
fn install(certificates: &Path, data: &Path) {
    let owner = fs::metadata(data).expect("the data folder");
    for name in ["server.crt", "server.key"] {
        let installed = data.join(name);
        fs::copy(certificates.join(name), &installed).expect("copied");
        fs::set_permissions(&installed, Permissions::from_mode(0o600)).expect("closed");
        chown(&installed, Some(owner.uid()), Some(owner.gid())).expect("given away");
    }
    let settings = OpenOptions::new()
        .append(true)
        .open(data.join("postgresql.conf"));
    writeln!(settings.expect("opened"), "ssl = on").expect("written");
}

#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn say_skipped() {
    let ci = std::env::var_os("CI").is_some_and(|value| value == "true");
    assert!(!ci, "openssl is not installed");
    eprintln!("SKIPPED: openssl is not installed, so no encrypted connection was tested");
}
