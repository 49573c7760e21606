//! A case: policies, a request and its context as JSON, so that other evaluators can be asked the same.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use strongroom_policy::{
    Authority, Constraints, Context, Explanation, Grant, Kind, Named, Policy, Principal, Reason,
    Request, ResourceRule, Values, decide, explain,
};

pub const ACCOUNT: &str = "111122223333";
pub const OTHER_ACCOUNT: &str = "444455556666";
pub const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf";
pub const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
pub const ROLE: &str = "arn:aws:iam::111122223333:role/app/target";

/// Policies, a request, and what is known about it. Every field has a sensible default.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Case {
    /// A preset (see [`preset`]) or every field.
    pub principal: Who,
    pub action: String,
    pub resource: String,
    pub resource_account: String,
    /// Keys to a string, or to an array for multivalued keys.
    pub context: Map<String, Value>,
    pub identity: Vec<Value>,
    pub boundary: Option<Value>,
    pub session: Option<Vec<Value>>,
    pub service_control: Vec<Vec<Value>>,
    pub rule: Rule,
    pub resource_policy: Option<Value>,
    pub grants: Vec<GrantCase>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    None,
    Ordinary,
    Key,
    Trust,
}

#[derive(Clone, Debug, Deserialize)]
pub struct GrantCase {
    pub grantee: String,
    pub operations: Vec<String>,
    pub equals: Option<Map<String, Value>>,
    pub subset: Option<Map<String, Value>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Who {
    Preset(String),
    Full(Caller),
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Caller {
    /// root, user, assumed_role, federated, service, provider or anonymous.
    pub kind: String,
    pub account: String,
    pub arn: String,
    pub id: String,
    pub role_arn: Option<String>,
    pub user_arn: Option<String>,
    pub user_id: Option<String>,
}

impl Default for Case {
    fn default() -> Case {
        Case {
            principal: Who::Preset("anna".into()),
            action: "secretsmanager:GetSecretValue".into(),
            resource: SECRET.into(),
            resource_account: ACCOUNT.into(),
            context: Map::new(),
            identity: Vec::new(),
            boundary: None,
            session: None,
            service_control: Vec::new(),
            rule: Rule::Ordinary,
            resource_policy: None,
            grants: Vec::new(),
        }
    }
}

pub fn case(json: Value) -> Case {
    serde_json::from_value(json).expect("a case")
}

/// A document of one statement that allows everything, with some elements set otherwise.
pub fn allow(elements: Value) -> Value {
    document("Allow", elements)
}

/// The same that denies.
pub fn deny(elements: Value) -> Value {
    document("Deny", elements)
}

fn document(effect: &str, elements: Value) -> Value {
    let mut statement = json!({"Effect": effect});
    let given = elements.as_object().expect("elements").clone();
    let has = |name: &str| given.contains_key(name) || given.contains_key(&format!("Not{name}"));
    if !has("Action") {
        statement["Action"] = "*".into();
    }
    if !has("Resource") {
        statement["Resource"] = "*".into();
    }
    for (name, value) in given {
        statement[&name] = value;
    }
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

impl Case {
    /// allow, or explicit or implicit and the policy type.
    pub fn answer(&self) -> String {
        self.with_request(|request, authority, rule| {
            answer(decide(request, authority, rule).reason)
        })
    }

    pub fn allowed(&self) -> bool {
        self.with_request(|request, authority, rule| decide(request, authority, rule).allowed)
    }

    pub fn message(&self) -> String {
        self.with_request(|request, authority, rule| {
            decide(request, authority, rule).message(request)
        })
    }

    pub fn explanation(&self) -> Explanation {
        self.with_request(explain)
    }

    pub fn caller(&self) -> Caller {
        match &self.principal {
            Who::Preset(name) => preset(name),
            Who::Full(caller) => caller.clone(),
        }
    }

    /// Whatever a test wants to ask the engine.
    pub fn with_request<T>(
        &self,
        ask: impl FnOnce(&Request<'_>, &Authority<'_>, ResourceRule<'_>) -> T,
    ) -> T {
        let caller = self.caller();
        let principal = principal(&caller);
        let context = Pairs(&self.context);
        let request = Request {
            principal: &principal,
            action: &self.action,
            resource: &self.resource,
            resource_account: &self.resource_account,
            context: &context,
        };
        let identity = named(&self.identity, Kind::Identity);
        let boundary = self.boundary.as_ref().map(|document| one(document, Kind::Boundary));
        let session = self.session.as_ref().map(|documents| named(documents, Kind::Session));
        let service_control: Vec<_> =
            self.service_control.iter().map(|level| named(level, Kind::ServiceControl)).collect();
        let authority = Authority {
            identity: &identity,
            boundary: boundary.as_deref(),
            session: session.as_deref(),
            service_control: &service_control,
        };
        let kind = match self.rule {
            Rule::Key => Kind::KeyPolicy,
            Rule::Trust => Kind::Trust,
            Rule::None | Rule::Ordinary => Kind::Resource,
        };
        let policy = self.resource_policy.as_ref().map(|document| parse(document, kind));
        let grants: Vec<Grant> = self.grants.iter().map(grant).collect();
        let rule = match (self.rule, policy.as_ref()) {
            (Rule::None, _) => ResourceRule::None,
            (Rule::Ordinary, policy) => ResourceRule::Ordinary(policy),
            (Rule::Key, policy) => {
                ResourceRule::Key { policy: policy.expect("a key policy"), grants: &grants }
            }
            (Rule::Trust, policy) => ResourceRule::Trust(policy.expect("a trust policy")),
        };
        ask(&request, &authority, rule)
    }
}

pub fn answer(reason: Reason) -> String {
    match reason {
        Reason::Allowed => "allow".into(),
        Reason::ExplicitDeny(policy) => format!("explicit {}", policy.name()),
        Reason::ImplicitDeny(policy) => format!("implicit {}", policy.name()),
    }
}

/// The callers that most cases use.
pub fn preset(name: &str) -> Caller {
    let text = |text: &str| Some(text.to_owned());
    let caller = |kind: &str, account: &str, arn: &str, id: &str| Caller {
        kind: kind.into(),
        account: account.into(),
        arn: arn.into(),
        id: id.into(),
        ..Caller::default()
    };
    match name {
        "anna" => caller(
            "user",
            ACCOUNT,
            "arn:aws:iam::111122223333:user/team/anna",
            "AIDAANNA000000000001",
        ),
        "root" => caller("root", ACCOUNT, "arn:aws:iam::111122223333:root", ACCOUNT),
        "reader" => Caller {
            role_arn: text("arn:aws:iam::111122223333:role/app/reader"),
            ..caller(
                "assumed_role",
                ACCOUNT,
                "arn:aws:sts::111122223333:assumed-role/reader/s1",
                "AROAREADER0000000001:s1",
            )
        },
        "federated" => Caller {
            user_arn: text("arn:aws:iam::111122223333:user/team/anna"),
            user_id: text("AIDAANNA000000000001"),
            ..caller(
                "federated",
                ACCOUNT,
                "arn:aws:sts::111122223333:federated-user/guest",
                "111122223333:guest",
            )
        },
        "stranger" => caller(
            "user",
            OTHER_ACCOUNT,
            "arn:aws:iam::444455556666:user/carl",
            "AIDACARL000000000001",
        ),
        "strange role" => Caller {
            role_arn: text("arn:aws:iam::444455556666:role/visitor"),
            ..caller(
                "assumed_role",
                OTHER_ACCOUNT,
                "arn:aws:sts::444455556666:assumed-role/visitor/v1",
                "AROAVISITOR000000001:v1",
            )
        },
        "strange root" => {
            caller("root", OTHER_ACCOUNT, "arn:aws:iam::444455556666:root", OTHER_ACCOUNT)
        }
        "lambda" => caller("service", "", "lambda.amazonaws.com", "lambda.amazonaws.com"),
        "provider" => caller("provider", "", "accounts.google.com", "carl@example.com"),
        "anonymous" => caller("anonymous", "anonymous", "anonymous", "anonymous"),
        other => panic!("no preset {other}"),
    }
}

pub fn principal(caller: &Caller) -> Principal<'_> {
    let Caller { account, arn, id, .. } = caller;
    match &*caller.kind {
        "root" => Principal::root(account, arn),
        "user" => Principal::user(account, arn, id),
        "assumed_role" => {
            Principal::assumed_role(account, arn, id, caller.role_arn.as_deref().expect("a role"))
        }
        "federated" => Principal::federated(
            account,
            arn,
            id,
            caller.user_arn.as_deref().zip(caller.user_id.as_deref()),
        ),
        "service" => Principal::service(arn),
        "provider" => Principal::provider(arn, id),
        "anonymous" => Principal::anonymous(),
        other => panic!("no kind {other}"),
    }
}

pub fn parse(document: &Value, kind: Kind) -> Policy {
    Policy::parse(&document.to_string(), kind)
        .unwrap_or_else(|malformed| panic!("{malformed} in {document}"))
}

fn one(document: &Value, kind: Kind) -> Arc<Named> {
    Named::inline("p", parse(document, kind))
}

fn named(documents: &[Value], kind: Kind) -> Vec<Arc<Named>> {
    documents.iter().map(|document| one(document, kind)).collect()
}

fn grant(grant: &GrantCase) -> Grant {
    let pairs = |map: &Map<String, Value>| {
        map.iter()
            .map(|(name, value)| (name.clone(), value.as_str().expect("text").to_owned()))
            .collect()
    };
    let constraints = Constraints {
        encryption_context_equals: grant.equals.as_ref().map(pairs),
        encryption_context_subset: grant.subset.as_ref().map(pairs),
    };
    Grant::new("g-1", &grant.grantee, grant.operations.iter().map(String::as_str), constraints)
        .expect("a grant")
}

/// A context over the pairs of a case; keys compare without regard to case.
struct Pairs<'a>(&'a Map<String, Value>);

impl Context for Pairs<'_> {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        let (_, value) = self.0.iter().find(|(name, _)| name.eq_ignore_ascii_case(key))?;
        Some(match value {
            Value::Array(values) => Values::Many(
                values.iter().map(|value| value.as_str().expect("text").into()).collect(),
            ),
            value => Values::one(value.as_str().expect("text")),
        })
    }
}
