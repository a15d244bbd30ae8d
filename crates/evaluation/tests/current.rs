//! Figures cannot fall, or rise, unnoticed.

#[tokio::test]
async fn the_checked_in_report_is_the_code_s() {
    let report = evaluation::report().await.expect("measured");
    let checked_in = std::fs::read_to_string(evaluation::REPORT).expect("docs/EVALUATION.md");
    assert_eq!(
        checked_in, report,
        "the search does otherwise than docs/EVALUATION.md says: if that is meant, run `cargo run \
         -p evaluation` and look at the difference"
    );
}
