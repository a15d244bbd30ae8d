//! Measures the search and writes the report: `cargo run -p evaluation`. With `development` it tells
//! instead what was found for each question that the search may be tuned on.

use std::io::Write as _;

use anyhow::Context as _;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    if std::env::args().nth(1).as_deref() == Some("development") {
        let listing = evaluation::listing().await?;
        return Ok(std::io::stdout().write_all(listing.as_bytes())?);
    }
    let report = evaluation::report().await?;
    std::fs::write(evaluation::REPORT, report).context("cannot write the report")
}
