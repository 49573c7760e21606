//! What a host signs, and whether its key did.
//!
//! Signatures are ECDSA over P-256 with SHA-256, 64 bytes: two numbers of 32. What is signed begins with
//! what it is for and names the server as the host addressed it, so that a signature is worth nothing
//! anywhere else and for nothing else.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

/// The bytes of a public key: a point, uncompressed.
pub const KEY_BYTES: usize = 65;
/// The bytes of a signature.
pub const SIGNATURE_BYTES: usize = 64;

/// What the key signs that is enrolled with the token `token_id` at `origin`.
#[must_use]
pub fn of_joining(origin: &str, token_id: &str) -> String {
    format!("strongroom join 1\n{origin}\n{token_id}\n")
}

/// What a host signs to get a session at `origin`.
#[must_use]
pub fn of_session(origin: &str, account: &str, host_id: &str, challenge: &str) -> String {
    format!("strongroom session 1\n{origin}\n{account}\n{host_id}\n{challenge}\n")
}

/// Whether the private half of `public_key` has signed `text`. What is no key has signed nothing.
#[must_use]
pub fn is_signed(public_key: &[u8], text: &str, signature: &[u8]) -> bool {
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public_key);
    public_key.len() == KEY_BYTES && key.verify(text.as_bytes(), signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{of_joining, of_session};

    /// The same texts stand in the tests of the client.
    #[test]
    fn what_is_signed_names_everything_that_it_is_worth_something_for() {
        let origin = "https://secrets.example.com";
        assert_eq!(
            of_joining(origin, "jt-0123456789abcdef0"),
            "strongroom join 1\nhttps://secrets.example.com\njt-0123456789abcdef0\n"
        );
        assert_eq!(
            of_session(origin, "123456789012", "i-0123456789abcdef0", "abc"),
            "strongroom session 1\nhttps://secrets.example.com\n123456789012\ni-0123456789abcdef0\nabc\n"
        );
    }
}
