//! Measures the search and writes the report: `cargo run -p evaluation`.

use anyhow::Context as _;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let report = evaluation::report().await?;
    std::fs::write(evaluation::REPORT, report).context("cannot write the report")
}
