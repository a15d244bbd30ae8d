use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use app_http::application::Application;
use app_http::composition::{self, Wiring};
use app_http::config::Config;
use domain::password::Password;
use domain::ports::ChatModel;
use domain::user::{Email, Role};
use reqwest::Client;
use serde_json::json;
use testkit::fakes::ScriptedChatModel;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Answer, Home, Session, soon};

/// A running server over a database of its own.
pub struct TestApp {
    pub client: Client,
    pub address: SocketAddr,
    config: Config,
    stop: CancellationToken,
    server: JoinSet<anyhow::Result<()>>,
    home: Arc<Home>,
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
        let app = Self::at_home(Arc::new(Home::new().await), settings, model).await;
        app.until_ready().await;
        app
    }

    /// The product over a database that is there already, or that is not there yet.
    pub async fn at_home(
        home: Arc<Home>,
        settings: &[(&str, &str)],
        model: Option<Arc<dyn ChatModel>>,
    ) -> Self {
        let wiring = Wiring {
            bcrypt_cost: 4,
            model,
        };
        Self::unready(home, settings, wiring).await
    }

    /// The product with other parts than it comes with, ready to serve.
    pub async fn wired(home: Arc<Home>, settings: &[(&str, &str)], wiring: Wiring) -> Self {
        let app = Self::unready(home, settings, wiring).await;
        app.until_ready().await;
        app
    }

    async fn unready(home: Arc<Home>, settings: &[(&str, &str)], wiring: Wiring) -> Self {
        let config = Config::from_lookup(&|name| match name {
            "PORT" => Some("0".to_owned()),
            "METRICS_ADDR" => Some("off".to_owned()),
            _ => settings
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
                .or_else(|| home.setting(name)),
        })
        .expect("valid settings");
        let application = Application::build(&config, wiring)
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
            home,
        }
    }

    /// Stops gracefully, as SIGTERM does.
    pub async fn stop(mut self) -> Arc<Home> {
        self.stop.cancel();
        soon("the server stops", self.server.join_next())
            .await
            .expect("a server")
            .expect("no panic")
            .expect("a clean end");
        Arc::clone(&self.home)
    }

    /// Stops, and starts again over the same database.
    pub async fn restart(self, model: Arc<dyn ChatModel>) -> Self {
        let home = self.stop().await;
        let app = Self::at_home(home, &[], Some(model)).await;
        app.until_ready().await;
        app
    }

    /// A database server is prepared in the background.
    pub async fn until_ready(&self) {
        let asking = async {
            while self.stranger().get("/health/ready").await.status != 200 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        soon("the server is ready", asking).await;
    }

    /// Begins to stop without waiting for the end.
    pub fn begin_to_stop(&self) {
        self.stop.cancel();
    }

    /// Where its data is kept.
    pub fn home(&self) -> &Home {
        &self.home
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

    /// A new agent, signed in.
    pub async fn agent(&self, name: &str) -> Session<'_> {
        self.staff(name, Role::Agent).await
    }

    /// A new admin, signed in.
    pub async fn admin(&self, name: &str) -> Session<'_> {
        self.staff(name, Role::Admin).await
    }

    /// Staff are made by the command line's use case.
    async fn staff(&self, name: &str, role: Role) -> Session<'_> {
        let create_user = composition::user_creation(&self.config)
            .await
            .expect("the use case is wired");
        let email = Email::parse(&format!("{name}@example.com")).expect("an address");
        let password = Password::parse("correct horse battery").expect("a password");
        create_user
            .execute(email, password, role)
            .await
            .expect("a new account");
        self.log_in(name).await
    }

    /// Another session of somebody who has an account.
    pub async fn log_in(&self, name: &str) -> Session<'_> {
        Session::new(
            self,
            Some(self.tokens_of(name).await.text_of("access_token")),
        )
    }

    /// What signing in answers.
    pub async fn tokens_of(&self, name: &str) -> Answer {
        let credentials =
            json!({"email": format!("{name}@example.com"), "password": "correct horse battery"});
        self.stranger()
            .post("/auth/login", &credentials)
            .await
            .expect_status(200)
    }
}
