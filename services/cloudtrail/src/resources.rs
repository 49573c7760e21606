//! What a call was about, for services whose records do not say so themselves.
//!
//! CloudTrail's index knows resources of more services than put them on record: it takes them from
//! the parameters and the reply.

use std::borrow::Cow;

use crate::event::Resource;
use crate::parts::Part;

const SECRET: &str = "AWS::SecretsManager::Secret";
const TRAIL: &str = "AWS::CloudTrail::Trail";
const TOPIC: &str = "AWS::SNS::Topic";

/// Which member names a resource of which type.
const NAMED: &[(&str, &[(&str, &str)])] = &[
    (
        "secretsmanager.amazonaws.com",
        &[
            ("secretId", SECRET),
            ("secretIdList", SECRET),
            ("name", SECRET),
            ("arn", SECRET),
            ("SecretId", SECRET),
        ],
    ),
    ("kms.amazonaws.com", &[("keyId", "AWS::KMS::Key"), ("aliasName", "AWS::KMS::Alias")]),
    (
        "iam.amazonaws.com",
        &[
            ("userName", "AWS::IAM::User"),
            ("roleName", "AWS::IAM::Role"),
            ("groupName", "AWS::IAM::Group"),
            ("policyName", "AWS::IAM::Policy"),
            ("policyArn", "AWS::IAM::Policy"),
            ("instanceProfileName", "AWS::IAM::InstanceProfile"),
            ("accessKeyId", "AWS::IAM::AccessKey"),
        ],
    ),
    ("sts.amazonaws.com", &[("roleArn", "AWS::IAM::Role")]),
    ("cloudtrail.amazonaws.com", &[("name", TRAIL), ("trailName", TRAIL), ("trailARN", TRAIL)]),
    ("lambda.amazonaws.com", &[("functionName", "AWS::Lambda::Function")]),
    ("logs.amazonaws.com", &[("logGroupName", "AWS::Logs::LogGroup")]),
    ("monitoring.amazonaws.com", &[("alarmName", "AWS::CloudWatch::Alarm")]),
    ("sns.amazonaws.com", &[("topicArn", TOPIC)]),
    ("ssm.amazonaws.com", &[("name", "AWS::SSM::Parameter")]),
];

/// Longer lists of names are cut: a record is looked up by few things.
const MOST: usize = 32;

/// Adds what `parts` (parameters, reply, additional data) name, unless the record itself says.
pub fn add<'r>(found: &mut Vec<Resource<'r>>, source: &str, event: &str, mut parts: [Part<'r>; 3]) {
    let Some((_, members)) = NAMED.iter().find(|(service, _)| *service == source) else { return };
    if source == "kms.amazonaws.com" && !found.is_empty() {
        return;
    }
    // Its filters are not names.
    if source == "secretsmanager.amazonaws.com" && event == "ListSecrets" {
        return;
    }
    for part in &mut parts {
        for (member, kind) in *members {
            part.take(member).into_iter().for_each(|name| push(found, kind, name.0));
        }
    }
}

fn push<'r>(found: &mut Vec<Resource<'r>>, kind: &'static str, name: Cow<'r, str>) {
    let is_known = found.iter().any(|one| one.kind == kind && one.name == name);
    if !is_known && found.len() < MOST {
        found.push(Resource { kind: Cow::Borrowed(kind), name });
    }
}
