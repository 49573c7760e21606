//! Actions: what a statement lists and what a request asks for, compared without regard to case.

use smallvec::SmallVec;

use crate::glob::{self, Piece};
use crate::malformed::Fault;

/// An entry of `Action` or `NotAction`.
#[derive(Debug)]
pub(crate) struct ActionPattern {
    text: Box<str>,
    /// In lower case; `None` for any service.
    service: Option<Box<str>>,
    name: Box<[Piece<'static>]>,
}

impl ActionPattern {
    pub(crate) fn parse(text: &str) -> Result<ActionPattern, Fault> {
        let lower = text.to_ascii_lowercase();
        let (service, name) = match lower.split_once(':') {
            None if lower == "*" => (None, "*"),
            None => return Err(Fault::ActionWithoutVendor(text.into())),
            Some((_, name)) if name.contains(':') => return Err(Fault::ActionColons(text.into())),
            Some((_, "")) => return Err(Fault::Syntax),
            Some(("*", name)) => (None, name),
            Some((service, name)) if is_vendor(service) => (Some(service.into()), name),
            Some((service, _)) => return Err(Fault::Vendor(text[..service.len()].into())),
        };
        Ok(ActionPattern { text: text.into(), service, name: glob::compile(name).into() })
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn matches(&self, action: &Action) -> bool {
        self.service.as_deref().is_none_or(|service| service.as_bytes() == action.service())
            && glob::matches_bytes(&self.name, action.name())
    }
}

fn is_vendor(service: &str) -> bool {
    !service.is_empty()
        && service.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

/// The action of a request, in lower case.
pub(crate) struct Action {
    lower: SmallVec<[u8; 64]>,
    colon: usize,
}

impl Action {
    /// `None` if the text is not of the form `service:Name`.
    pub(crate) fn read(text: &str) -> Option<Action> {
        let colon = text.find(':')?;
        let mut lower = SmallVec::from_slice(text.as_bytes());
        lower.make_ascii_lowercase();
        Some(Action { lower, colon })
    }

    fn service(&self) -> &[u8] {
        &self.lower[..self.colon]
    }

    /// Whether it is an action of the service, whose prefix is given in lower case.
    pub(crate) fn is_of(&self, service: &str) -> bool {
        self.service() == service.as_bytes()
    }

    /// The part after the colon.
    pub(crate) fn name(&self) -> &[u8] {
        &self.lower[self.colon + 1..]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn matches(pattern: &str, action: &str) -> bool {
        ActionPattern::parse(pattern).unwrap().matches(&Action::read(action).unwrap())
    }

    #[test]
    fn actions_match_whatever_their_case() {
        assert!(matches("SecretsManager:getSecret*", "secretsmanager:GetSecretValue"));
        assert!(matches("*", "kms:Decrypt"));
        assert!(matches("*:*", "kms:Decrypt"));
        assert!(matches("kms:Decryp?", "kms:Decrypt"));
        assert!(!matches("kms:*", "kmsx:Decrypt"));
        assert!(!matches("kms:Decrypt", "kms:DecryptX"));
        assert!(!matches("*:Get*", "kms:Decrypt"));
    }

    #[test]
    fn what_is_no_action_is_refused_in_awss_categories() {
        assert_eq!(
            ActionPattern::parse("Get*").unwrap_err(),
            Fault::ActionWithoutVendor("Get*".into())
        );
        assert_eq!(ActionPattern::parse("a:b:c").unwrap_err(), Fault::ActionColons("a:b:c".into()));
        assert_eq!(ActionPattern::parse("S3*:Get").unwrap_err(), Fault::Vendor("S3*".into()));
        assert_eq!(ActionPattern::parse("s3:").unwrap_err(), Fault::Syntax);
    }
}
