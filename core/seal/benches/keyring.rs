//! What sealing and opening a stored value cost. Run with `cargo bench -p strongroom-seal`.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::{hint::black_box, sync::Arc, time::Instant};

use strongroom_seal::{Keyring, KeyringRecord, RootKey, SystemEntropy};

const ROUNDS: u32 = 200_000;

fn main() {
    let root = RootKey::generate(&SystemEntropy).unwrap();
    let record = KeyringRecord::create(&root, 0, &SystemEntropy);
    let keyring = Keyring::unlock(&root, &record, Arc::new(SystemEntropy)).unwrap();
    let key = "123456789012/us-east-1/secretsmanager/secret/prod/api/stripe-AbCdEf";
    for length in [300, 1024, 65_536] {
        let plaintext = vec![b'x'; length];
        let sealed = keyring.seal(key, &plaintext);
        measure(&format!("seal {length} bytes"), || {
            black_box(keyring.seal(key, black_box(&plaintext)));
        });
        measure(&format!("open {length} bytes"), || {
            black_box(keyring.open(key, black_box(&sealed)).unwrap());
        });
        let mut buffer = sealed.clone();
        measure(&format!("open {length} bytes in place, copy included"), || {
            buffer.copy_from_slice(&sealed);
            black_box(keyring.open_in_place(key, black_box(&mut buffer)).unwrap());
        });
    }
}

/// Prints the best of five, in nanoseconds a call.
fn measure(what: &str, mut once: impl FnMut()) {
    let best = (0..5).map(|_| {
        let start = Instant::now();
        (0..ROUNDS / 5).for_each(|_| once());
        start.elapsed() / (ROUNDS / 5)
    });
    println!("{what}: {} ns", best.min().unwrap_or_default().as_nanos());
}
