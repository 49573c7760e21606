//! Ids: `i-` or `jt-` and 17 hexadecimal digits, as EC2 has them.

use data_encoding::HEXLOWER;
use strongroom_api::Entropy;

const DIGITS: usize = 17;

/// A new id.
pub fn new(prefix: &str, entropy: &dyn Entropy) -> String {
    let mut bytes = [0; DIGITS.div_ceil(2)];
    entropy.fill(&mut bytes);
    let mut id = prefix.to_owned() + &HEXLOWER.encode(&bytes);
    id.truncate(prefix.len() + DIGITS);
    id
}

/// Whether `text` is an id with this prefix.
pub fn is(prefix: &str, text: &str) -> bool {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let digits = text.strip_prefix(prefix);
    digits.is_some_and(|digits| digits.len() == DIGITS && digits.bytes().all(is_digit))
}

/// Whether `text` is the 12 digits of an account.
pub fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}
