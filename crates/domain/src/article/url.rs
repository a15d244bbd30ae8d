use thiserror::Error;

/// Where people read an article: an absolute web address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleUrl(String);

/// Why an address was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "must begin with http:// or https://, have at most {} characters, and no white space, quotes \
     or angle brackets",
    ArticleUrl::MAX_CHARS
)]
pub struct ArticleUrlError;

impl ArticleUrl {
    /// The greatest length in characters.
    pub const MAX_CHARS: usize = 2_000;

    /// Accepts addresses that may stand between angle brackets in Markdown and between quotes in
    /// HTML: with no other scheme nothing runs, and with no such character nothing breaks out.
    ///
    /// # Errors
    /// [`ArticleUrlError`] for anything else.
    pub fn parse(raw: impl Into<String>) -> Result<Self, ArticleUrlError> {
        let raw = raw.into();
        let rest = raw
            .strip_prefix("https://")
            .or_else(|| raw.strip_prefix("http://"));
        let has_host =
            rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '['));
        let is_plain = !raw
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || "<>\"'`\\".contains(c));
        if has_host && is_plain && raw.chars().count() <= Self::MAX_CHARS {
            Ok(Self(raw))
        } else {
            Err(ArticleUrlError)
        }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_addresses_are_accepted() {
        for url in [
            "https://help.example/refunds",
            "http://127.0.0.1:8080/a?b=c#d",
            "https://[::1]/ä",
        ] {
            assert!(ArticleUrl::parse(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn nothing_that_runs_or_breaks_out_is_accepted() {
        let long = format!("https://a/{}", "x".repeat(ArticleUrl::MAX_CHARS));
        for url in [
            "",
            "help.example",
            "https://",
            "https:///x",
            "javascript:alert(1)",
            "ftp://help.example",
            "https://a/ b",
            "https://a/\n",
            "https://a/>",
            "https://a/\"x",
            &long,
        ] {
            assert_eq!(ArticleUrl::parse(url), Err(ArticleUrlError), "{url}");
        }
    }
}
