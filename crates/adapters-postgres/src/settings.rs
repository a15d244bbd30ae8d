use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::SettingsError;
use crate::tls::{self, Verification};

/// The parameters that a URL may have: those of libpq that tokio-postgres knows, and the two kept
/// here.
const KNOWN: &str = "sslmode, sslrootcert, sslnegotiation, channel_binding, application_name, \
                     options, connect_timeout, tcp_user_timeout, keepalives, keepalives_idle, \
                     keepalives_interval, keepalives_retries, target_session_attrs, hostaddr, \
                     load_balance_hosts";

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// How long sent data may go unacknowledged, and an idle connection's peer unheard: without these
/// the operating system gives a host that vanished many minutes.
const SILENCE: Duration = Duration::from_secs(5);

/// Where the database is and how to use it.
#[derive(Clone)]
pub struct PgSettings {
    /// `postgres://user:password@host:port/database`, with parameters as libpq knows them.
    pub url: String,
    /// How many connections are kept at most, beside the one that listens.
    pub pool_size: usize,
}

impl PgSettings {
    /// How many connections are kept unless somebody says otherwise.
    pub const DEFAULT_POOL_SIZE: usize = 10;

    /// A database with everything else as it is by default.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            pool_size: Self::DEFAULT_POOL_SIZE,
        }
    }
}

/// Without the URL, which may hold a password.
impl fmt::Debug for PgSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PgSettings")
            .field("pool_size", &self.pool_size)
            .finish_non_exhaustive()
    }
}

/// What a URL says, understood.
pub(crate) struct Target {
    pub(crate) config: Config,
    /// None where connections are never encrypted.
    pub(crate) tls: Option<MakeRustlsConnect>,
}

impl Target {
    pub(crate) fn parse(url: &str) -> Result<Self, SettingsError> {
        let is_url = ["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| url.starts_with(scheme));
        if !is_url {
            return Err(SettingsError::MalformedUrl);
        }
        let (address, query) = split_query(url);
        // Without its parameters first: an error then is about the address.
        let config: Config = address.parse().or(Err(SettingsError::MalformedUrl))?;
        if config.get_hosts().is_empty() && !query.contains("host") {
            return Err(SettingsError::MalformedUrl);
        }
        let mut ssl_mode = None;
        let mut root = None;
        let mut others = Vec::new();
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=') {
                Some(("sslmode", value)) => ssl_mode = Some(value),
                Some(("sslrootcert", value)) => root = Some(decoded_path(value)?),
                _ => others.push(parameter),
            }
        }
        let mut config: Config = format!("{address}?{}", others.join("&"))
            .parse()
            .or(Err(SettingsError::UnknownParameter { known: KNOWN }))?;
        let (mode, verification) = encryption(ssl_mode, root)?;
        config.ssl_mode(mode);
        add_defaults(&mut config);
        Ok(Self {
            config,
            tls: verification.map(tls::connector).transpose()?,
        })
    }
}

/// A question mark may stand in a password as well, before the last part of the address.
fn split_query(url: &str) -> (&str, &str) {
    let authority = url.find('@').unwrap_or(0);
    let question_mark = url
        .char_indices()
        .find(|(index, character)| *index > authority && *character == '?');
    question_mark
        .and_then(|(index, _)| url.split_at_checked(index))
        .map_or((url, ""), |(address, query)| {
            (address, query.trim_start_matches('?'))
        })
}

fn decoded_path(raw: &str) -> Result<PathBuf, SettingsError> {
    percent_decode_str(raw)
        .decode_utf8()
        .map(|path| PathBuf::from(path.as_ref()))
        .or(Err(SettingsError::UnknownParameter { known: KNOWN }))
}

/// What libpq means by these: `require` trusts any certificate unless it is told whom to trust.
fn encryption(
    mode: Option<&str>,
    root: Option<PathBuf>,
) -> Result<(SslMode, Option<Verification>), SettingsError> {
    Ok(match (mode.unwrap_or("prefer"), root) {
        ("disable", _) => (SslMode::Disable, None),
        ("prefer", _) => (SslMode::Prefer, Some(Verification::Nothing)),
        ("require", None) => (SslMode::Require, Some(Verification::Nothing)),
        ("require" | "verify-ca", Some(root)) => {
            (SslMode::Require, Some(Verification::Issuer(root)))
        }
        ("verify-ca", None) => return Err(SettingsError::NoRootCertificate),
        ("verify-full", root) => (SslMode::Require, Some(Verification::Full(root))),
        _ => return Err(SettingsError::UnknownSslMode),
    })
}

fn add_defaults(config: &mut Config) {
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_TIMEOUT);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(SILENCE);
    }
    if config.get_keepalives_interval().is_none() {
        config.keepalives_idle(SILENCE);
        config.keepalives_interval(Duration::from_secs(2));
        config.keepalives_retries(2);
    }
    if config.get_application_name().is_none() {
        config.application_name("support-assistant");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str) -> String {
        match Target::parse(url) {
            Err(error) => format!("{error} {error:?}"),
            Ok(_) => panic!("accepted: {url}"),
        }
    }

    #[test]
    fn a_url_with_every_kind_of_part_is_understood() {
        let url = "postgresql://us%65r:p%40ss?word@[::1]:5433,db.example.com/support\
                   ?sslmode=require&options=-csearch_path%3Dmine&connect_timeout=7";
        let target = Target::parse(url).unwrap();
        let config = target.config;
        assert_eq!(config.get_user(), Some("user"));
        assert_eq!(config.get_password(), Some(&b"p@ss?word"[..]));
        assert_eq!(config.get_ports(), [5433, 5432]);
        assert_eq!(config.get_dbname(), Some("support"));
        assert_eq!(config.get_options(), Some("-csearch_path=mine"));
        assert_eq!(config.get_ssl_mode(), SslMode::Require);
        assert_eq!(config.get_connect_timeout(), Some(&Duration::from_secs(7)));
    }

    #[test]
    fn encryption_is_preferred_by_default_and_can_be_switched_off() {
        for (url, mode, encrypts) in [
            ("postgres://host/db", SslMode::Prefer, true),
            (
                "postgres://host/db?sslmode=disable",
                SslMode::Disable,
                false,
            ),
            (
                "postgres://host/db?sslmode=verify-full",
                SslMode::Require,
                true,
            ),
        ] {
            let target = Target::parse(url).unwrap();
            assert_eq!(target.config.get_ssl_mode(), mode, "{url}");
            assert_eq!(target.tls.is_some(), encrypts, "{url}");
        }
    }

    #[test]
    fn refusals_never_repeat_the_url() {
        for url in [
            "",
            "mysql://user:secret@host/db",
            "host=host password=secret",
            "postgres://user:secret@host:port/db",
            "postgres://user:secret@/db",
            "postgres://user:secret@host/db?sslmode=secret",
            "postgres://user:secret@host/db?sslmode=verify-ca",
            "postgres://user:secret@host/db?secret=secret",
            "postgres://user:secret@host/db?connect_timeout=secret",
            "postgres://user:secret@host/db?secret",
        ] {
            assert!(!refusal(url).contains("secret"), "{url}");
        }
        let settings = PgSettings::new("postgres://user:secret@host/db");
        assert!(!format!("{settings:?}").contains("secret"));
    }

    #[test]
    fn a_certificate_that_cannot_be_read_is_told_by_its_path() {
        let url = "postgres://host/db?sslmode=verify-full&sslrootcert=/no/such%20file.pem";
        assert!(refusal(url).contains("/no/such file.pem"));
    }
}
