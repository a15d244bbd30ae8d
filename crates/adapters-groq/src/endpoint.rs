use std::net::IpAddr;

use reqwest::Url;

use crate::settings::GroqSettingsError;

/// The URL under which answers are asked for.
pub(crate) fn endpoint(base_url: &str) -> Result<Url, GroqSettingsError> {
    let mut url = Url::parse(base_url).map_err(|error| GroqSettingsError::BaseUrl(error.into()))?;
    let has_credentials = !url.username().is_empty() || url.password().is_some();
    if !matches!(url.scheme(), "http" | "https") || has_credentials {
        return Err(GroqSettingsError::UnusableBaseUrl);
    }
    // Not by joining texts: gateways have base URLs with a query.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["chat", "completions"]);
    }
    Ok(url)
}

/// The URL beside it under which the host tells its models.
pub(crate) fn models_endpoint(endpoint: &Url) -> Url {
    let mut url = endpoint.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop().pop().push("models");
    }
    url
}

/// Whether the host is this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_appended_with_and_without_a_slash() {
        for (base_url, expected) in [
            (
                "https://a.test/openai/v1",
                "https://a.test/openai/v1/chat/completions",
            ),
            (
                "https://a.test/openai/v1/",
                "https://a.test/openai/v1/chat/completions",
            ),
            ("http://a.test:8080", "http://a.test:8080/chat/completions"),
            (
                "https://a.test/v1?version=2",
                "https://a.test/v1/chat/completions?version=2",
            ),
        ] {
            assert_eq!(endpoint(base_url).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn models_are_told_beside_the_answers() {
        let endpoint = endpoint("https://a.test/openai/v1?version=2").unwrap();
        let models = models_endpoint(&endpoint);
        assert_eq!(models.as_str(), "https://a.test/openai/v1/models?version=2");
    }

    #[test]
    fn a_base_url_that_cannot_work_is_refused() {
        assert!(matches!(
            endpoint("a.test/v1"),
            Err(GroqSettingsError::BaseUrl(_))
        ));
        for base_url in [
            "ftp://a.test",
            "mailto:a@a.test",
            "https://user:secret@a.test/v1",
        ] {
            let refusal = endpoint(base_url);
            assert!(
                matches!(refusal, Err(GroqSettingsError::UnusableBaseUrl)),
                "{base_url}"
            );
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for base_url in ["http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1"] {
            assert!(is_loopback(&endpoint(base_url).unwrap()), "{base_url}");
        }
        assert!(!is_loopback(
            &endpoint("https://api.groq.com/openai/v1").unwrap()
        ));
    }
}
