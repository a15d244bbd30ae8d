use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use thiserror::Error;

/// The system gave no random bytes.
#[derive(Debug, Error)]
#[error("the system's random number generator failed")]
pub struct SecretError(#[source] Unspecified);

/// Makes a random signing key of 256 bits, in characters that files and variables can hold.
///
/// # Errors
/// [`SecretError`] when the system gives no random bytes.
pub fn generate_secret() -> Result<SecretString, SecretError> {
    Ok(random_text::<32>()?.into())
}

/// So many random bytes, as text.
pub(crate) fn random_text<const BYTES: usize>() -> Result<String, SecretError> {
    let mut bytes = [0; BYTES];
    rand::fill(&mut bytes).map_err(SecretError)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn random_keys_are_never_the_same() {
        let keys = [(); 50].map(|()| generate_secret().unwrap());
        for (index, key) in keys.iter().enumerate() {
            assert!(key.expose_secret().len() >= 32);
            let known = keys.iter().take(index);
            assert!(
                known
                    .map(ExposeSecret::expose_secret)
                    .all(|other| other != key.expose_secret())
            );
        }
    }

    #[test]
    fn debug_output_hides_the_key() {
        let key = generate_secret().unwrap();
        assert!(!format!("{key:?}").contains(key.expose_secret()));
    }
}
