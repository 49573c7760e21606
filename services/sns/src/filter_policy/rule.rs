//! One rule of a filter policy, and which values it takes.

use std::net::IpAddr;

use serde_json::Value;

/// A rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// This text.
    Text(String),
    /// This number, however it is written.
    Number(f64),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// Texts that begin so.
    Prefix(String),
    /// Texts that end so.
    Suffix(String),
    /// This text, however it is capitalized.
    IgnoringCase(String),
    /// Texts of this form, where `*` stands for any characters.
    Wildcard(String),
    /// Anything that none of these takes.
    AnythingBut(Vec<Rule>),
    /// Numbers within these bounds.
    Numeric(Vec<(Comparison, f64)>),
    /// Addresses of this network.
    Cidr(Network),
    /// That the key is there, or that it is not.
    Exists(bool),
}

/// How numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// A network in CIDR notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl Rule {
    /// Whether the rule takes a value that is there.
    pub fn takes(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Exists(there), _) => *there,
            (Self::AnythingBut(rules), Value::String(_) | Value::Number(_) | Value::Bool(_)) => {
                !rules.iter().any(|rule| rule.takes(value))
            }
            (Self::Text(text), Value::String(found)) => text == found,
            (Self::Prefix(text), Value::String(found)) => found.starts_with(text),
            (Self::Suffix(text), Value::String(found)) => found.ends_with(text),
            (Self::IgnoringCase(text), Value::String(found)) => {
                text.to_lowercase() == found.to_lowercase()
            }
            (Self::Wildcard(form), Value::String(found)) => glob(form.as_bytes(), found.as_bytes()),
            (Self::Cidr(network), Value::String(found)) => {
                found.parse().is_ok_and(|address| network.contains(address))
            }
            (Self::Number(number), Value::Number(found)) => found.as_f64() == Some(*number),
            (Self::Numeric(bounds), Value::Number(found)) => found.as_f64().is_some_and(|found| {
                bounds.iter().all(|(comparison, bound)| comparison.holds(found, *bound))
            }),
            (Self::Bool(truth), Value::Bool(found)) => truth == found,
            (Self::Null, Value::Null) => true,
            _ => false,
        }
    }

    /// Whether the rule is content with a key that is not there.
    pub fn takes_absence(&self) -> bool {
        *self == Self::Exists(false)
    }
}

impl Comparison {
    /// Reads an operator.
    pub fn read(text: &str) -> Option<Self> {
        Some(match text {
            "=" => Self::Equal,
            "<" => Self::Less,
            "<=" => Self::AtMost,
            ">" => Self::Greater,
            ">=" => Self::AtLeast,
            _ => return None,
        })
    }

    fn holds(self, found: f64, bound: f64) -> bool {
        match self {
            Self::Equal => found == bound,
            Self::Less => found < bound,
            Self::AtMost => found <= bound,
            Self::Greater => found > bound,
            Self::AtLeast => found >= bound,
        }
    }
}

impl Network {
    /// Reads `10.0.0.0/8`; an address alone is a network of one.
    pub fn read(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits =
            bits.map_or(Some(most), |bits| bits.parse().ok().filter(|bits| *bits <= most))?;
        Some(Self { address, bits })
    }

    fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                let differ = u32::from(ours) ^ u32::from(theirs);
                self.bits == 0 || differ >> (32 - self.bits) == 0
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                let differ = u128::from(ours) ^ u128::from(theirs);
                self.bits == 0 || differ >> (128 - self.bits) == 0
            }
            _ => false,
        }
    }
}

/// Whether `text` is of the form `form`, in time proportional to the product of both at worst.
fn glob(form: &[u8], text: &[u8]) -> bool {
    let (mut at, mut from) = (0, 0);
    // The last `*`, and how much of the text it has swallowed so far.
    let mut star: Option<(usize, usize)> = None;
    while from < text.len() {
        match form.get(at) {
            Some(b'*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(byte) if *byte == text[from] => {
                at += 1;
                from += 1;
            }
            _ => match star {
                Some((place, swallowed)) => {
                    star = Some((place, swallowed + 1));
                    at = place + 1;
                    from = swallowed + 1;
                }
                None => return false,
            },
        }
    }
    form[at..].iter().all(|byte| *byte == b'*')
}
