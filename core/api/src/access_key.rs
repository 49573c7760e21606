//! Access keys: how their ids carry the account, and how their secrets are drawn.

use strongroom_seal::Entropy;
use strongroom_wire::Sensitive;
use zeroize::Zeroizing;

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// Ids issued since 2019 carry the account with this bit set.
const ISSUED_WITH_ACCOUNT: u64 = 1 << 40;
const SECRET_CHARS: usize = 40;

/// What a unique id names; the variants spell the prefixes that AWS documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdPrefix {
    /// A long-term access key.
    Akia,
    /// A temporary access key.
    Asia,
    /// A user.
    Aida,
    /// A role.
    Aroa,
    /// A group.
    Agpa,
    /// An instance profile.
    Aipa,
    /// A managed policy.
    Anpa,
}

impl IdPrefix {
    fn text(self) -> &'static str {
        match self {
            Self::Akia => "AKIA",
            Self::Asia => "ASIA",
            Self::Aida => "AIDA",
            Self::Aroa => "AROA",
            Self::Agpa => "AGPA",
            Self::Aipa => "AIPA",
            Self::Anpa => "ANPA",
        }
    }

    fn random_chars(self) -> usize {
        // Access key ids have 20 characters, ids of entities 21.
        if matches!(self, Self::Akia | Self::Asia) { 7 } else { 8 }
    }
}

/// A new unique id or access key id of `account`, as AWS forms it: prefix, account, random rest.
#[must_use]
pub fn unique_id(prefix: IdPrefix, account: &str, entropy: &dyn Entropy) -> String {
    let account: u64 = account.parse().unwrap_or_default();
    let mut random = [0; 9];
    entropy.fill(&mut random);
    let mut id = String::with_capacity(21);
    id.push_str(prefix.text());
    // 41 bits in nine characters: the last character's upper half means an odd account.
    let carried = (ISSUED_WITH_ACCOUNT | account) << 4 | u64::from(random[8] & 15);
    for position in (0..9).rev() {
        id.push(char::from(BASE32[(carried >> (5 * position) & 31) as usize]));
    }
    for byte in &random[..prefix.random_chars()] {
        id.push(char::from(BASE32[usize::from(byte & 31)]));
    }
    id
}

/// The account that an id carries; `None` for ids that carry none.
#[must_use]
pub fn account_of(id: &str) -> Option<String> {
    let carried = id.as_bytes().get(4..13)?;
    let mut number = 0;
    for &byte in carried {
        let digit = BASE32.iter().position(|&known| known == byte)?;
        number = number << 5 | digit as u64;
    }
    let number = number >> 4;
    let account = number & (ISSUED_WITH_ACCOUNT - 1);
    (number >= ISSUED_WITH_ACCOUNT && account < 1_000_000_000_000).then(|| format!("{account:012}"))
}

/// A new secret access key.
#[must_use]
pub fn secret_access_key(entropy: &dyn Entropy) -> Sensitive<String> {
    let mut random = Zeroizing::new([0; SECRET_CHARS]);
    entropy.fill(&mut *random);
    let chars = random.iter().map(|byte| char::from(BASE64[usize::from(byte & 63)]));
    let mut secret = String::with_capacity(SECRET_CHARS);
    secret.extend(chars);
    Sensitive::new(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Bytes(u8);

    impl Entropy for Bytes {
        fn fill(&self, out: &mut [u8]) {
            out.fill(self.0);
        }
    }

    #[test]
    fn the_account_can_be_read_from_an_id() {
        for account in ["000000000000", "123456789012", "999999999999", "222233334445"] {
            for random in [0, 0x5a, 0xff] {
                let id = unique_id(IdPrefix::Akia, account, &Bytes(random));
                assert_eq!(id.len(), 20);
                assert_eq!(account_of(&id).as_deref(), Some(account));
            }
        }
    }

    #[test]
    fn published_ids_are_read_as_others_read_them() {
        // Pairs published with the tools that decode such ids.
        assert_eq!(account_of("ASIAQNZGKIQY56JQ7WML").as_deref(), Some("029608264753"));
        assert_eq!(account_of("AKIAIOSFODNN7EXAMPLE"), None);
        assert_eq!(account_of("test"), None);
        assert_eq!(account_of("äöüäöüäöüäöüä"), None);
    }

    #[test]
    fn a_secret_has_forty_characters_of_base64() {
        let secret = secret_access_key(&Bytes(0xff));
        assert_eq!(*secret.reveal(), "/".repeat(40));
    }

    #[test]
    fn ids_of_entities_have_twenty_one_characters() {
        assert_eq!(unique_id(IdPrefix::Aroa, "123456789012", &Bytes(1)).len(), 21);
    }
}
