//! Cursors: where a reader of the feed goes on. Sealed, since the numbers of records are nobody's
//! business.

use std::sync::Arc;

use strongroom_seal::Keyring;

/// Makes cursors and reads them.
pub struct Cursors(Arc<Keyring>);

/// What a cursor is bound to.
const PLACE: &str = "feed/cursor";

impl Cursors {
    /// Cursors sealed by `keyring`.
    #[must_use]
    pub fn new(keyring: Arc<Keyring>) -> Self {
        Self(keyring)
    }

    /// The cursor behind record `sequence`.
    #[must_use]
    pub fn make(&self, sequence: u64) -> String {
        strongroom_trail::hex(&self.0.seal(PLACE, &sequence.to_le_bytes()))
    }

    /// The record that a cursor stands behind; nothing if it is none of ours.
    #[must_use]
    pub fn read(&self, cursor: &str) -> Option<u64> {
        let digits: Vec<u32> =
            cursor.chars().map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
        let byte = |pair: &[u32]| u8::try_from(pair.first()? * 16 + pair.get(1)?).ok();
        let sealed: Vec<u8> = digits.chunks(2).map(byte).collect::<Option<_>>()?;
        let opened = self.0.open(PLACE, &sealed).ok()?;
        Some(u64::from_le_bytes(opened.as_slice().try_into().ok()?))
    }
}
