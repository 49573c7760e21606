//! Policy documents of every kind: parsed, and asked.

use std::sync::Arc;

use strongroom_policy::{
    Authority, Kind, Named, Policy, Principal, Request, ResourceRule, Values, decide,
};

const KINDS: [Kind; 7] = [
    Kind::Identity,
    Kind::Session,
    Kind::Boundary,
    Kind::ServiceControl,
    Kind::Resource,
    Kind::Trust,
    Kind::KeyPolicy,
];
const ACCOUNT: &str = "111122223333";
const DENY_ALL: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;

struct Context;

impl strongroom_policy::Context for Context {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        match key {
            "aws:sourceip" => Some(Values::one("192.0.2.7")),
            "aws:currenttime" => Some(Values::one("2026-01-31T10:20:30Z")),
            "aws:securetransport" => Some(Values::one("true")),
            "secretsmanager:resourcetag/team" => Some(Values::one("core")),
            "aws:tagkeys" => Some(Values::Many(vec!["team".into(), "env".into()])),
            _ => None,
        }
    }
}

/// Parses the document as every kind. Whatever it allows, a Deny of everything takes away.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for kind in KINDS {
        if let Ok(policy) = Policy::parse(&text, kind) {
            ask(policy, kind, &text);
        }
    }
}

fn ask(policy: Policy, kind: Kind, text: &str) {
    let anna = Principal::user(ACCOUNT, "arn:aws:iam::111122223333:user/anna", "AIDAEXAMPLEANNA");
    let request = Request {
        principal: &anna,
        action: "secretsmanager:GetSecretValue",
        resource: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf",
        resource_account: ACCOUNT,
        context: &Context,
    };
    let deny = Named::inline("deny", Policy::parse(DENY_ALL, Kind::Identity).expect("a policy"));
    let named = Named::inline("it", policy);
    let identity = match kind {
        Kind::Identity => vec![Arc::clone(&named)],
        _ => Vec::new(),
    };
    let resource = match kind {
        Kind::Resource => ResourceRule::Ordinary(Some(&named.policy)),
        Kind::Trust => ResourceRule::Trust(&named.policy),
        Kind::KeyPolicy => ResourceRule::Key { policy: &named.policy, grants: &[] },
        _ => ResourceRule::Ordinary(None),
    };
    let boundary = (kind == Kind::Boundary).then_some(&*named);
    let authority = Authority { identity: &identity, boundary, ..Authority::default() };
    let first = decide(&request, &authority, resource).allowed;
    assert_eq!(first, decide(&request, &authority, resource).allowed, "{text}");
    let denied = [identity.clone(), vec![deny]].concat();
    let authority = Authority { identity: &denied, ..authority };
    assert!(!decide(&request, &authority, resource).allowed, "{text}");
}

/// Documents that use every part of the language.
pub fn seeds() -> Vec<Vec<u8>> {
    [
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Action":["secretsmanager:Get*"],"Resource":"arn:aws:secretsmanager:*:111122223333:secret:prod/*"}]}"#,
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","NotAction":"kms:*","NotResource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalTag/Team":"${aws:ResourceTag/Team}"},"Bool":{"aws:SecureTransport":"false"}}}}"#,
        r#"{"Version":"2012-10-17","Id":"x","Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:root","AIDAEXAMPLEANNA"],"Service":"lambda.amazonaws.com"},"Action":"secretsmanager:GetSecretValue","Resource":"*"}]}"#,
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"x"},"IpAddress":{"aws:SourceIp":["192.0.2.0/24","2001:db8::/32"]}}}]}"#,
        r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ForAllValues:StringLike":{"aws:TagKeys":["t*","env"]},"DateGreaterThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"},"NumericLessThanEquals":{"aws:MultiFactorAuthAge":"3600"},"ArnLike":{"aws:SourceArn":"arn:aws:lambda:*:*:function:?"},"Null":{"aws:TokenIssueTime":"true"},"BinaryEquals":{"x:y":"QQ=="}}}]}"#,
    ]
    .map(|policy| policy.as_bytes().to_vec())
    .into()
}
