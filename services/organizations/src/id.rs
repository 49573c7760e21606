//! Ids as AWS forms them.

use strongroom_api::Entropy;

const SMALL: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const DIGITS: &[u8; 10] = b"0123456789";

/// `o-` and ten characters.
pub fn organization(entropy: &dyn Entropy) -> String {
    with_prefix("o-", SMALL, 10, entropy)
}

/// `r-` and four characters.
pub fn root(entropy: &dyn Entropy) -> String {
    with_prefix("r-", SMALL, 4, entropy)
}

/// `ou-`, the characters of the root's id, and eight of its own.
pub fn unit(root: &str, entropy: &dyn Entropy) -> String {
    let root = root.trim_start_matches("r-");
    with_prefix(&format!("ou-{root}-"), SMALL, 8, entropy)
}

/// `p-` and eight characters.
pub fn policy(entropy: &dyn Entropy) -> String {
    with_prefix("p-", SMALL, 8, entropy)
}

/// `car-` and 32 characters.
pub fn creation(entropy: &dyn Entropy) -> String {
    with_prefix("car-", SMALL, 32, entropy)
}

/// Twelve digits.
pub fn account(entropy: &dyn Entropy) -> String {
    with_prefix("", DIGITS, 12, entropy)
}

fn with_prefix(prefix: &str, alphabet: &[u8], length: usize, entropy: &dyn Entropy) -> String {
    let mut id = prefix.to_owned();
    // Bytes beyond the last whole alphabet are drawn again, so that all characters are equally likely.
    let fair = 256 - 256 % alphabet.len();
    let end = prefix.len() + length;
    while id.len() < end {
        let mut bytes = [0_u8; 32];
        entropy.fill(&mut bytes);
        let drawn = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        id.extend(drawn.take(end - id.len()).map(|n| char::from(alphabet[n % alphabet.len()])));
    }
    id
}

/// What an id names, by its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// `r-…`
    Root,
    /// `ou-…`
    Unit,
    /// `p-…`
    Policy,
    /// Twelve digits.
    Account,
    /// Anything else (`rp-…`, `rt-…`), of which there is none here.
    Other,
}

impl Named {
    /// What `id` names.
    pub fn by(id: &str) -> Self {
        match id {
            _ if id.starts_with("r-") => Self::Root,
            _ if id.starts_with("ou-") => Self::Unit,
            _ if id.starts_with("p-") => Self::Policy,
            _ if id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit()) => Self::Account,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(std::sync::atomic::AtomicU8);

    impl Entropy for Counting {
        fn fill(&self, out: &mut [u8]) {
            for byte in out {
                *byte = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn ids_have_the_forms_of_aws() {
        let entropy = Counting(std::sync::atomic::AtomicU8::new(200));
        let (o, r, p, c) =
            (organization(&entropy), root(&entropy), policy(&entropy), creation(&entropy));
        assert_eq!((o.len(), r.len(), p.len(), c.len()), (12, 6, 10, 36));
        let u = unit(&r, &entropy);
        assert!(u.starts_with(&format!("ou-{}-", &r[2..])), "{u}");
        assert_eq!(u.len(), 16);
        assert_eq!(Named::by(&account(&entropy)), Named::Account);
        assert_eq!(Named::by("123"), Named::Other);
    }
}
