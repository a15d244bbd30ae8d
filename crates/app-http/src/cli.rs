//! The command line.

mod articles;

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpStream};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Parser, Subcommand, ValueEnum};
use domain::password::Password;
use domain::use_cases::CreateUserError;
use domain::user::{Email, Role};
use reqwest::Url;

use crate::application::Application;
use crate::composition::{self, Wiring};
use crate::config::Config;
use crate::openapi::DOCUMENT;
use crate::progress::Progress;
use crate::{doctor, telemetry};

/// A self-hosted backend for AI-assisted customer support.
///
/// Settings are environment variables, or lines of a file `.env` in the working folder; see
/// `.env.example`.
#[derive(Debug, Parser)]
#[command(name = "support-assistant", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API (the default)
    Serve,
    /// Bring the database to the newest migration and exit
    Migrate,
    /// Look at everything that the server needs, and say what is wrong with it
    Doctor {
        /// The address that clients use, to see what proxies make of streams
        #[arg(long)]
        url: Option<Url>,
    },
    /// Look at the settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the API's description (OpenAPI 3.1) and exit
    Openapi,
    /// Ask the server of this machine whether it is ready; exits with 0 if so
    Healthcheck,
    /// Manage accounts
    #[command(subcommand)]
    User(UserCommand),
    /// Manage help articles
    #[command(subcommand)]
    Articles(ArticlesCommand),
}

#[derive(Debug, Subcommand)]
enum ArticlesCommand {
    /// Bring help articles to what a folder of Markdown files says, all or nothing
    Import {
        /// The folder; those below it are read, too
        folder: PathBuf,
        /// Delete imported articles whose file is gone
        #[arg(long)]
        prune: bool,
    },
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Say whether every setting can be used, and which cannot; exits with 0 if all can
    Check,
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Make an account
    Create {
        /// E-mail address
        #[arg(long)]
        email: String,
        /// What the account may do
        #[arg(long, value_enum)]
        role: RoleName,
        /// Read the password from standard input: all of it but a line break at the end. Without
        /// this it is asked for on the terminal
        #[arg(long)]
        password_stdin: bool,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RoleName {
    User,
    Agent,
    Admin,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::User => Self::User,
            RoleName::Agent => Self::Agent,
            RoleName::Admin => Self::Admin,
        }
    }
}

impl Cli {
    /// Runs the command; a failure is told on standard error with its causes.
    pub async fn run(self) -> ExitCode {
        match self.execute().await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                // Nothing is left to tell it to when standard error is gone.
                drop(writeln!(io::stderr(), "support-assistant: {error:#}"));
                ExitCode::FAILURE
            }
        }
    }

    async fn execute(self) -> anyhow::Result<()> {
        let command = self.command.unwrap_or(Command::Serve);
        if matches!(command, Command::Openapi) {
            // It is the same whatever the settings.
            return Ok(io::stdout().write_all(DOCUMENT.as_bytes())?);
        }
        let config = Config::from_environment()?;
        match command {
            Command::Serve => serve(&config).await,
            Command::Openapi => Ok(()),
            Command::Doctor { url } => {
                let healthy = doctor::examine(&config, url.as_ref()).await?;
                anyhow::ensure!(healthy, "something has to be changed before it works");
                Ok(())
            }
            Command::Config(ConfigCommand::Check) => {
                Ok(writeln!(io::stdout(), "every setting can be used")?)
            }
            Command::Migrate => {
                let _progress = Progress::new("bringing the database to the newest migration");
                composition::migrate(&config).await
            }
            Command::Healthcheck => check_health(&config),
            Command::Articles(ArticlesCommand::Import { folder, prune }) => {
                articles::import(&config, &folder, prune).await
            }
            Command::User(UserCommand::Create {
                email,
                role,
                password_stdin,
            }) => {
                let email = Email::parse(&email).context("--email")?;
                let password = if password_stdin {
                    read_password()?
                } else {
                    ask_for_password()?
                };
                create_user(&config, email, password, role.into()).await
            }
        }
    }
}

async fn serve(config: &Config) -> anyhow::Result<()> {
    telemetry::start(config);
    let stop = stop_signal()?;
    let application = Application::build(config, Wiring::default()).await?;
    tracing::info!("listening on http://{}", application.address());
    application.run_until(stop).await
}

/// Resolves at SIGTERM or Ctrl-C. The handlers are in place when this returns.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        drop(tokio::signal::ctrl_c().await);
    })
}

/// Asks over a bare socket, so that an image needs no HTTP client.
fn check_health(config: &Config) -> anyhow::Result<()> {
    let host = match config.host {
        host if !host.is_unspecified() => host,
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
    };
    let timeout = Some(Duration::from_secs(2));
    let mut connection = TcpStream::connect((host, config.port)).context("cannot connect")?;
    connection.set_read_timeout(timeout)?;
    connection.set_write_timeout(timeout)?;
    write!(
        connection,
        "GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )?;
    let mut status = [0; 12];
    connection.read_exact(&mut status).context("no answer")?;
    anyhow::ensure!(&status == b"HTTP/1.1 200", "the server is not ready");
    Ok(())
}

fn read_password() -> anyhow::Result<Password> {
    let mut typed = String::new();
    io::stdin()
        .read_to_string(&mut typed)
        .context("cannot read the password")?;
    let typed = typed.strip_suffix('\n').map_or(typed.as_str(), |line| {
        line.strip_suffix('\r').unwrap_or(line)
    });
    Password::parse(typed).context("the password")
}

/// Asks twice, since nobody sees what is typed.
fn ask_for_password() -> anyhow::Result<Password> {
    let ask = |prompt| {
        rpassword::prompt_password(prompt)
            .context("there is no terminal to ask on; send the password to --password-stdin")
    };
    let typed = ask("Password: ")?;
    let password = Password::parse(typed.as_str()).context("the password")?;
    anyhow::ensure!(ask("Again: ")? == typed, "the two passwords differ");
    Ok(password)
}

async fn create_user(
    config: &Config,
    email: Email,
    password: Password,
    role: Role,
) -> anyhow::Result<()> {
    let create_user = composition::user_creation(config).await?;
    let user = match create_user.execute(email, password, role).await {
        Ok(user) => user,
        Err(CreateUserError::EmailTaken) => anyhow::bail!("that address has an account already"),
        Err(error) => return Err(error.into()),
    };
    writeln!(
        io::stdout(),
        "created {} {} ({})",
        user.role.as_str(),
        user.email.as_str(),
        user.id
    )?;
    Ok(())
}
