use std::net::SocketAddr;
use std::sync::Arc;

use groq_simulator::{Reply, Simulator};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::binary::Server;
use crate::gate::Gate;
use crate::harness::Answer;
use crate::running::Running;
use crate::tools;

const PAGE: &str = include_str!("../../../../examples/shop-widget/index.html");
const MODULE: &str = include_str!("../../../../examples/shop-widget/widget.js");
const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "correct horse battery";

/// A shop's website, the support server on another origin, and the model behind that.
pub struct Shop {
    pub gate: Gate,
    pub simulator: Simulator,
    pub server: Server,
    origin: String,
    folder: TempDir,
    _website: JoinSet<()>,
}

impl Shop {
    pub async fn open() -> Self {
        let simulator = Simulator::start().await.expect("a simulator");
        let gate = Gate::start(simulator.address()).await;
        let folder = TempDir::new().expect("a temporary folder");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let origin = format!("http://{address}");
        let server = serve(&folder, &origin, gate.address(), "0").await;
        let page = PAGE.replace("http://127.0.0.1:8080", server.base_url());
        assert_ne!(page, PAGE, "the page names its server");
        let mut website = JoinSet::new();
        website.spawn(show_website(listener, Arc::from(page)));
        Self {
            gate,
            simulator,
            server,
            origin,
            folder,
            _website: website,
        }
    }

    /// A browser on the shop's page, which takes these steps.
    pub fn visit(&self, browser: std::process::Command, steps: &[Value]) -> Running {
        let order = json!({"base_url": self.origin, "steps": steps});
        Running::run("the shop's page".to_owned(), browser, &order)
    }

    /// Stops the server as an update does, and starts it again where it was.
    pub async fn restart_server(&mut self) {
        let address = self.server.base_url().trim_start_matches("http://");
        let address: SocketAddr = address.parse().expect("an address");
        self.server.signal("TERM");
        assert_eq!(self.server.exit_code().await, Some(0));
        let port = address.port().to_string();
        self.server = serve(&self.folder, &self.origin, self.gate.address(), &port).await;
    }

    /// What the server has of the visitor's only ticket.
    pub async fn stored_ticket(&self) -> Value {
        let body = json!({"email": EMAIL, "password": PASSWORD});
        let pair = self.server.post("/auth/login", "", body).await;
        let token = pair.expect_status(200).text_of("access_token");
        let list = Answer::to(self.server.request("/tickets", &token)).await;
        let list = list.expect_status(200).json();
        let [ticket] = list["items"].as_array().expect("a list").as_slice() else {
            panic!("one ticket: {list}");
        };
        let path = format!("/tickets/{}", ticket["id"].as_str().expect("an id"));
        let ticket = Answer::to(self.server.request(&path, &token)).await;
        ticket.expect_status(200).json()
    }

    /// What the model is going to say, in these pieces.
    pub fn will_be_answered(&self, pieces: &[&str]) {
        let reply = Reply::new().with_pieces(pieces.iter().copied());
        self.simulator.enqueue(reply);
    }
}

/// A new customer who asks a question.
pub fn sign_up_and_ask() -> Vec<Value> {
    vec![
        json!({"type": ["#account [name=email]", EMAIL]}),
        json!({"type": ["#account [name=password]", PASSWORD]}),
        json!({"click": "#account [value=sign-up]"}),
        json!({"type": ["#question [name=title]", "Parcel"]}),
        json!({"type": ["#question [name=description]", "Where is my parcel?"]}),
        json!({"click": "#question .main"}),
    ]
}

/// A browser; none where it is not installed, which is said loudly.
pub fn browser() -> Option<std::process::Command> {
    tools::browser("shop_widget.mjs")
        .inspect_err(|missing| tools::say_skipped("the shop's page", missing))
        .ok()
}

async fn serve(folder: &TempDir, origin: &str, model: SocketAddr, port: &str) -> Server {
    let model = format!("http://{model}/openai/v1");
    let settings = [
        ("DATABASE_URL", "sqlite://support.db"),
        ("CORS_ALLOWED_ORIGINS", origin),
        ("GROQ_API_KEY", "gsk_not_a_real_key"),
        ("GROQ_BASE_URL", &model),
        ("SHUTDOWN_SECONDS", "1"),
        ("PORT", port),
    ];
    Server::start(folder.path(), &settings).await
}

/// Any web server would do: it knows two files.
async fn show_website(listener: TcpListener, page: Arc<str>) {
    let mut visitors = JoinSet::new();
    while let Ok((visitor, _)) = listener.accept().await {
        let page = Arc::clone(&page);
        visitors.spawn(async move { drop(show_file(visitor, &page).await) });
    }
}

async fn show_file(mut visitor: TcpStream, page: &str) -> std::io::Result<()> {
    let mut head = BufReader::new(&mut visitor).lines();
    let request = head.next_line().await?.unwrap_or_default();
    while head.next_line().await?.is_some_and(|line| !line.is_empty()) {}
    let (status, kind, body) = match request.split(' ').nth(1) {
        Some("/") => ("200 OK", "text/html", page),
        Some("/widget.js") => ("200 OK", "text/javascript", MODULE),
        _ => ("404 Not Found", "text/plain", ""),
    };
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    );
    visitor.write_all(answer.as_bytes()).await
}
