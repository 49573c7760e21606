//! How the streams of functions' output are named.

use strongroom_api::{Entropy, Timestamp};
use strongroom_lambda::runner::Launch;

/// The name of an instance's stream: `2026/01/31/[$LATEST]` and 32 digits.
pub fn stream(launch: &Launch, now: Timestamp, entropy: &dyn Entropy) -> String {
    let day = now.iso8601();
    let day = day.get(..10).unwrap_or_default().replace('-', "/");
    format!("{day}/[{}]{}", launch.version, digits(entropy))
}

/// 32 random hexadecimal digits.
pub fn digits(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    format!("{:032x}", u128::from_be_bytes(bytes))
}
