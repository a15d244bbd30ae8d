use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::reader::Reader;

/// Where metrics are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricsListener {
    /// On [`Self::DEFAULT`], if nobody else listens there.
    Default,
    /// On that address.
    At(SocketAddr),
    /// Nowhere.
    Off,
}

impl MetricsListener {
    /// An address that only this machine reaches.
    pub const DEFAULT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9464);

    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let name = "METRICS_ADDR";
        match reader.optional(name).as_deref().map(str::trim) {
            None => Self::Default,
            Some("off") => Self::Off,
            Some(address) => address.parse().map_or_else(
                |_no_address| {
                    reader.complain(name, "must be an IP address and a port, or off");
                    Self::Default
                },
                |address| match address {
                    Self::DEFAULT => Self::Default,
                    other => Self::At(other),
                },
            ),
        }
    }
}
