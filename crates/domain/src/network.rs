//! Where clients come from.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// The network that one client is taken to have to itself: an IPv4 address, or the /64 that a
/// subscriber of IPv6 gets at least, within which addresses cost nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientNetwork(IpAddr);

impl From<IpAddr> for ClientNetwork {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = u128::from(address) & (u128::MAX << 64);
                IpAddr::V6(Ipv6Addr::from(network))
            }
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

impl fmt::Display for ClientNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(address: &str) -> ClientNetwork {
        address.parse::<IpAddr>().unwrap().into()
    }

    #[test]
    fn addresses_of_one_64_are_one_network() {
        let network_of_one = network("2001:db8:1:2::1");
        assert_eq!(network_of_one, network("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(network_of_one, network("2001:db8:1:3::1"));
        assert_eq!(network_of_one.to_string(), "2001:db8:1:2::");
    }

    #[test]
    fn every_ipv4_address_is_a_network_however_it_is_written() {
        assert_eq!(network("192.0.2.1"), network("::ffff:192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_ne!(network("::ffff:192.0.2.1"), network("::ffff:192.0.2.2"));
    }
}
