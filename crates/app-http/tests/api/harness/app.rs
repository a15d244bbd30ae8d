use std::net::SocketAddr;
use std::sync::Arc;

use app_http::application::Application;
use app_http::composition::{self, Wiring};
use app_http::config::Config;
use domain::password::Password;
use domain::ports::ChatModel;
use domain::user::{Email, Role};
use reqwest::Client;
use serde_json::json;
use tempfile::TempDir;
use testkit::fakes::ScriptedChatModel;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Session, soon};

/// A running server over a database file of its own.
pub struct TestApp {
    pub client: Client,
    pub address: SocketAddr,
    config: Config,
    stop: CancellationToken,
    server: JoinSet<anyhow::Result<()>>,
    folder: Arc<TempDir>,
}

impl TestApp {
    /// The product as it comes, with a model that says `Hello` and ` there`.
    pub async fn start() -> Self {
        Self::with_model(Arc::new(ScriptedChatModel::replying(["Hello", " there"]))).await
    }

    /// The product as it comes, answering by that model.
    pub async fn with_model(model: Arc<dyn ChatModel>) -> Self {
        Self::with_settings(&[], Some(model)).await
    }

    /// The product with settings of the environment.
    pub async fn with_settings(
        settings: &[(&str, &str)],
        model: Option<Arc<dyn ChatModel>>,
    ) -> Self {
        let folder = Arc::new(TempDir::new().expect("a temporary folder"));
        Self::in_folder(folder, settings, model).await
    }

    async fn in_folder(
        folder: Arc<TempDir>,
        settings: &[(&str, &str)],
        model: Option<Arc<dyn ChatModel>>,
    ) -> Self {
        let database = format!("sqlite://{}", folder.path().join("support.db").display());
        let config = Config::from_lookup(&|name| match name {
            "PORT" => Some("0".to_owned()),
            "DATABASE_URL" => Some(database.clone()),
            _ => settings
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, v)| (*v).to_owned()),
        })
        .expect("valid settings");
        let application = Application::build(
            &config,
            Wiring {
                bcrypt_cost: 4,
                model,
            },
        )
        .await
        .expect("the application starts");
        let address = application.address();
        let stop = CancellationToken::new();
        let mut server = JoinSet::new();
        server.spawn(application.run_until(stop.clone().cancelled_owned()));
        Self {
            client: Client::new(),
            address,
            config,
            stop,
            server,
            folder,
        }
    }

    /// Stops gracefully, as SIGTERM does.
    pub async fn stop(mut self) -> Arc<TempDir> {
        self.stop.cancel();
        soon("the server stops", self.server.join_next())
            .await
            .expect("a server")
            .expect("no panic")
            .expect("a clean end");
        Arc::clone(&self.folder)
    }

    /// Stops, and starts again over the same files.
    pub async fn restart(self, model: Arc<dyn ChatModel>) -> Self {
        let folder = self.stop().await;
        Self::in_folder(folder, &[], Some(model)).await
    }

    /// Begins to stop without waiting for the end.
    pub fn begin_to_stop(&self) {
        self.stop.cancel();
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A client that is not signed in.
    pub fn stranger(&self) -> Session<'_> {
        Session::new(self, None)
    }

    /// A new customer, signed in.
    pub async fn customer(&self, name: &str) -> Session<'_> {
        let credentials =
            json!({"email": format!("{name}@example.com"), "password": "correct horse battery"});
        self.stranger()
            .post("/auth/signup", &credentials)
            .await
            .expect_status(201);
        self.log_in(name).await
    }

    /// A new agent, signed in. Agents are made by the command line's use case.
    pub async fn agent(&self, name: &str) -> Session<'_> {
        let create_user = composition::user_creation(&self.config)
            .await
            .expect("the use case is wired");
        let email = Email::parse(&format!("{name}@example.com")).expect("an address");
        let password = Password::parse("correct horse battery").expect("a password");
        create_user
            .execute(email, password, Role::Agent)
            .await
            .expect("a new agent");
        self.log_in(name).await
    }

    async fn log_in(&self, name: &str) -> Session<'_> {
        let credentials =
            json!({"email": format!("{name}@example.com"), "password": "correct horse battery"});
        let answer = self
            .stranger()
            .post("/auth/login", &credentials)
            .await
            .expect_status(200);
        Session::new(self, Some(answer.text_of("access_token")))
    }
}
