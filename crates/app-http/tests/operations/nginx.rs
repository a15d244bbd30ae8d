use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::harness::soon;
use crate::programs::program;

/// The configuration that Docker's replicas are served with.
const CONFIGURATION: &str = include_str!("../../../../docker/proxy/nginx.conf");

/// A real nginx in front of replicas.
pub struct Nginx {
    process: Child,
    address: SocketAddr,
    _folder: TempDir,
}

/// What it does with streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buffering {
    /// As it comes.
    Off,
    /// Gathered by another proxy in front of it.
    On,
}

impl Nginx {
    /// Starts one; none where it is not installed.
    pub async fn start(replicas: &[SocketAddr], buffering: Buffering) -> Option<Self> {
        let nginx = program("nginx")?;
        let folder = TempDir::new().expect("a temporary folder");
        let address = free_address();
        let file = folder.path().join("nginx.conf");
        let text = configuration(folder.path(), address, replicas, buffering);
        std::fs::write(&file, text).expect("a file");
        let process = Command::new(nginx)
            .args(["-e", "stderr", "-g", "daemon off;", "-p"])
            .arg(folder.path())
            .arg("-c")
            .arg(file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx starts");
        soon("nginx listens", async {
            while TcpStream::connect(address).is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
        Some(Self {
            process,
            address,
            _folder: folder,
        })
    }

    /// Where clients find it.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its workers go with it, unlike with SIGKILL.
        let told = Command::new("kill")
            .arg(self.process.id().to_string())
            .status();
        drop(told);
        drop(self.process.wait());
    }
}

/// An address that nobody listens on at the moment, and whose port no outgoing connection is given
/// by the system, since it has to be free again later.
pub fn free_address() -> SocketAddr {
    let ports = std::iter::repeat_with(|| rand::random_range(10_000..32_000_u16));
    let mut addresses = ports.map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    let free = addresses.find(|address| TcpListener::bind(address).is_ok());
    free.expect("a free port")
}

/// The real configuration, with other places.
fn configuration(
    folder: &Path,
    address: SocketAddr,
    replicas: &[SocketAddr],
    buffering: Buffering,
) -> String {
    let mut text = String::new();
    let mut inner = address;
    for line in CONFIGURATION.lines() {
        let line = match line.trim() {
            "server app:8080 max_fails=1 fail_timeout=2s;" => {
                let servers = replicas
                    .iter()
                    .map(|replica| format!("server {replica} max_fails=1 fail_timeout=2s;"));
                servers.collect::<Vec<_>>().join("\n")
            }
            "server app-2:8080 max_fails=1 fail_timeout=2s;"
            | "server app-3:8080 max_fails=1 fail_timeout=2s;" => String::new(),
            "server {" if buffering == Buffering::On => {
                inner = free_address();
                gathering_server(address, inner) + "server {"
            }
            "listen 8080;" => format!("listen {inner};"),
            "pid /run/nginx.pid;" => format!("pid {}/nginx.pid;", folder.display()),
            "worker_processes auto;" => "worker_processes 2;".to_owned(),
            "error_log /dev/stderr warn;" => "error_log stderr warn;".to_owned(),
            "access_log /dev/stdout plain;" => temporary_folders(folder),
            _ => line.to_owned(),
        };
        text.push_str(&line);
        text.push('\n');
    }
    assert!(text.contains(&replicas[0].to_string()), "{text}");
    assert!(text.contains(&address.to_string()), "{text}");
    text
}

/// A second proxy in front of the first, as it is without settings about streams. What the server
/// asks of proxies is not passed on to it.
fn gathering_server(address: SocketAddr, inner: SocketAddr) -> String {
    format!(
        "server {{ listen {address}; location / {{ proxy_pass http://{inner}; \
         proxy_http_version 1.0; proxy_buffering on; }} }}\n"
    )
}

fn temporary_folders(folder: &Path) -> String {
    let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let folders = kinds.map(|kind| format!("{kind}_temp_path {}/{kind};\n", folder.display()));
    format!("access_log off;\n{}", folders.concat())
}
