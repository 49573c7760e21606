//! Which addresses are public.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address that packets really go to: the one inside those of IPv6 that carry one of IPv4.
pub fn real(address: IpAddr) -> IpAddr {
    let IpAddr::V6(six) = address else { return address };
    let parts = six.segments();
    let four = |high: u16, low: u16| {
        let number = u32::from(high) << 16 | u32::from(low);
        IpAddr::V4(Ipv4Addr::from(number))
    };
    match parts {
        // Mapped and compatible addresses, and those of translators (RFC 6052).
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            four(high, low)
        }
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => four(high, low),
        // Tunnels over IPv4 (6to4).
        [0x2002, high, low, ..] => four(high, low),
        _ => address,
    }
}

/// Whether `address` (as [`real`] tells it) is one of the public internet. What is reserved, of
/// documentation, of one link, one site or one machine is not; multicast is not.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_4(address),
        IpAddr::V6(address) => is_public_6(address),
    }
}

fn is_public_4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    // Private, shared, link-local, multicast and reserved networks, and those of documentation.
    let is_special = match (a, b) {
        (0 | 10 | 127 | 224.., _)
        | (100, 64..128)
        | (169, 254)
        | (172, 16..32)
        | (192, 168)
        | (198, 18 | 19) => true,
        _ => matches!((a, b, c), (192, 0, 0 | 2) | (192, 88, 99) | (198, 51, 100) | (203, 0, 113)),
    };
    !is_special
}

fn is_public_6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    // Only 2000::/3 is given out at all.
    (first & 0xe000) == 0x2000
        // Teredo, benchmarks, identifiers that are no addresses, documentation.
        && !(first == 0x2001 && second < 0x0200)
        && !(first == 0x2001 && second == 0x0db8)
        && !(first == 0x3fff && second < 0x1000)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn nothing_inside_counts_as_public() {
        for text in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "192.0.2.7",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::7f00:1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2002:c0a8:101::1",
            "fec0::1",
            "5f00::1",
        ] {
            assert!(!is_public(real(text.parse().unwrap())), "{text}");
        }
        for text in [
            "8.8.8.8",
            "172.15.0.1",
            "172.32.0.1",
            "100.63.0.1",
            "192.167.1.1",
            "2600::1",
            "2a00:1450::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert!(is_public(real(text.parse().unwrap())), "{text}");
        }
    }
}
