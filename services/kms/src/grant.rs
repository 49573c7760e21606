//! Grants: permissions on one key for one principal, beside the key policy.

use std::collections::{BTreeMap, HashMap};

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use serde::{Deserialize, Serialize};
use strongroom_api::{Caller, Entropy};
use strongroom_policy as policy;
use strongroom_records::Record;
use strongroom_wire::{Result, Shape, Timestamp};

use crate::encryption_context::EncryptionContext;
use crate::error;
use crate::spec::texts;

/// A principal as grants name it.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=256, pattern = "^[\\w+=,.@:/-]+$")]
pub struct PrincipalId(pub String);

/// A service as grants name it.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=128, pattern = "^([A-Za-z0-9\\-]+)\\.([A-Za-z0-9\\-]+)(\\.[A-Za-z0-9\\-]+)+$")]
pub struct ServicePrincipal(pub String);

/// The id of a grant.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=128)]
pub struct GrantId(pub String);

/// A grant as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// 64 hexadecimal digits.
    pub id: String,
    /// What people call it; with the same name and parameters it is made only once.
    pub name: Option<String>,
    /// Who may.
    pub grantee: String,
    /// The unique id of the grantee if it is a user or role: who is deleted and made anew is another.
    #[serde(default)]
    pub grantee_id: Option<String>,
    /// Who may give it up.
    pub retiring: Option<String>,
    /// The unique id of whom may.
    #[serde(default)]
    pub retiring_id: Option<String>,
    /// What may be done.
    pub operations: Vec<GrantOperation>,
    /// With which encryption contexts.
    pub constraints: Constraints,
    /// The account that made it.
    pub issuing_account: String,
    /// When it was made.
    pub created: Timestamp,
}

impl Record for Grant {
    const KIND: &'static str = "grant";
}

/// What the encryption context of a request must be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Constraints {
    /// Exactly this.
    pub equals: Option<BTreeMap<String, String>>,
    /// At least this.
    pub subset: Option<BTreeMap<String, String>>,
    /// For a service: the resource that it acts for.
    #[serde(default)]
    pub source_arn: Option<String>,
}

/// [`Constraints`] as requests and replies carry them.
#[derive(Clone, Debug, Default, Shape)]
pub struct GrantConstraints {
    /// At least this.
    pub encryption_context_subset: Option<EncryptionContext>,
    /// Exactly this.
    pub encryption_context_equals: Option<EncryptionContext>,
    /// For a service: the resource that it acts for.
    #[shape(
        length = 20..=512,
        pattern = "^arn:aws[a-z0-9-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$"
    )]
    pub source_arn: Option<String>,
}

texts! {
    /// What a grant may allow.
    GrantOperation {
        Decrypt = "Decrypt",
        Encrypt = "Encrypt",
        GenerateDataKey = "GenerateDataKey",
        GenerateDataKeyWithoutPlaintext = "GenerateDataKeyWithoutPlaintext",
        ReEncryptFrom = "ReEncryptFrom",
        ReEncryptTo = "ReEncryptTo",
        Sign = "Sign",
        Verify = "Verify",
        GetPublicKey = "GetPublicKey",
        CreateGrant = "CreateGrant",
        RetireGrant = "RetireGrant",
        DescribeKey = "DescribeKey",
        GenerateDataKeyPair = "GenerateDataKeyPair",
        GenerateDataKeyPairWithoutPlaintext = "GenerateDataKeyPairWithoutPlaintext",
        GenerateMac = "GenerateMac",
        VerifyMac = "VerifyMac",
        DeriveSharedSecret = "DeriveSharedSecret",
        Encapsulate = "Encapsulate",
        Decapsulate = "Decapsulate",
    }
}

impl Grant {
    /// A fresh id.
    pub fn new_id(entropy: &dyn Entropy) -> String {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes);
        HEXLOWER.encode(&bytes)
    }

    /// Whether a principal's text names a service.
    pub fn is_service(principal: &str) -> bool {
        !principal.contains(':')
    }

    /// What the grantee is known by.
    pub fn known_by(&self) -> &str {
        self.grantee_id.as_deref().unwrap_or(&self.grantee)
    }

    /// Whether it says the same as `other`, apart from when and by whom it was made.
    pub fn is_like(&self, other: &Self) -> bool {
        self.name == other.name
            && (&self.grantee, self.known_by()) == (&other.grantee, other.known_by())
            && (&self.retiring, &self.retiring_id) == (&other.retiring, &other.retiring_id)
            && self.operations == other.operations
            && self.constraints == other.constraints
    }

    /// Whether it gives nothing that `parent` does not give: what a grantee may hand on.
    pub fn is_within(&self, parent: &Self) -> bool {
        self.operations.iter().all(|operation| parent.operations.contains(operation))
            && self.constraints.are_within(&parent.constraints)
    }

    /// The grant as the policy engine reads it.
    ///
    /// # Errors
    /// InvalidArnException for a grantee that is no principal.
    pub fn compiled(&self) -> Result<policy::Grant> {
        let constraints = policy::Constraints {
            encryption_context_equals: self.constraints.equals.clone(),
            encryption_context_subset: self.constraints.subset.clone(),
        };
        let operations = self.operations.iter().map(|operation| operation.text());
        policy::Grant::new(&self.id, self.known_by(), operations, constraints)
            .map_err(|cause| error::invalid_principal(&self.grantee).because(cause.to_string()))
    }
}

impl Constraints {
    /// Reads what a request says.
    pub fn read(sent: Option<&GrantConstraints>) -> Self {
        let pairs = |context: &Option<EncryptionContext>| context.clone().map(|context| context.0);
        sent.map_or_else(Self::default, |sent| Self {
            equals: pairs(&sent.encryption_context_equals),
            subset: pairs(&sent.encryption_context_subset),
            source_arn: sent.source_arn.clone(),
        })
    }

    /// As replies carry them; `None` if there are none.
    pub fn reply(&self) -> Option<GrantConstraints> {
        let context =
            |pairs: &Option<BTreeMap<String, String>>| pairs.clone().map(EncryptionContext);
        (*self != Self::default()).then(|| GrantConstraints {
            encryption_context_subset: context(&self.subset),
            encryption_context_equals: context(&self.equals),
            source_arn: self.source_arn.clone(),
        })
    }

    /// Whether every context that they let pass also passes `wider`.
    fn are_within(&self, wider: &Self) -> bool {
        let holds = |pairs: &BTreeMap<String, String>| {
            [&self.equals, &self.subset]
                .into_iter()
                .flatten()
                .any(|own| pairs.iter().all(|(name, value)| own.get(name) == Some(value)))
        };
        let same_source = wider.source_arn.is_none() || wider.source_arn == self.source_arn;
        same_source
            && wider.equals.as_ref().is_none_or(|pairs| self.equals.as_ref() == Some(pairs))
            && wider.subset.as_ref().is_none_or(holds)
    }
}

/// Every grant of one key, ready to be asked.
#[derive(Debug, Default)]
pub struct Grants {
    /// In the order of their ids.
    pub all: Vec<Grant>,
    compiled: Vec<policy::Grant>,
    by_grantee: HashMap<String, Vec<usize>>,
}

impl Grants {
    /// Compiles `all`, which are in the order of their ids.
    ///
    /// # Errors
    /// Internal only: grants are checked before they are stored.
    pub fn new(all: Vec<Grant>) -> Result<Self> {
        let compiled = all.iter().map(Grant::compiled).collect::<Result<Vec<_>>>();
        let compiled = compiled.map_err(|error| error::internal(error.to_string()))?;
        let mut by_grantee: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, grant) in all.iter().enumerate() {
            by_grantee.entry(grant.known_by().to_owned()).or_default().push(index);
        }
        Ok(Self { all, compiled, by_grantee })
    }

    /// The grants for `caller` that `matter`, under whichever of its names.
    pub fn of(&self, caller: &Caller, matter: impl Fn(&Grant) -> bool) -> Vec<policy::Grant> {
        let principal = caller.principal();
        let root = format!("arn:aws:iam::{}:root", caller.account());
        let unique = principal.id.split(':').next();
        let names = [
            Some(principal.arn),
            principal.role_arn,
            principal.user_arn,
            principal.user_id,
            principal.service,
            unique.filter(|id| *id != caller.account()),
            Some(caller.account()),
            Some(root.as_str()).filter(|root| *root != principal.arn),
        ];
        let indices = names
            .into_iter()
            .flatten()
            .filter(|name| principal.service.is_none_or(|service| *name == service))
            .filter_map(|name| self.by_grantee.get(name))
            .flatten();
        let mut indices: Vec<usize> = indices.copied().collect();
        indices.sort_unstable();
        indices.dedup();
        let source = caller.details.source.as_ref().map(|(arn, _)| arn);
        let from_there = |grant: &Grant| {
            grant.constraints.source_arn.as_ref().is_none_or(|arn| source == Some(arn))
        };
        indices
            .into_iter()
            .filter(|index| from_there(&self.all[*index]) && matter(&self.all[*index]))
            .map(|index| self.compiled[index].clone())
            .collect()
    }

    /// The grant with this id.
    pub fn find(&self, id: &str) -> Option<&Grant> {
        let index = self.all.binary_search_by(|grant| grant.id.as_str().cmp(id)).ok()?;
        self.all.get(index)
    }
}

/// What a grant token says. A token is no secret: it only names a grant.
#[derive(Debug, PartialEq, Eq)]
pub struct Token {
    /// The account of the key.
    pub account: String,
    /// The key.
    pub key_id: String,
    /// The grant.
    pub grant_id: String,
}

impl Token {
    /// The text.
    pub fn text(&self) -> String {
        let Self { account, key_id, grant_id } = self;
        BASE64URL_NOPAD.encode(format!("1/{account}/{key_id}/{grant_id}").as_bytes())
    }

    /// Reads a text.
    ///
    /// # Errors
    /// InvalidGrantTokenException for a text that is no token.
    pub fn read(text: &str) -> Result<Self> {
        let decoded = BASE64URL_NOPAD.decode(text.as_bytes()).ok();
        decoded
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|text| {
                let mut parts = text.strip_prefix("1/")?.splitn(3, '/').map(str::to_owned);
                let (account, key_id) = (parts.next()?, parts.next()?);
                Some(Self { account, key_id, grant_id: parts.next()? })
            })
            .ok_or_else(error::invalid_grant_token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constraints(
        equals: Option<&[(&str, &str)]>,
        subset: Option<&[(&str, &str)]>,
    ) -> Constraints {
        let map = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        Constraints { equals: equals.map(map), subset: subset.map(map), source_arn: None }
    }

    #[test]
    fn a_grant_is_handed_on_only_with_constraints_as_strict() {
        let one: &[(&str, &str)] = &[("a", "1")];
        let two: &[(&str, &str)] = &[("a", "1"), ("b", "2")];
        let free = constraints(None, None);
        let (equals, subset) = (constraints(Some(one), None), constraints(None, Some(one)));
        assert!(equals.are_within(&free) && subset.are_within(&free) && free.are_within(&free));
        assert!(!free.are_within(&equals) && !free.are_within(&subset));
        assert!(equals.are_within(&subset) && !subset.are_within(&equals));
        assert!(constraints(None, Some(two)).are_within(&subset));
        assert!(!constraints(Some(two), None).are_within(&equals));
        assert!(!constraints(None, Some(&[("a", "2")])).are_within(&subset));
    }

    #[test]
    fn a_token_names_its_grant() {
        let token = || Token {
            account: "123456789012".into(),
            key_id: "mrk-1".into(),
            grant_id: "abc".into(),
        };
        assert_eq!(Token::read(&token().text()).ok(), Some(token()));
        for text in ["", "x", "MS8x"] {
            assert!(Token::read(text).is_err());
        }
    }
}
