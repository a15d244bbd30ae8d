use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use bytes::Bytes;
use h2::server::{self, SendResponse};
use http::Response;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

const ANSWER: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"}}]}\n\n\
     data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n\
     data: [DONE]\n\n";

/// A model's host that speaks HTTP/2 over TLS and nothing else. It answers the first request at
/// once, the others when it has so many that they can only have been asked at the same time.
pub struct Http2Host {
    address: SocketAddr,
    /// How many requests came over each connection.
    requests: watch::Sender<Vec<usize>>,
    certificates: TempDir,
    _tasks: JoinSet<()>,
}

#[derive(Clone)]
struct Manners {
    at_once: u32,
    together: usize,
    requests: watch::Sender<Vec<usize>>,
}

impl Http2Host {
    /// It takes `at_once` requests at a time over one connection, and answers when there are
    /// `together`. None where it cannot have a certificate.
    pub async fn start(at_once: u32, together: usize) -> Option<Self> {
        let certificates = TempDir::new().expect("a folder");
        if !make_certificates(certificates.path()) {
            say_skipped();
            return None;
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let acceptor = TlsAcceptor::from(Arc::new(encryption(certificates.path())));
        let manners = Manners {
            at_once,
            together,
            requests: watch::Sender::default(),
        };
        let requests = manners.requests.clone();
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, acceptor, manners));
        Some(Self {
            address,
            requests,
            certificates,
            _tasks: tasks,
        })
    }

    pub fn base_url(&self) -> String {
        format!("https://localhost:{}/openai/v1", self.address.port())
    }

    /// Who must be trusted to trust it.
    pub fn issuer(&self) -> PathBuf {
        self.certificates.path().join("ca.crt")
    }

    /// How many requests came over each connection that was used.
    pub fn requests(&self) -> Vec<usize> {
        let requests = self.requests.borrow();
        requests.iter().copied().filter(|it| *it > 0).collect()
    }
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, manners: Manners) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        // It fails when the client leaves.
        let served = serve(stream, acceptor.clone(), manners.clone());
        connections.spawn(async { drop(served.await) });
    }
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor, manners: Manners) -> io::Result<()> {
    let stream = acceptor.accept(stream).await?;
    let handshake = server::Builder::new()
        .max_concurrent_streams(manners.at_once)
        .handshake::<_, Bytes>(stream);
    let mut connection = handshake.await.map_err(io::Error::other)?;
    let mut place = 0;
    manners.requests.send_modify(|requests| {
        place = requests.len();
        requests.push(0);
    });
    let mut answers = JoinSet::new();
    while let Some(request) = connection.accept().await {
        let (_, respond) = request.map_err(io::Error::other)?;
        manners
            .requests
            .send_modify(|requests| requests[place] += 1);
        answers.spawn(answer(respond, manners.clone()));
    }
    Ok(())
}

async fn answer(mut respond: SendResponse<Bytes>, manners: Manners) {
    let total = |requests: &Vec<usize>| requests.iter().sum::<usize>();
    let mut changes = manners.requests.subscribe();
    let condition = changes.wait_for(|requests| {
        let total = total(requests);
        total == 1 || total >= manners.together
    });
    drop(condition.await);
    let head = Response::builder().header("content-type", "text/event-stream");
    let head = head.body(()).expect("a head");
    // It fails when the client leaves.
    if let Ok(mut body) = respond.send_response(head, false) {
        drop(body.send_data(Bytes::from_static(ANSWER.as_bytes()), true));
    }
}

fn encryption(certificates: &Path) -> ServerConfig {
    let chain = CertificateDer::from_pem_file(certificates.join("server.crt"));
    let key = PrivateKeyDer::from_pem_file(certificates.join("server.key"));
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![chain.expect("a certificate")], key.expect("a key"))
        .expect("a usable certificate");
    config.alpn_protocols = vec![b"h2".to_vec()];
    config
}

fn make_certificates(folder: &Path) -> bool {
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
    fs::write(folder.join("names"), "subjectAltName=DNS:localhost").expect("written");
    [
        format!("req -x509 {key} -keyout ca.key -out ca.crt -subj /CN=issuer"),
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

fn say_skipped() {
    let ci = std::env::var_os("CI").is_some_and(|value| value == "true");
    assert!(!ci, "openssl is not installed");
    testkit::say("SKIPPED: openssl is not installed, so HTTP/2 was not tested");
}
