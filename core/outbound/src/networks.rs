//! Networks that the operator allows.

use std::net::IpAddr;
use std::str::FromStr;

/// A network in CIDR notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

/// Networks that requests may go to although they are not public.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(Vec<Network>);

impl Networks {
    /// This machine alone.
    #[must_use]
    pub fn loopback() -> Self {
        Self(["127.0.0.0/8", "::1/128"].iter().filter_map(|text| text.parse().ok()).collect())
    }

    /// All there are: for places that the operator has named.
    #[must_use]
    pub fn everywhere() -> Self {
        Self(["0.0.0.0/0", "::/0"].iter().filter_map(|text| text.parse().ok()).collect())
    }

    /// These and those of `other`.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Whether `address` is in one of them.
    #[must_use]
    pub fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }
}

/// A list with commas: `10.0.0.0/8, fd00::/8`.
impl FromStr for Networks {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("expected networks such as 10.0.0.0/8, not {text:?}");
        let (address, bits) = text.split_once('/').unwrap_or((text, ""));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            "" if text.contains('/') => return Err(wrong()),
            "" => most,
            bits => bits.parse().ok().filter(|bits| *bits <= most).ok_or_else(wrong)?,
        };
        Ok(Self { address, bits })
    }
}

impl Network {
    /// Whether `address` is in it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                same(u32::from(ours).into(), u32::from(theirs).into(), 32 - self.bits)
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                same(ours.into(), theirs.into(), 128 - self.bits)
            }
            _ => false,
        }
    }
}

/// Whether two numbers are alike but for their last `free` bits.
fn same(ours: u128, theirs: u128, free: u32) -> bool {
    (ours ^ theirs).checked_shr(free).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn networks_contain_their_addresses_and_no_others() {
        let networks: Networks = "10.0.0.0/8, 192.0.2.1 ,fd00::/8,".parse().unwrap();
        let contains = |text: &str| networks.contain(text.parse().unwrap());
        for inside in ["10.1.2.3", "192.0.2.1", "fd12::1"] {
            assert!(contains(inside), "{inside}");
        }
        for outside in ["11.0.0.1", "192.0.2.2", "fe80::1", "::ffff:10.1.2.3"] {
            assert!(!contains(outside), "{outside}");
        }
        assert!("0.0.0.0/0".parse::<Network>().unwrap().contains("8.8.8.8".parse().unwrap()));
        for wrong in ["x", "10.0.0.0/33", "::/129", "10.0.0.0/", "10/8"] {
            assert!(wrong.parse::<Networks>().is_err(), "{wrong}");
        }
    }
}
