use std::net::IpAddr;
use std::time::Duration;

use actix_web::http::Uri;
use ipnet::IpNet;

use super::reader::Reader;

/// What lies between clients and this server.
#[derive(Clone, Debug)]
pub struct Edge {
    /// Proxies that are believed when they say for whom they ask.
    pub trusted_proxies: Vec<IpNet>,
    /// Websites whose scripts may use the API.
    pub cors_origins: Vec<String>,
    /// For how many seconds browsers are told to come back encrypted only; 0 tells them nothing.
    pub hsts_seconds: u32,
    /// Connections at the same time.
    pub max_connections: u32,
    /// How long the head of a request may take.
    pub head_timeout: Duration,
    /// How long the body of a request may take.
    pub body_timeout: Duration,
}

impl Edge {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            trusted_proxies: read_all(
                reader,
                "TRUSTED_PROXIES",
                network,
                "must be addresses and networks such as 10.0.0.5 and 10.1.0.0/16 between commas, \
                 without those of everybody",
            ),
            cors_origins: read_all(
                reader,
                "CORS_ALLOWED_ORIGINS",
                origin,
                "must be origins such as https://app.example.com between commas, as browsers send \
                 them: no path, no default port; * is refused, since it would let every website \
                 use the API with what its visitors are signed in with",
            ),
            hsts_seconds: reader.number("HSTS_SECONDS", 0, 0..=63_072_000),
            max_connections: reader.number("MAX_CONNECTIONS", 20_000, 1..=1_000_000),
            head_timeout: reader.seconds("REQUEST_HEAD_SECONDS", 10, 1..=300),
            body_timeout: reader.seconds("REQUEST_BODY_SECONDS", 30, 1..=3_600),
        }
    }
}

fn read_all<T>(
    reader: &mut Reader<'_>,
    name: &'static str,
    parse: fn(&str) -> Option<T>,
    expected: &str,
) -> Vec<T> {
    let parsed: Option<Vec<T>> = reader.list(name).iter().map(|text| parse(text)).collect();
    parsed.unwrap_or_else(|| {
        reader.complain(name, expected);
        Vec::new()
    })
}

fn network(text: &str) -> Option<IpNet> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.to_canonical().into());
    }
    let network: IpNet = text.parse().ok()?;
    (network.prefix_len() > 0).then(|| network.trunc())
}

/// The origin as browsers write it (RFC 6454, section 6.2).
fn origin(text: &str) -> Option<String> {
    let uri: Uri = text.parse().ok()?;
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
    let default_port = match scheme {
        "https" => 443,
        "http" => 80,
        _ => return None,
    };
    let written = format!("{scheme}://{authority}").to_ascii_lowercase();
    let plain = written == text.to_ascii_lowercase()
        && !authority.as_str().contains(['@', '*'])
        && uri.port_u16() != Some(default_port)
        && !authority.as_str().ends_with(':');
    plain.then_some(written)
}

#[cfg(test)]
mod tests {
    use super::super::{Config, ConfigErrors};

    fn edge(name: &str, value: &str) -> Result<super::Edge, ConfigErrors> {
        let config = Config::from_lookup(&|asked| (asked == name).then(|| value.to_owned()));
        config.map(|config| config.edge)
    }

    #[test]
    fn proxies_are_addresses_and_networks() {
        let edge = edge(
            "TRUSTED_PROXIES",
            " 10.0.0.5, 10.1.2.3/16,::ffff:192.0.2.1 ,2001:db8::/48,",
        );
        let shown: Vec<_> = edge
            .unwrap()
            .trusted_proxies
            .iter()
            .map(ToString::to_string)
            .collect();
        let expected = [
            "10.0.0.5/32",
            "10.1.0.0/16",
            "192.0.2.1/32",
            "2001:db8::/48",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn proxies_that_are_none_are_refused_without_a_word_of_them() {
        for value in [
            "proxy",
            "10.0.0.0/33",
            "0.0.0.0/0",
            "::/0",
            "*",
            "10.0.0.5;x",
        ] {
            let errors = edge("TRUSTED_PROXIES", value).unwrap_err();
            let names: Vec<_> = errors.0.iter().map(|problem| problem.name).collect();
            assert_eq!(names, ["TRUSTED_PROXIES"], "{value}");
            assert!(value.len() < 5 || !errors.to_string().contains(value));
        }
    }

    #[test]
    fn origins_are_as_browsers_write_them() {
        let edge = edge(
            "CORS_ALLOWED_ORIGINS",
            "https://App.example.com, http://localhost:5173,http://[::1]:3000",
        );
        let expected = [
            "https://app.example.com",
            "http://localhost:5173",
            "http://[::1]:3000",
        ];
        assert_eq!(edge.unwrap().cors_origins, expected);
    }

    #[test]
    fn what_no_browser_would_send_is_refused_as_an_origin() {
        for value in [
            "*",
            "null",
            "app.example.com",
            "https://app.example.com/",
            "https://app.example.com/app",
            "https://app.example.com:443",
            "http://app.example.com:80",
            "https://app.example.com:",
            "https://*.example.com",
            "https://user@app.example.com",
            "ftp://app.example.com",
            "https://a.example, *",
        ] {
            let errors = edge("CORS_ALLOWED_ORIGINS", value).unwrap_err();
            let names: Vec<_> = errors.0.iter().map(|problem| problem.name).collect();
            assert_eq!(names, ["CORS_ALLOWED_ORIGINS"], "{value}");
        }
    }
}
