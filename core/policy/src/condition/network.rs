//! Ranges of IP addresses.

use std::net::IpAddr;

/// A range in CIDR notation; a bare address is a range of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    address: IpAddr,
    prefix: u32,
}

impl Range {
    /// Reads `address[/prefix]`. Bits beyond the prefix are ignored.
    pub(crate) fn read(text: &str) -> Option<Range> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => width,
            Some(text) if text.bytes().all(|b| b.is_ascii_digit()) => {
                text.parse().ok().filter(|p| *p <= width)?
            }
            Some(_) => return None,
        };
        // ::ffff:a.b.c.d is the IPv4 address a.b.c.d, on both sides of a comparison.
        match address.to_canonical() {
            canonical @ IpAddr::V4(_) if address.is_ipv6() && prefix >= 96 => {
                Some(Range { address: canonical, prefix: prefix - 96 })
            }
            _ => Some(Range { address, prefix }),
        }
    }

    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(range), IpAddr::V4(one)) => same_prefix(
                u128::from(range.to_bits()) << 96,
                u128::from(one.to_bits()) << 96,
                self.prefix,
            ),
            (IpAddr::V6(range), IpAddr::V6(one)) => {
                same_prefix(range.to_bits(), one.to_bits(), self.prefix)
            }
            _ => false,
        }
    }
}

fn same_prefix(a: u128, b: u128, prefix: u32) -> bool {
    (a ^ b).leading_zeros() >= prefix
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn contains(range: &str, address: &str) -> bool {
        Range::read(range).unwrap().contains(address.parse().unwrap())
    }

    #[test]
    fn a_range_holds_its_addresses_and_no_others() {
        assert!(contains("203.0.113.0/24", "203.0.113.255"));
        assert!(!contains("203.0.113.0/24", "203.0.114.0"));
        assert!(contains("203.0.113.7/24", "203.0.113.1"));
        assert!(contains("0.0.0.0/0", "255.255.255.255"));
        assert!(!contains("0.0.0.0/0", "2001:db8::1"));
        assert!(contains("192.0.2.1", "192.0.2.1"));
        assert!(!contains("192.0.2.1", "192.0.2.2"));
        assert!(contains("2001:db8::/32", "2001:db8:ffff::1"));
        assert!(!contains("2001:db8::/32", "2001:db9::1"));
        assert!(contains("::/0", "2001:db8::1"));
    }

    #[test]
    fn a_mapped_address_is_the_ipv4_address_it_maps() {
        assert!(contains("203.0.113.0/24", "::ffff:203.0.113.9"));
        assert!(contains("::ffff:203.0.113.0/120", "203.0.113.9"));
        assert!(!contains("::/0", "::ffff:203.0.113.9"));
    }

    #[test]
    fn what_is_no_range_is_not_read() {
        for text in [
            "",
            "203.0.113.0/33",
            "203.0.113",
            "203.0.113.0/",
            "203.0.113.0/+8",
            "::/129",
            "x/8",
            "1.2.3.4/8/8",
        ] {
            assert_eq!(Range::read(text), None, "{text} was read");
        }
    }
}
