//! What an operation acts on, as policies see it.

use std::borrow::Cow;

use strongroom_policy::{Decision, Request, ResourceRule, Values};

/// Something that policies can name.
pub trait Target: Send + Sync {
    /// Its ARN; `*` where AWS authorizes against no resource.
    fn arn(&self) -> Cow<'_, str>;

    /// How a denial names it: the ARN, or for some services the name that the caller sent.
    fn shown(&self) -> Cow<'_, str> {
        self.arn()
    }

    /// The account that owns it.
    fn account(&self) -> &str;

    /// The value of its tag `key`. IAM compares tag keys without regard to case here.
    fn tag(&self, key: &str) -> Option<&str> {
        let _ = key;
        None
    }

    /// The policy attached to it, and by which rules that is read.
    fn rule(&self) -> ResourceRule<'_> {
        ResourceRule::None
    }

    /// The value of a condition key of its own (`kms:KeySpec`); `key` is as in
    /// [`Operation::condition`](crate::Operation::condition), which is asked first.
    fn condition(&self, key: &str) -> Option<Values<'_>> {
        let _ = key;
        None
    }

    /// CloudTrail's name for what it is, for services whose records name what they are about:
    /// `AWS::KMS::Key`.
    fn resource_type(&self) -> Option<&'static str> {
        None
    }

    /// Another resource that the call is about, for records that name both.
    fn other(&self) -> Option<&dyn Target> {
        None
    }

    /// The words of a denial where AWS has its own for this kind of target; `None` for the usual ones.
    fn denial(&self, request: &Request<'_>, decision: &Decision) -> Option<String> {
        let _ = (request, decision);
        None
    }
}

/// The account itself: the target of operations that name no resource (`ListSecrets`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account(pub String);

impl Target for Account {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed("*")
    }

    fn account(&self) -> &str {
        &self.0
    }
}

/// A resource that does not exist (yet): what is left to authorize against is its ARN.
#[derive(Clone, Debug)]
pub(crate) struct Missing<'a> {
    pub(crate) arn: &'a str,
    pub(crate) shown: &'a str,
    pub(crate) fallback_account: &'a str,
}

impl Target for Missing<'_> {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.arn)
    }

    fn shown(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.shown)
    }

    fn account(&self) -> &str {
        match self.arn.split(':').nth(4) {
            Some(account) if !account.is_empty() => account,
            _ => self.fallback_account,
        }
    }
}
