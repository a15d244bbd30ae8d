//! Who asks, when proxies ask for others.

use std::net::{IpAddr, SocketAddr};

use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName, X_FORWARDED_FOR};
use ipnet::IpNet;

/// Proxies that are believed when they say for whom they ask.
#[derive(Clone, Debug, Default)]
pub(crate) struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    pub(crate) const fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    pub(crate) fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The address of the client: of the nearest hop that is no trusted proxy. What a client writes
    /// into these headers itself stands to the left of what a proxy adds, and is never reached.
    ///
    /// A proxy adds to one of the headers and lets the other pass as it came, so if they differ,
    /// neither is believed.
    pub(crate) fn client_of(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return peer;
        }
        let plain = lines(headers, &X_FORWARDED_FOR)
            .map(|list| self.nearest_stranger(peer, list.split(',').map(address)));
        let standard = lines(headers, &FORWARDED).map(|list| {
            self.nearest_stranger(peer, elements(&list).into_iter().map(forwarded_for))
        });
        match (plain, standard) {
            (Some(plain), Some(standard)) if plain != standard => peer,
            (Some(client), _) | (None, Some(client)) => client,
            (None, None) => peer,
        }
    }

    /// Goes from hop to hop for as long as they are trusted and say something sensible.
    fn nearest_stranger(
        &self,
        peer: IpAddr,
        hops: impl DoubleEndedIterator<Item = Option<IpAddr>>,
    ) -> IpAddr {
        let mut nearest = peer;
        for hop in hops.rev() {
            match hop {
                Some(hop) if self.trusts(nearest) => nearest = hop,
                _ => break,
            }
        }
        nearest
    }
}

/// All lines of a header as one list (RFC 9110, section 5.3); none when there is no such header.
fn lines(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let lines: Vec<_> = headers
        .get_all(name)
        .map(|line| line.to_str().unwrap_or("?"))
        .collect();
    (!lines.is_empty()).then(|| lines.join(","))
}

/// An address, perhaps with a port behind it.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    let parsed = bare.parse::<IpAddr>().ok();
    parsed
        .or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()))
        .map(|address| address.to_canonical())
}

/// The elements of `Forwarded` (RFC 7239, section 4), which may have commas between quotes.
fn elements(list: &str) -> Vec<&str> {
    split_unquoted(list, ',')
}

/// The node that an element names; none for obfuscated and unknown ones.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut nodes = split_unquoted(element, ';').into_iter().filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("for")
            .then(|| value.trim())
    });
    let node = nodes.next()?;
    if nodes.next().is_some() {
        return None;
    }
    let node = node
        .strip_prefix('"')
        .and_then(|node| node.strip_suffix('"'))
        .unwrap_or(node);
    address(node)
}

fn split_unquoted(text: &str, separator: char) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(|c: char| {
        if escaped {
            escaped = false;
        } else if quoted && c == '\\' {
            escaped = true;
        } else if c == '"' {
            quoted = !quoted;
        }
        c == separator && !quoted
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    /// Whom a request is taken to come from: from this peer, with these header lines.
    fn client(peer: &str, lines: &[(HeaderName, &str)]) -> String {
        let proxies = ["10.0.0.0/8", "2001:db8:ffff::/48", "192.0.2.7/32"];
        let proxies = TrustedProxies::new(proxies.map(|net| net.parse().unwrap()).to_vec());
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            headers.append(name.clone(), value);
        }
        proxies
            .client_of(peer.parse().unwrap(), &headers)
            .to_string()
    }

    fn plain(value: &str) -> (HeaderName, &str) {
        (X_FORWARDED_FOR, value)
    }

    fn standard(value: &str) -> (HeaderName, &str) {
        (FORWARDED, value)
    }

    #[test]
    fn a_stranger_is_who_it_is_whatever_it_says() {
        let lines = [plain("203.0.113.9"), standard("for=203.0.113.9")];
        assert_eq!(client("198.51.100.1", &lines), "198.51.100.1");
        assert_eq!(client("::ffff:198.51.100.1", &lines), "198.51.100.1");
    }

    #[test]
    fn a_trusted_proxy_says_for_whom_it_asks() {
        for (value, expected) in [
            ("203.0.113.9", "203.0.113.9"),
            ("203.0.113.9:4711", "203.0.113.9"),
            ("  203.0.113.9\t", "203.0.113.9"),
            ("2001:db8::9", "2001:db8::9"),
            ("[2001:db8::9]", "2001:db8::9"),
            ("[2001:db8::9]:4711", "2001:db8::9"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
        ] {
            assert_eq!(client("10.0.0.1", &[plain(value)]), expected, "{value}");
            assert_eq!(client("::ffff:10.0.0.1", &[plain(value)]), expected);
        }
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn what_a_client_writes_itself_is_not_reached() {
        let spoofed = "192.0.2.200, 10.0.0.9, 203.0.113.9";
        assert_eq!(client("10.0.0.1", &[plain(spoofed)]), "203.0.113.9");
        let behind_two = "192.0.2.200, 203.0.113.9, 10.0.0.2";
        assert_eq!(client("10.0.0.1", &[plain(behind_two)]), "203.0.113.9");
        let in_lines = [
            plain("192.0.2.200"),
            plain("203.0.113.9"),
            plain("10.0.0.2"),
        ];
        assert_eq!(client("10.0.0.1", &in_lines), "203.0.113.9");
    }

    #[test]
    fn nonsense_ends_at_the_last_hop_that_is_trusted() {
        for (value, expected) in [
            ("", "10.0.0.1"),
            ("unknown", "10.0.0.1"),
            ("203.0.113.9, nonsense", "10.0.0.1"),
            ("203.0.113.9,", "10.0.0.1"),
            ("203.0.113.9, nonsense, 10.0.0.2", "10.0.0.2"),
            ("203.0.113.9, \u{fc}, 10.0.0.2", "10.0.0.1"),
            ("203.0.113.999", "10.0.0.1"),
            ("203.0.113.9 198.51.100.1", "10.0.0.1"),
            ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ] {
            assert_eq!(client("10.0.0.1", &[plain(value)]), expected, "{value}");
        }
    }

    #[test]
    fn the_standard_header_says_it_too() {
        for (value, expected) in [
            ("for=203.0.113.9", "203.0.113.9"),
            ("For=\"203.0.113.9:4711\";proto=https", "203.0.113.9"),
            ("by=10.0.0.1;for=\"[2001:db8::9]:4711\"", "2001:db8::9"),
            ("for=192.0.2.200, for=203.0.113.9", "203.0.113.9"),
            ("for=203.0.113.9, for=10.0.0.2", "203.0.113.9"),
            ("for=203.0.113.9;host=\"a,for=192.0.2.200\"", "203.0.113.9"),
            ("for=_hidden", "10.0.0.1"),
            ("for=unknown, for=10.0.0.2", "10.0.0.2"),
            ("proto=https", "10.0.0.1"),
            ("for=203.0.113.9;for=198.51.100.1", "10.0.0.1"),
            ("for=\"203.0.113.9", "10.0.0.1"),
            ("host=\"never closed, for=203.0.113.9", "10.0.0.1"),
        ] {
            assert_eq!(client("10.0.0.1", &[standard(value)]), expected, "{value}");
        }
    }

    #[test]
    fn headers_that_differ_are_not_believed() {
        let spoofed = [plain("203.0.113.9"), standard("for=192.0.2.200")];
        assert_eq!(client("10.0.0.1", &spoofed), "10.0.0.1");
        let agreeing = [plain("203.0.113.9"), standard("for=203.0.113.9")];
        assert_eq!(client("10.0.0.1", &agreeing), "203.0.113.9");
    }
}
