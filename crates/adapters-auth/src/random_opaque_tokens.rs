use aws_lc_rs::digest::{SHA256, digest};
use domain::ports::{BoxError, OpaqueToken, OpaqueTokens};
use domain::stream_token::TokenDigest;

use crate::secret::random_text;

/// Makes tokens of 256 random bits and keeps their SHA-256. A slow hash would add nothing: there
/// is no guessing of what is random throughout.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomOpaqueTokens;

impl OpaqueTokens for RandomOpaqueTokens {
    fn generate(&self) -> Result<OpaqueToken, BoxError> {
        let secret = random_text::<32>()?;
        let digest = self.digest(&secret);
        Ok(OpaqueToken { secret, digest })
    }

    fn digest(&self, secret: &str) -> TokenDigest {
        let mut bytes = [0; 32];
        for (byte, hashed) in bytes
            .iter_mut()
            .zip(digest(&SHA256, secret.as_bytes()).as_ref())
        {
            *byte = *hashed;
        }
        TokenDigest::from_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_recognised_by_its_digest() {
        let token = RandomOpaqueTokens.generate().unwrap();
        assert_eq!(RandomOpaqueTokens.digest(&token.secret), token.digest);
        let other = RandomOpaqueTokens.generate().unwrap();
        assert_ne!(token.digest, other.digest);
    }

    #[test]
    fn the_digest_is_sha_256() {
        // FIPS 180-2, appendix B.1.
        let digest = RandomOpaqueTokens.digest("abc");
        assert_eq!(&digest.as_bytes()[..4], [0xba, 0x78, 0x16, 0xbf]);
        assert_eq!(&digest.as_bytes()[28..], [0xf2, 0x00, 0x15, 0xad]);
    }

    #[test]
    fn a_token_fits_into_a_url_and_is_not_printed() {
        let token = RandomOpaqueTokens.generate().unwrap();
        assert_eq!(token.secret.len(), 43);
        assert!(
            token
                .secret
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        );
        assert!(!format!("{token:?}").contains(&token.secret));
    }
}
