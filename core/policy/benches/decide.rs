//! How long a decision takes, in nanoseconds: `cargo bench -p strongroom-policy`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, missing_docs)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use strongroom_policy::{
    Authority, Context, Kind, Named, Policy, Principal, Request, ResourceRule, Values, decide,
};

const ACCOUNT: &str = "111122223333";
const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf";
const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

const SECRETS: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Sid": "List", "Effect": "Allow", "Action": ["secretsmanager:ListSecrets", "secretsmanager:GetRandomPassword"], "Resource": "*"},
  {"Sid": "Own", "Effect": "Allow", "Action": "secretsmanager:*",
   "Resource": "arn:aws:secretsmanager:*:111122223333:secret:${aws:PrincipalTag/team}/*"},
  {"Sid": "Read", "Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
   "Resource": ["arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/*", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shared/*"],
   "Condition": {"StringEquals": {"secretsmanager:ResourceTag/stage": "prod"}}},
  {"Sid": "Keys", "Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey*"], "Resource": "arn:aws:kms:*:111122223333:key/*"},
  {"Sid": "Tls", "Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*",
   "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}"#;

const LOGS: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "logs:CreateLogGroup", "Resource": "arn:aws:logs:*:111122223333:*"},
  {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "arn:aws:logs:*:111122223333:log-group:/app/*"},
  {"Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*", "Condition": {"StringEquals": {"cloudwatch:namespace": "app"}}},
  {"Effect": "Allow", "Action": ["sns:Publish", "sns:GetTopicAttributes"], "Resource": "arn:aws:sns:eu-west-1:111122223333:alerts"},
  {"Effect": "Allow", "Action": ["ssm:GetParameter*", "ssm:DescribeParameters"], "Resource": "arn:aws:ssm:eu-west-1:111122223333:parameter/app/*"}]}"#;

const GUARD: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Effect": "Deny", "NotAction": ["iam:Get*", "iam:List*", "sts:*", "secretsmanager:*", "kms:*", "logs:*", "sns:*", "ssm:*", "cloudwatch:*"], "Resource": "*"},
  {"Effect": "Deny", "Action": ["secretsmanager:DeleteSecret", "secretsmanager:PutResourcePolicy"], "Resource": "*"},
  {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.0/24"]}}},
  {"Effect": "Deny", "Action": "kms:ScheduleKeyDeletion", "Resource": "*"},
  {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}}]}"#;

const ON_SECRET: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app/other"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"},
  {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*",
   "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}]}"#;

const ON_KEY: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"},
  {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["kms:Decrypt", "kms:GenerateDataKey*"], "Resource": "*",
   "Condition": {"StringEquals": {"kms:CallerAccount": "444455556666", "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}}}]}"#;

struct Known;

impl Context for Known {
    fn values(&self, key: &str) -> Option<Values<'_>> {
        Some(Values::one(match key {
            "aws:sourceip" => "10.20.30.40",
            "aws:securetransport" => "true",
            "aws:requestedregion" => "eu-west-1",
            "aws:principalorgid" => "o-a1b2c3d4e5",
            "aws:principaltag/team" => "payments",
            "secretsmanager:resourcetag/stage" => "prod",
            _ => return None,
        }))
    }
}

fn main() {
    let parse = |text, kind| Policy::parse(text, kind).expect("a policy");
    let identity: [Arc<Named>; 3] = [SECRETS, LOGS, GUARD].map(|text| {
        Named::managed("p", "arn:aws:iam::111122223333:policy/p", parse(text, Kind::Identity))
    });
    let authority = Authority { identity: &identity, ..Authority::default() };
    let on_secret = parse(ON_SECRET, Kind::Resource);
    let on_key = parse(ON_KEY, Kind::KeyPolicy);
    let reader = Principal::assumed_role(
        ACCOUNT,
        "arn:aws:sts::111122223333:assumed-role/reader/s1",
        "AROAREADER0000000001:s1",
        "arn:aws:iam::111122223333:role/app/reader",
    );
    let ask = |action, resource| Request {
        principal: &reader,
        action,
        resource,
        resource_account: ACCOUNT,
        context: &Known,
    };
    let secret = ResourceRule::Ordinary(Some(&on_secret));
    let key = ResourceRule::Key { policy: &on_key, grants: &[] };
    for (name, request, rule, expected) in [
        ("read a secret", ask("secretsmanager:GetSecretValue", SECRET), secret, true),
        ("denied to delete it", ask("secretsmanager:DeleteSecret", SECRET), secret, false),
        ("decrypt with a key", ask("kms:Decrypt", KEY), key, true),
        ("list secrets", ask("secretsmanager:ListSecrets", "*"), ResourceRule::None, true),
    ] {
        assert_eq!(decide(&request, &authority, rule).allowed, expected, "{name}");
        measure(name, || {
            black_box(decide(black_box(&request), black_box(&authority), black_box(rule)));
        });
    }
    measure("parse a policy of five statements", || {
        black_box(Policy::parse(black_box(SECRETS), Kind::Identity).is_ok());
    });
}

/// Prints the fastest of several runs.
fn measure(name: &str, mut once: impl FnMut()) {
    const ROUNDS: u32 = 50_000;
    let best = (0..20)
        .map(|_| {
            let start = Instant::now();
            (0..ROUNDS).for_each(|_| once());
            start.elapsed().as_nanos() / u128::from(ROUNDS)
        })
        .min();
    println!("{:>8} ns  {name}", best.unwrap_or_default());
}
