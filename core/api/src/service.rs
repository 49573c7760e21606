//! What a service is: its names on the wire.

/// An AWS service.
pub trait Service: Send + Sync + Sized + 'static {
    /// How the service appears on the wire.
    const FACTS: Facts;
    /// How it words that a caller may not do something.
    const DENIALS: Denials = Denials::USUAL;

    /// The code of the error that says which constraints of the model a request breaks.
    const CONSTRAINT_CODE: &'static str = "ValidationException";

    /// The prefix of its IAM actions where that is not the signing name: CloudWatch signs as
    /// `monitoring` and is allowed as `cloudwatch:…`.
    const ACTION_PREFIX: &'static str = Self::FACTS.name;
}

/// How a service words its denials, where that is not as most services do.
#[derive(Clone, Copy, Debug)]
pub struct Denials {
    /// The query protocols' code.
    pub query_code: &'static str,
    /// How the message spells the service in the name of the action: `SNS` in `SNS:Publish`.
    pub spelled: Option<&'static str>,
}

impl Denials {
    /// As most services do.
    pub const USUAL: Self = Self { query_code: "AccessDenied", spelled: None };
}

/// The names and habits of one AWS service.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Signing name, and as a rule the prefix of IAM actions: `secretsmanager`.
    pub name: &'static str,
    /// Where its events come from: `secretsmanager.amazonaws.com`.
    pub event_source: &'static str,
    /// The prefix of `X-Amz-Target` before the dot; `None` if it speaks no awsJson.
    pub target_prefix: Option<&'static str>,
    /// `Version` and XML namespace of the query protocol; `None` if it does not speak it.
    pub query: Option<Query>,
    /// Whether validation messages repeat refused values. IAM and STS do not.
    pub echoes_values: bool,
    /// Whether the service spells its own errors' key `Message` rather than `message`.
    pub capital_message: bool,
    /// Whether the service is one and the same in every region (IAM, STS, Organizations).
    pub global: bool,
    /// Operations of AWS's model that are not offered yet, each with the reason.
    pub not_offered: &'static [NotOffered],
}

/// The query protocol's constants of one service.
#[derive(Clone, Copy, Debug)]
pub struct Query {
    /// API version: `2011-06-15`.
    pub version: &'static str,
    /// XML namespace of replies and errors.
    pub namespace: &'static str,
}

/// An operation that AWS has and we do not.
#[derive(Clone, Copy, Debug)]
pub struct NotOffered {
    /// Its name.
    pub name: &'static str,
    /// Why, for the reference page and the caller.
    pub reason: &'static str,
}
