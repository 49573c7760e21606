//! What is wrong with a policy document: AWS's text for the caller, a reason for the services, a place for people.

use std::fmt;

use serde::Serialize;

use crate::Kind;

/// A policy document that is refused.
///
/// `Display` gives IAM's `MalformedPolicyDocument` wording. Services with words of their own
/// (Secrets Manager, KMS) choose them by [`Malformed::fault`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    kind: Kind,
    fault: Fault,
    at: Position,
}

impl Malformed {
    pub(crate) fn new(kind: Kind, fault: Fault, at: Position) -> Malformed {
        Malformed { kind, fault, at }
    }

    /// What kind of fault it is, for a service that words it differently.
    pub fn fault(&self) -> &Fault {
        &self.fault
    }

    /// Where in the document the fault stands.
    pub fn position(&self) -> Position {
        self.at
    }
}

/// A place in a document: line and column from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// The ways in which a document can be malformed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Longer than the kind of policy can ever be; see [`Kind::max_chars`].
    TooLarge,
    /// A character outside U+0009, U+000A, U+000D, U+0020 to U+00FF.
    Character(char),
    /// Not JSON, or nested beyond any policy.
    InvalidJson,
    /// A key that stands twice in one object.
    DuplicateKey(Box<str>),
    /// An unknown element, an element twice, or a value of the wrong type.
    Syntax,
    /// `Version` is neither 2012-10-17 nor 2008-10-17.
    Version,
    /// There is no statement.
    NoStatement,
    /// A statement without `Effect`.
    NoEffect,
    /// `Effect` is neither Allow nor Deny.
    Effect(Box<str>),
    /// Two statements of one identifier.
    DuplicateSid,
    /// A statement identifier with characters that the kind of policy does not allow.
    Sid(Box<str>),
    /// Neither `Action` nor `NotAction`, or an empty one.
    NoAction,
    /// An action without a service prefix.
    ActionWithoutVendor(Box<str>),
    /// An action with more than one colon.
    ActionColons(Box<str>),
    /// A service prefix with characters no service has.
    Vendor(Box<str>),
    /// An action that a role trust policy cannot grant.
    TrustAction(Box<str>),
    /// Neither `Resource` nor `NotResource`, or an empty one.
    NoResource,
    /// `Resource` in a trust policy.
    ResourceProhibited,
    /// A resource that is neither `*` nor an ARN.
    ResourceNotArn(Box<str>),
    /// An ARN of an unknown partition.
    Partition(Box<str>, Box<str>),
    /// An ARN whose service is missing or a wildcard.
    ResourceVendor(Box<str>),
    /// An ARN of a global service that names a region.
    ResourceRegion(Box<str>, Box<str>),
    /// An IAM ARN of no known resource type.
    ResourcePath(Box<str>),
    /// An ARN with too few parts, where the kind of policy takes only whole ones.
    IncompleteArn(Box<str>),
    /// Neither `Principal` nor `NotPrincipal` where one must be.
    NoPrincipal,
    /// `Principal` or `NotPrincipal` where the policy is attached to its principal.
    PrincipalProhibited,
    /// `NotPrincipal` in a trust policy.
    NotPrincipalProhibited,
    /// A principal that is not of a known form: its element and its text.
    InvalidPrincipal(Box<str>, Box<str>),
    /// A service principal that is not of a known form.
    InvalidServicePrincipal(Box<str>),
    /// A condition operator that does not exist.
    Operator(Box<str>),
    /// A condition value that its operator cannot read: a date, number, address or Boolean.
    Operand(Box<str>),
    /// A `${…}` that is not a policy variable, or stands where none may.
    Variable(Box<str>),
}

const IAM_PATHS: &str = "user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, \
                         policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/";

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let trust = self.kind == Kind::Trust;
        match &self.fault {
            Fault::InvalidJson | Fault::DuplicateKey(_) if trust => {
                f.write_str("This policy contains invalid Json")
            }
            Fault::NoStatement if trust => {
                f.write_str("Could not parse the policy: Statement is empty!")
            }
            Fault::NoEffect if trust => f.write_str("Missing required field Effect"),
            Fault::Effect(effect) if trust => write!(f, "Invalid effect: {effect}"),
            Fault::NoPrincipal => f.write_str("Missing required field Principal"),
            Fault::ResourceProhibited => f.write_str("Has prohibited field Resource"),
            Fault::NotPrincipalProhibited => f.write_str("Has prohibited field NotPrincipal"),
            Fault::PrincipalProhibited => {
                f.write_str("Policy document should not specify a principal.")
            }
            Fault::DuplicateSid => {
                f.write_str("Statement IDs (SID) in a single policy must be unique.")
            }
            Fault::Sid(_) => f.write_str("Statement IDs (SID) should be alpha-numeric only."),
            Fault::NoAction => f.write_str("Policy statement must contain actions."),
            Fault::NoResource => f.write_str("Policy statement must contain resources."),
            Fault::ActionWithoutVendor(_) => f.write_str(
                "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
            ),
            Fault::ActionColons(_) => f.write_str("Actions/Condition can contain only one colon."),
            Fault::Vendor(vendor) => write!(f, "Vendor {vendor} is not valid"),
            Fault::TrustAction(_) => {
                f.write_str("AssumeRole policy may only specify STS AssumeRole actions.")
            }
            Fault::ResourceNotArn(text) => {
                write!(f, "Resource {text} must be in ARN format or \"*\".")
            }
            Fault::Partition(partition, text) => {
                write!(f, "Partition \"{partition}\" is not valid for resource \"{text}\".")
            }
            Fault::ResourceVendor(_) => {
                f.write_str("Resource vendor must be fully qualified and cannot contain regexes.")
            }
            Fault::ResourceRegion(vendor, text) if &**vendor == "iam" => {
                write!(f, "IAM resource {text} cannot contain region information.")
            }
            Fault::ResourceRegion(_, text) => {
                write!(f, "Resource {text} can not contain region information.")
            }
            Fault::ResourcePath(_) => {
                write!(f, "IAM resource path must either be \"*\" or start with {IAM_PATHS}.")
            }
            Fault::InvalidPrincipal(element, text) => {
                write!(f, "Invalid principal in policy: \"{element}\":\"{text}\"")
            }
            Fault::InvalidServicePrincipal(text) => {
                write!(f, "Invalid principal in policy: \"SERVICE\":\"{text}\"")
            }
            Fault::Operand(_) | Fault::IncompleteArn(_) => {
                f.write_str("The policy failed legacy parsing")
            }
            Fault::Version
            | Fault::TooLarge
            | Fault::Character(_)
            | Fault::InvalidJson
            | Fault::DuplicateKey(_)
            | Fault::Syntax
            | Fault::NoStatement
            | Fault::NoEffect
            | Fault::Effect(_)
            | Fault::Operator(_)
            | Fault::Variable(_) => f.write_str("Syntax errors in policy."),
        }
    }
}

impl std::error::Error for Malformed {}
