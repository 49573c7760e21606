//! Why sealed bytes could not be opened.

/// Why sealed bytes could not be opened. Nothing of the plaintext is ever released with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damaged {
    /// Too short to have been sealed, or not sealed by this program at all.
    #[error("the value is not a sealed record")]
    Foreign,
    /// Written by a later version of this program, in a format unknown to this one.
    #[error("the value is sealed in format {0}, which is newer than this version can read")]
    NewerFormat(u8),
    /// Sealed by a generation that the keyring does not hold: it was retired, or the keyring in
    /// memory is older than the one stored.
    #[error("the value is sealed by generation {0}, which the keyring does not hold")]
    UnknownGeneration(u32),
    /// The bytes, or the key they are stored under, are not those that were sealed.
    #[error("the value was altered, or belongs to another record")]
    Altered,
}
