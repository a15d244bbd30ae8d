//! Text that people typed: bounded, not blank, and storable in every database.

use thiserror::Error;

/// Why a text was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TextError {
    /// Empty, or white space only.
    #[error("must not be blank")]
    Blank,
    /// Longer than the limit, counted in Unicode scalar values.
    #[error("must be at most {max} characters long")]
    TooLong {
        /// The largest length allowed, in characters.
        max: usize,
    },
    /// Contains U+0000, which `PostgreSQL` cannot store.
    #[error("must not contain the character U+0000")]
    Nul,
}

/// Checks a text of 1 to `max` characters and returns it untouched.
///
/// # Errors
/// [`TextError`] when the text is blank, over-long or contains U+0000.
pub(crate) fn bounded(raw: String, max: usize) -> Result<String, TextError> {
    let raw = storable(raw, max)?;
    if raw.trim().is_empty() {
        return Err(TextError::Blank);
    }
    Ok(raw)
}

/// Checks a text of up to `max` characters and returns it untouched.
///
/// # Errors
/// [`TextError`] when the text is over-long or contains U+0000.
pub(crate) fn storable(raw: String, max: usize) -> Result<String, TextError> {
    if raw.contains('\0') {
        return Err(TextError::Nul);
    }
    // Bytes bound characters from above, so the common short text is not walked.
    if raw.len() > max && raw.chars().count() > max {
        return Err(TextError::TooLong { max });
    }
    Ok(raw)
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, max = $max:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// The greatest length in characters.
            pub const MAX_CHARS: usize = $max;

            /// Accepts 1 to [`Self::MAX_CHARS`] characters, kept exactly as typed.
            ///
            /// # Errors
            /// [`TextError`](crate::text::TextError) when blank, over-long or containing U+0000.
            pub fn parse(raw: impl Into<String>) -> Result<Self, $crate::text::TextError> {
                $crate::text::bounded(raw.into(), Self::MAX_CHARS).map(Self)
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }
    };
}
pub(crate) use text;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_characters_not_bytes() {
        assert!(bounded("ä".repeat(10), 10).is_ok());
        assert_eq!(
            bounded("ä".repeat(11), 10),
            Err(TextError::TooLong { max: 10 })
        );
    }

    #[test]
    fn blank_text_and_nul_are_refused() {
        assert_eq!(bounded(" \n\t".to_owned(), 10), Err(TextError::Blank));
        assert_eq!(bounded("a\0b".to_owned(), 10), Err(TextError::Nul));
    }

    #[test]
    fn text_is_kept_as_typed() {
        assert_eq!(
            bounded("  hi\r\n".to_owned(), 10).as_deref(),
            Ok("  hi\r\n")
        );
    }
}
