use adapters_auth::BcryptPasswordHasher;
use domain::password::{Password, PasswordAttempt, PasswordHash};
use domain::ports::{PasswordHasher, PasswordHasherError};

/// The least that bcrypt has: tests need no slow hashes.
const COST: u32 = 4;

async fn hash(password: &str) -> PasswordHash {
    let password = Password::parse(password).expect("the test's password should be long enough");
    let hash = BcryptPasswordHasher::new(COST).hash(&password).await;
    hash.expect("hashing should work")
}

async fn verify(attempt: &str, hash: &PasswordHash) -> bool {
    let matches = BcryptPasswordHasher::new(COST)
        .verify(&PasswordAttempt::new(attempt), Some(hash.clone()))
        .await;
    matches.expect("checking should work")
}

#[tokio::test]
async fn a_password_matches_its_hash_and_no_other() {
    let hash = hash("correct horse").await;
    assert!(hash.expose().starts_with("$2b$04$"));
    assert!(verify("correct horse", &hash).await);
    for wrong in ["correct horsf", "Correct horse", "correct horse ", ""] {
        assert!(!verify(wrong, &hash).await, "{wrong:?}");
    }
}

#[tokio::test]
async fn every_hash_has_a_salt_of_its_own() {
    let twice = (hash("correct horse").await, hash("correct horse").await);
    assert_ne!(twice.0.expose(), twice.1.expose());
}

#[tokio::test]
async fn the_longest_password_counts_to_its_last_character() {
    let longest = "🐎".repeat(Password::MAX_CHARS);
    let hash = hash(&longest).await;
    assert!(verify(&longest, &hash).await);
    let all_but_one = "🐎".repeat(Password::MAX_CHARS - 1);
    assert!(!verify(&all_but_one, &hash).await);
    assert!(!verify(&(all_but_one + "🐴"), &hash).await);
}

#[tokio::test]
async fn what_follows_a_nul_or_the_72nd_byte_counts() {
    for start in ["a".repeat(72), "a".repeat(71), "1234567\0".to_owned()] {
        let hash = hash(&format!("{start}x")).await;
        assert!(verify(&format!("{start}x"), &hash).await);
        assert!(!verify(&format!("{start}y"), &hash).await);
        assert!(!verify(&start, &hash).await);
    }
}

#[tokio::test]
async fn an_attempt_may_be_longer_than_any_password() {
    let hash = hash("correct horse").await;
    assert!(!verify(&"a".repeat(100_000), &hash).await);
}

#[tokio::test]
async fn without_a_hash_nothing_matches() {
    let hasher = BcryptPasswordHasher::new(COST);
    for attempt in ["", "correct horse"] {
        let matches = hasher.verify(&PasswordAttempt::new(attempt), None).await;
        assert!(!matches.unwrap());
    }
}

#[tokio::test]
async fn hashes_of_another_cost_still_match() {
    let password = Password::parse("correct horse").unwrap();
    let hash = BcryptPasswordHasher::new(COST + 1)
        .hash(&password)
        .await
        .unwrap();
    assert!(hash.expose().starts_with("$2b$05$"));
    assert!(verify("correct horse", &hash).await);
}

#[tokio::test]
async fn a_hash_that_is_none_is_a_failure_not_a_wrong_password() {
    let hasher = BcryptPasswordHasher::new(COST);
    let attempt = PasswordAttempt::new("correct horse");
    for broken in ["", "correct horse", "$2b$99$", &"ä".repeat(30)] {
        let outcome = hasher
            .verify(&attempt, Some(PasswordHash::new(broken)))
            .await;
        assert!(
            matches!(outcome, Err(PasswordHasherError::Failed(_))),
            "{broken:?}"
        );
    }
}
