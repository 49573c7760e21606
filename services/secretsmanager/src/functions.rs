//! What this service needs from Lambda: functions that rotate.

use strongroom_api::{BoxFuture, Circumstances, Result};
use zeroize::Zeroize as _;

/// Functions, called by this service as itself on behalf of a secret.
///
/// The implementation performs Lambda's operations as `secretsmanager.amazonaws.com` with the secret as
/// `aws:SourceArn` and its account as `aws:SourceAccount`, so that the function's policy and the trail
/// see every call.
pub trait Functions: Send + Sync {
    /// Whether the function exists and lets this service invoke it for the secret.
    ///
    /// # Errors
    /// Internal only.
    fn access<'a>(
        &'a self,
        circumstances: &'a Circumstances<'a>,
        function: &'a FunctionArn,
        secret: Origin<'a>,
    ) -> BoxFuture<'a, Result<Access>>;

    /// Invokes the function with `event` (JSON) and waits for its end, which may take fifteen minutes.
    ///
    /// # Errors
    /// What Lambda says of a function that it does not run: gone, not allowed, throttled.
    fn invoke<'a>(
        &'a self,
        circumstances: &'a Circumstances<'a>,
        function: &'a FunctionArn,
        secret: Origin<'a>,
        event: &'a str,
    ) -> BoxFuture<'a, Result<Outcome>>;
}

/// The secret that a function is invoked for.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// Its ARN.
    pub arn: &'a str,
    /// Its account.
    pub account: &'a str,
}

/// Whether a function may be invoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// There is none, or its policy does not let us.
    Denied,
    /// It is somebody's function, and we may.
    Custom,
    /// It comes with the server: it can rehearse a rotation, and its errors hold no secret.
    BuiltIn,
}

/// How an invocation ended. The payload is not printed, and wiped with it.
#[derive(Clone, Default)]
pub struct Outcome {
    /// What the function returned; for a failure Lambda's JSON of it. It may hold secrets.
    pub payload: Vec<u8>,
    /// `FunctionError`: `Unhandled` for a function that threw, timed out or died.
    pub function_error: Option<String>,
}

impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outcome")
            .field("function_error", &self.function_error)
            .finish_non_exhaustive()
    }
}

impl Drop for Outcome {
    fn drop(&mut self) {
        self.payload.zeroize();
    }
}

/// The ARN of a function, perhaps of one of its versions or aliases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionArn {
    text: String,
    region: (usize, usize),
    account: (usize, usize),
    name: (usize, usize),
}

impl FunctionArn {
    /// Reads `arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = Vec::with_capacity(8);
        let mut start = 0;
        for part in text.split(':') {
            parts.push((part, (start, start + part.len())));
            start += part.len() + 1;
        }
        let [("arn", _), (_, _), ("lambda", _), region, account, ("function", _), name, rest @ ..] =
            parts.as_slice()
        else {
            return None;
        };
        let is_account = account.0.len() == 12 && account.0.bytes().all(|b| b.is_ascii_digit());
        let is_plain = |text: &str| {
            let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'$');
            !text.is_empty() && text.len() <= 140 && text.bytes().all(plain)
        };
        let is_sound = is_account
            && rest.len() <= 1
            && [region, name].into_iter().chain(rest).all(|(part, _)| is_plain(part));
        is_sound.then(|| Self {
            text: text.to_owned(),
            region: region.1,
            account: account.1,
            name: name.1,
        })
    }

    /// The ARN as it was read.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The region it is in.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.text[self.region.0..self.region.1]
    }

    /// The account that owns it.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.text[self.account.0..self.account.1]
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.text[self.name.0..self.name.1]
    }
}

#[cfg(test)]
mod tests {
    use super::FunctionArn;

    #[test]
    fn only_the_arn_of_a_function_is_one() {
        let arn = FunctionArn::parse("arn:aws:lambda:us-east-1:123456789012:function:rotate:live");
        let arn = arn.unwrap();
        assert_eq!(
            (arn.region(), arn.account(), arn.name()),
            ("us-east-1", "123456789012", "rotate")
        );
        for text in [
            "",
            "rotate",
            "arn:aws:lambda:us-east-1:123456789012:function",
            "arn:aws:lambda:us-east-1:123456789012:function:",
            "arn:aws:lambda:us-east-1:123456789012:layer:x",
            "arn:aws:lambda:us-east-1:12345:function:x",
            "arn:aws:lambda::123456789012:function:x",
            "arn:aws:lambda:us-east-1:123456789012:function:x:1:2",
            "arn:aws:lambda:us-east-1:123456789012:function:x y",
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:x",
        ] {
            assert_eq!(FunctionArn::parse(text), None, "{text}");
        }
    }
}
