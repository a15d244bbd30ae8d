//! The `support-assistant` binary.

use std::process::ExitCode;

use clap::Parser as _;

#[tokio::main]
async fn main() -> ExitCode {
    app_http::cli::Cli::parse().run().await
}
