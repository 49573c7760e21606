//! Generated policies and requests from small vocabularies, so that they often meet.

mod conditions;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use conditions::{conditions, context};

use crate::case::{ACCOUNT, Case, GrantCase, KEY, OTHER_ACCOUNT, ROLE, Rule, SECRET, Who};

const PRESETS: [&str; 10] = [
    "anna",
    "root",
    "reader",
    "federated",
    "stranger",
    "strange role",
    "strange root",
    "lambda",
    "provider",
    "anonymous",
];

/// Any case at all.
pub fn any_case() -> impl Strategy<Value = Case> {
    let caller = (select(&PRESETS[..]), context(), rule());
    let own = (
        vec(document(Side::Caller), 0..3),
        option::weighted(0.3, document(Side::Caller)),
        option::weighted(0.3, vec(document(Side::Caller), 0..3)),
        option::weighted(0.2, vec(vec(document(Side::Organization), 0..3), 1..3)),
    );
    (caller, own).prop_flat_map(
        |((who, context, rule), (identity, boundary, session, levels))| {
            let side = if rule == Rule::Trust {
                Side::Trust
            } else {
                Side::Resource
            };
            let optional = matches!(rule, Rule::None | Rule::Ordinary);
            (
                request(rule),
                (document(side), prop::bool::weighted(0.4)),
                vec(grant(), 0..3),
            )
                .prop_map(
                    move |((action, resource, account), (policy, without), grants)| Case {
                        principal: Who::Preset(who.into()),
                        action: action.into(),
                        resource: resource.into(),
                        resource_account: account.into(),
                        context: context.clone(),
                        identity: identity.clone(),
                        boundary: boundary.clone(),
                        session: session.clone(),
                        service_control: levels.clone().unwrap_or_default(),
                        rule,
                        resource_policy: (!without || !optional).then_some(policy),
                        grants,
                    },
                )
        },
    )
}

/// Which grammar a document obeys.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Side {
    Caller,
    Organization,
    Resource,
    Trust,
}

pub fn document(side: Side) -> impl Strategy<Value = Value> {
    let version =
        prop_oneof![4 => Just(Some("2012-10-17")), 1 => Just(Some("2008-10-17")), 1 => Just(None)];
    (version, vec(statement(side), 1..4)).prop_flat_map(|(version, statements)| {
        let mut document = json!({"Statement": statements});
        if let Some(version) = version {
            document["Version"] = version.into();
        }
        Just(document)
    })
}

pub fn statement(side: Side) -> impl Strategy<Value = Value> {
    let effect = prop_oneof![3 => Just("Allow"), 1 => Just("Deny")];
    let listed = (
        actions(side),
        prop::bool::weighted(0.15),
        resources(side),
        prop::bool::weighted(0.15),
    );
    let who = (principals(), prop::bool::weighted(0.2));
    (effect, listed, who, option::weighted(0.5, conditions())).prop_map(
        move |(
            effect,
            (actions, not_action, resources, not_resource),
            (principal, not_principal),
            conditions,
        )| {
            let mut statement = json!({"Effect": effect});
            let not = |not: bool, name: &str| {
                if not {
                    format!("Not{name}")
                } else {
                    name.to_owned()
                }
            };
            statement[not(not_action && side != Side::Trust, "Action")] = actions;
            if side != Side::Trust {
                statement[not(not_resource, "Resource")] = resources;
            }
            if matches!(side, Side::Resource | Side::Trust) {
                statement[not(not_principal && side != Side::Trust, "Principal")] = principal;
            }
            if let Some(conditions) = conditions {
                statement["Condition"] = conditions;
            }
            statement
        },
    )
}

fn rule() -> impl Strategy<Value = Rule> {
    prop_oneof![4 => Just(Rule::Ordinary), 1 => Just(Rule::None), 2 => Just(Rule::Key), 2 => Just(Rule::Trust)]
}

fn request(rule: Rule) -> impl Strategy<Value = (&'static str, &'static str, &'static str)> {
    let (actions, resources): (&[_], &[_]) = match rule {
        Rule::None | Rule::Ordinary => (
            &[
                "secretsmanager:GetSecretValue",
                "secretsmanager:PutSecretValue",
                "kms:Decrypt",
            ],
            &[
                SECRET,
                "arn:aws:secretsmanager:eu-west-1:111122223333:secret:anna/x:y-AbCdEf",
                "*",
            ],
        ),
        Rule::Key => (&["kms:Decrypt", "kms:DescribeKey"], &[KEY]),
        Rule::Trust => (
            &["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"],
            &[ROLE],
        ),
    };
    (
        select(actions),
        select(resources),
        prop_oneof![4 => Just(ACCOUNT), 1 => Just(OTHER_ACCOUNT)],
    )
}

fn actions(side: Side) -> impl Strategy<Value = Value> {
    one_or_more(match side {
        Side::Trust => &[
            "sts:AssumeRole",
            "sts:AssumeRole*",
            "STS:assumerolewithwebidentity",
        ],
        _ => &[
            "*",
            "secretsmanager:*",
            "SecretsManager:get*",
            "secretsmanager:GetSecretValue",
            "secretsmanager:?utSecretValue",
            "kms:*",
            "kms:De*y?*",
            "kms:decrypt",
            "*:*e*",
            "sts:AssumeRole*",
            "s3:GetObject",
        ],
    })
}

fn resources(side: Side) -> impl Strategy<Value = Value> {
    let whole = [
        "*",
        "*",
        SECRET,
        KEY,
        ROLE,
        "arn:aws:secretsmanager:*:111122223333:secret:*",
        "arn:aws:secretsmanager:eu-west-?:*:secret:prod/*-??????",
        "arn:*:secretsmanager:*:*:*:prod/*",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:${aws:username}/*",
        "arn:aws:secretsmanager:*:*:secret:${aws:PrincipalTag/Team, 'prod'}/*",
        "arn:aws:secretsmanager:*:*:secret:${aws:TagKeys}${*}*",
        "arn:aws:secretsmanager:*:secret:prod/*:*:*",
        "arn:aws:kms:*:*:key/*",
        "arn:aws:iam::*:role/app/*",
    ];
    // ARNs of fewer parts, which only the caller's own policies complete.
    let partial = [
        "arn:aws:secretsmanager:*",
        "arn:aws:secretsmanager:eu-west-1:111122223333",
        "arn:aws:kms",
    ];
    let mut patterns = whole.to_vec();
    if side == Side::Caller {
        patterns.extend(partial);
    }
    (1..3_usize)
        .prop_flat_map(move |count| subsequence(patterns.clone(), count))
        .prop_map(|listed| json!(listed))
}

fn principals() -> impl Strategy<Value = Value> {
    let aws = one_or_more(&[
        "*",
        "111122223333",
        "arn:aws:iam::111122223333:root",
        "444455556666",
        "arn:aws:iam::111122223333:user/team/anna",
        "AIDAANNA000000000001",
        "arn:aws:iam::111122223333:role/app/reader",
        "arn:aws:sts::111122223333:assumed-role/reader/s1",
        "AROAREADER0000000001",
        "arn:aws:sts::111122223333:federated-user/guest",
        "arn:aws:iam::444455556666:user/carl",
        "arn:aws:iam::444455556666:role/visitor",
    ]);
    let many = vec(
        select(
            &[
                "111122223333",
                "arn:aws:iam::111122223333:user/team/anna",
                "arn:aws:iam::111122223333:role/app/reader",
                "arn:aws:sts::111122223333:assumed-role/reader/s1",
                "arn:aws:sts::111122223333:federated-user/guest",
            ][..],
        ),
        2..6,
    );
    prop_oneof![
        1 => Just(json!("*")),
        5 => aws.prop_map(|aws| json!({"AWS": aws})),
        2 => many.prop_map(|aws| json!({"AWS": aws})),
        1 => Just(json!({"Service": ["lambda.amazonaws.com", "sns.amazonaws.com"], "AWS": "444455556666"})),
        1 => Just(json!({"Federated": "accounts.google.com"})),
        1 => Just(json!({"Service": "sns.amazonaws.com"})),
    ]
}

fn grant() -> impl Strategy<Value = GrantCase> {
    let grantee = select(
        &[
            "arn:aws:iam::111122223333:user/team/anna",
            "arn:aws:iam::111122223333:role/app/reader",
            "arn:aws:sts::111122223333:assumed-role/reader/s1",
            "arn:aws:iam::111122223333:root",
            "arn:aws:iam::444455556666:user/carl",
            "lambda.amazonaws.com",
        ][..],
    );
    let pairs = || {
        option::weighted(
            0.3,
            one_of(&["1", "2"]).prop_map(|value| Map::from_iter([("Stage".into(), value)])),
        )
    };
    (
        grantee,
        select(&["Decrypt", "DescribeKey", "Encrypt"][..]),
        pairs(),
        pairs(),
    )
        .prop_map(|(grantee, operation, equals, subset)| GrantCase {
            grantee: grantee.into(),
            operations: vec![operation.into()],
            equals,
            subset,
        })
}

fn one_of(values: &'static [&'static str]) -> impl Strategy<Value = Value> {
    select(values).prop_map(Value::from)
}

/// One value, or an array of some.
fn one_or_more(values: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop_oneof![
        select(values).prop_map(Value::from),
        (1..4_usize)
            .prop_flat_map(move |count| subsequence(values.to_vec(), count.min(values.len())))
            .prop_map(|some| json!(some)),
    ]
}
