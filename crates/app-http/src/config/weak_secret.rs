/// The shortest key that HS256 may have (RFC 7518, section 3.2).
const MIN_BYTES: usize = 32;

/// Random keys of 32 characters have more different ones than this, even in hexadecimal.
const MIN_DIFFERENT: usize = 8;

/// What placeholders and examples in manuals have in common. Separators are left out.
const KNOWN_DEFAULTS: [&str; 12] = [
    "changeme",
    "changethis",
    "replaceme",
    "replacethis",
    "yoursecret",
    "yourjwtsecret",
    "your256bitsecret",
    "your512bitsecret",
    "supersecret",
    "secretkey",
    "astringsecretatleast",
    "placeholder",
];

/// Whether a signing key could be guessed: under 32 bytes, a known default, or a repetition.
pub(super) fn is_weak_secret(secret: &str) -> bool {
    let secret = secret.trim();
    secret.len() < MIN_BYTES
        || different_bytes(secret) < MIN_DIFFERENT
        || is_repetition(secret.as_bytes())
        || is_known_default(secret)
}

fn different_bytes(secret: &str) -> usize {
    let mut bytes = secret.as_bytes().to_vec();
    bytes.sort_unstable();
    bytes.dedup();
    bytes.len()
}

/// Whether it is a shorter text said twice or more, the last time perhaps not to its end.
fn is_repetition(secret: &[u8]) -> bool {
    (1..=secret.len() / 2).any(|period| secret.iter().skip(period).zip(secret).all(|(a, b)| a == b))
}

fn is_known_default(secret: &str) -> bool {
    let bare: String = secret
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    KNOWN_DEFAULTS.iter().any(|known| bare.contains(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_guessed_is_weak() {
        for secret in [
            "",
            "secret",
            "changeme",
            "Zx8!kQ2#vB7$nM4%pL9&wR5*tY1(uI3",
            "your-secret-key",
            "CHANGE_ME_0123456789-abcdefghijklmnop",
            "change-me-to-at-least-32-random-bytes",
            "replace-me-with-the-output-of-openssl-rand",
            "a-string-secret-at-least-256-bits-long",
            "super-secret-jwt-token-with-at-least-32-characters-long",
            "0123456789abcdef0123456789abcdef",
            &"x".repeat(64),
            &"ab12".repeat(16),
            &" ".repeat(64),
        ] {
            assert!(is_weak_secret(secret), "{secret:?}");
        }
    }

    #[test]
    fn random_keys_are_not_weak() {
        for key in [
            "8f14e45fceea167a5a36dedd4bea2543",
            "c9f0f895fb98ab9159f51fd0297e236d1f0e3dad99908345",
            "q1Zk9vT3mXw8RbYp5LcJd7HfGs2NaEuV",
        ] {
            assert!(!is_weak_secret(key), "{key}");
        }
    }
}
