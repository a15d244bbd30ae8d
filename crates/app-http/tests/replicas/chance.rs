//! Random choices that can be repeated.

use std::env;

use rand::SeedableRng as _;
use rand::rngs::StdRng;

/// Random choices of one test. The seed is said, so that a failure can be repeated.
pub fn seeded(test: &str) -> StdRng {
    let seed = number("REPLICAS_SEED").unwrap_or_else(rand::random);
    testkit::say(&format!("{test}: REPLICAS_SEED={seed}"));
    StdRng::seed_from_u64(seed)
}

/// How many rounds of killing to run.
pub fn rounds(usual: usize) -> usize {
    number("REPLICAS_KILL_ROUNDS").map_or(usual, |rounds| {
        usize::try_from(rounds).expect("a number of rounds")
    })
}

fn number(variable: &str) -> Option<u64> {
    let value = env::var_os(variable)?;
    let number = value.to_str().and_then(|value| value.parse().ok());
    Some(number.unwrap_or_else(|| panic!("{variable} must be a number")))
}
