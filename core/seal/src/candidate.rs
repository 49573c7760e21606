//! A key that an operator or the system offers to open the seal.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use aws_lc_rs::hkdf;
use data_encoding::{
    BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, Encoding, HEXLOWER_PERMISSIVE,
};
use zeroize::Zeroizing;

use crate::{KeyFile, PassphraseCost, SealError};

/// What a credential must hold at least, once decoded.
const CREDENTIAL_MIN: usize = 32;
/// More than this is not a key but the wrong file.
const CREDENTIAL_MAX: usize = 64 * 1024;
/// Shorter passphrases fall to guessing whatever Argon2id costs.
const PASSPHRASE_MIN_CHARACTERS: usize = 12;

/// A key offered to open a seal, or to be added to one. Wiped when dropped.
pub struct Candidate {
    pub(crate) material: Material,
}

/// What a candidate is made of.
pub(crate) enum Material {
    KeyFile(KeyFile),
    Passphrase { text: Zeroizing<String>, cost: PassphraseCost },
    Credential(Zeroizing<Vec<u8>>),
}

impl Candidate {
    /// A key file that was created or read.
    pub fn key_file(file: KeyFile) -> Self {
        Self { material: Material::KeyFile(file) }
    }

    /// A passphrase, of 12 characters at least, taken as it is: no trimming, no normalization.
    pub fn passphrase(text: Zeroizing<String>) -> Result<Self, SealError> {
        Self::passphrase_at_cost(text, PassphraseCost::default())
    }

    /// As [`passphrase`](Self::passphrase). The cost counts when a wrap is added; opening takes the
    /// cost that the wrap was made with.
    pub fn passphrase_at_cost(
        text: Zeroizing<String>,
        cost: PassphraseCost,
    ) -> Result<Self, SealError> {
        let unusable =
            |reason| SealError::UnusableKey { what: "the passphrase".to_owned(), reason };
        if text.chars().count() < PASSPHRASE_MIN_CHARACTERS {
            return Err(unusable(format!(
                "it must have at least {PASSPHRASE_MIN_CHARACTERS} characters"
            )));
        }
        cost.check().map_err(unusable)?;
        Ok(Self { material: Material::Passphrase { text, cost } })
    }

    /// A credential, such as the value of an environment variable: hex, base64 or raw bytes, 32
    /// bytes at least once decoded. Line ends around a text do not count.
    pub fn credential(value: &[u8]) -> Result<Self, SealError> {
        Self::credential_named("the credential", value)
    }

    /// A credential file such as systemd's `$CREDENTIALS_DIRECTORY/root-key`.
    ///
    /// Permissions are not checked: who places credentials (systemd, Kubernetes) guards the folder.
    pub fn credential_file(path: &Path) -> Result<Self, SealError> {
        let failed = |source| SealError::File { action: "read", path: path.into(), source };
        // Room for all there may be, so that growing never leaves a copy behind.
        let mut value = Zeroizing::new(Vec::with_capacity(CREDENTIAL_MAX + 1));
        let file = File::open(path).map_err(failed)?;
        file.take(CREDENTIAL_MAX as u64 + 1).read_to_end(&mut value).map_err(failed)?;
        Self::credential_named(&format!("credential {}", path.display()), &value)
    }

    fn credential_named(what: &str, value: &[u8]) -> Result<Self, SealError> {
        let decoded = decoded(value);
        let reason = match decoded.len() {
            CREDENTIAL_MIN..=CREDENTIAL_MAX => {
                return Ok(Self { material: Material::Credential(decoded) });
            }
            0..CREDENTIAL_MIN => format!("it must hold at least {CREDENTIAL_MIN} bytes"),
            _ => format!("it must hold at most {CREDENTIAL_MAX} bytes"),
        };
        Err(SealError::UnusableKey { what: what.to_owned(), reason })
    }
}

impl From<KeyFile> for Candidate {
    fn from(file: KeyFile) -> Self {
        Self::key_file(file)
    }
}

/// The 256-bit key that `material`, of full entropy but any form, yields for one purpose.
pub(crate) fn extracted(material: &[u8], purpose: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    let mut key = Zeroizing::new([0; 32]);
    let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"strongroom wrap 1");
    let info = [purpose];
    let extracted = salt.extract(material);
    extracted.expand(&info, hkdf::HKDF_SHA256).ok()?.fill(&mut *key).ok()?;
    Some(key)
}

/// Hex or base64 where the value is such a text of enough bytes, else the value itself.
fn decoded(value: &[u8]) -> Zeroizing<Vec<u8>> {
    // Trimmed only if all of it is text: raw bytes may begin or end with those of a line end.
    let is_text = value.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
    let text = if is_text { value.trim_ascii() } else { value };
    let encodings: [&Encoding; 5] =
        [&HEXLOWER_PERMISSIVE, &BASE64, &BASE64_NOPAD, &BASE64URL, &BASE64URL_NOPAD];
    encodings
        .iter()
        .filter(|_| is_text)
        .filter_map(|encoding| encoding.decode(text).ok().map(Zeroizing::new))
        .find(|bytes| bytes.len() >= CREDENTIAL_MIN)
        .unwrap_or_else(|| Zeroizing::new(text.to_vec()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
    use zeroize::Zeroizing;

    use super::{Candidate, decoded};
    use crate::SealError;

    #[test]
    fn a_credential_is_the_same_key_in_every_encoding() {
        let key: Vec<u8> = (0..32).map(|byte| byte * 8 + 5).collect();
        let texts = [
            HEXLOWER.encode(&key),
            HEXUPPER.encode(&key),
            BASE64.encode(&key),
            BASE64URL_NOPAD.encode(&key),
            format!("{}\n", BASE64.encode(&key)),
        ];
        for text in texts {
            assert_eq!(**decoded(text.as_bytes()), key[..], "{text}");
        }
    }

    #[test]
    fn raw_bytes_are_taken_as_they_are() {
        let mut key = vec![0xe9; 31];
        key.push(b'\n');
        assert_eq!(**decoded(&key), key[..]);
        // Base64 of too few bytes is a text in its own right.
        let words = b"correcthorsebatterystaplecorrecthorse123";
        assert_eq!(**decoded(words), words[..]);
    }

    #[test]
    fn weak_keys_are_refused() {
        let refused =
            |made: Result<Candidate, SealError>| matches!(made, Err(SealError::UnusableKey { .. }));
        assert!(refused(Candidate::credential(b"")));
        assert!(refused(Candidate::credential(&[0xff; 31])));
        assert!(refused(Candidate::credential(&[0xff; 70_000])));
        assert!(refused(Candidate::passphrase(Zeroizing::new("elevenchars".to_owned()))));
        assert!(Candidate::passphrase(Zeroizing::new("twelve chars".to_owned())).is_ok());
    }
}
