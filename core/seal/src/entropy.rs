//! Where random bytes come from.

use aws_lc_rs::rand;

/// A source of random bytes, handed to whatever draws a key, a salt or an identifier.
pub trait Entropy: Send + Sync {
    /// Fills all of `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The generator of AWS-LC, seeded by the operating system: what production uses.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        if rand::fill(bytes).is_err() {
            // A key drawn without randomness would be worse than no process. AWS-LC itself aborts
            // before it comes to this.
            std::process::abort();
        }
    }
}

/// **Not random**: the same seed gives the same bytes. For tests and fixtures only.
#[cfg(feature = "testing")]
pub struct SeededEntropy {
    stream: aws_lc_rs::hmac::Key,
    blocks_drawn: std::sync::atomic::AtomicU64,
}

#[cfg(feature = "testing")]
impl SeededEntropy {
    /// A stream of bytes that `seed` alone decides.
    pub fn new(seed: u64) -> Self {
        let stream = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &seed.to_be_bytes());
        Self { stream, blocks_drawn: std::sync::atomic::AtomicU64::new(0) }
    }
}

#[cfg(feature = "testing")]
impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let block = self.blocks_drawn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let block = aws_lc_rs::hmac::sign(&self.stream, &block.to_be_bytes());
            chunk.copy_from_slice(&block.as_ref()[..chunk.len()]);
        }
    }
}
