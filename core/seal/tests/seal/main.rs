//! The seal from outside: opening, wraps, the keyring, and formats of the past.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod formats;
mod keyring;
mod tampering;
mod wraps;

use strongroom_seal::{Candidate, KeyFile, PassphraseCost};
use zeroize::Zeroizing;

/// A key file that is `seed` all through.
fn key_file(seed: u8) -> Candidate {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("root.key");
    std::fs::write(&path, [seed; 32]).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    Candidate::key_file(KeyFile::read(&path).unwrap())
}

/// A passphrase that is cheap to try.
fn passphrase(text: &str) -> Candidate {
    let cost = PassphraseCost { memory_kib: 8192, iterations: 1, lanes: 1 };
    Candidate::passphrase_at_cost(Zeroizing::new(text.to_owned()), cost).unwrap()
}

fn credential(seed: u8) -> Candidate {
    Candidate::credential(&[seed | 0x80; 40]).unwrap()
}
