//! Which documents are refused, with which words, and what a parsed document tells.

use serde_json::{Value, json};
use strongroom_policy::{Effect, Fault, Kind, Malformed, Policy, Version};

use crate::case::allow;

const IAM: [Kind; 4] = [Kind::Identity, Kind::Session, Kind::Boundary, Kind::ServiceControl];

pub fn refused(text: &str, kind: Kind) -> Malformed {
    Policy::parse(text, kind).map(|_| ()).expect_err(text)
}

/// A document of one statement with the elements given.
pub fn one(statement: Value) -> String {
    json!({"Version": "2012-10-17", "Statement": statement}).to_string()
}

fn identity(statement: Value) -> String {
    refused(&one(statement), Kind::Identity).to_string()
}

#[test]
fn both_versions_and_none_are_understood() {
    let version = |text: &str| Policy::parse(text, Kind::Identity).map(|policy| policy.version());
    let statement = r#""Statement":{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    assert_eq!(version(&format!(r#"{{"Version":"2012-10-17",{statement}}}"#)), Ok(Version::V2012));
    assert_eq!(version(&format!(r#"{{"Version":"2008-10-17",{statement}}}"#)), Ok(Version::V2008));
    assert_eq!(version(&format!("{{{statement}}}")), Ok(Version::V2008));
    for other in ["2012-10-18", "2015-01-01", "", "latest"] {
        let refused = version(&format!(r#"{{"Version":"{other}",{statement}}}"#)).unwrap_err();
        assert_eq!(refused.fault(), &Fault::Version);
        assert_eq!(refused.to_string(), "Syntax errors in policy.");
    }
}

#[test]
fn what_is_not_json_is_refused() {
    for text in ["", "not json", "{", "[]", "\"x\"", "null"] {
        for kind in IAM {
            assert_eq!(refused(text, kind).to_string(), "Syntax errors in policy.");
        }
    }
    assert_eq!(refused("not json", Kind::Trust).to_string(), "This policy contains invalid Json");
}

#[test]
fn a_key_that_stands_twice_is_refused() {
    let text = r#"{"Statement":{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let malformed = refused(text, Kind::Identity);
    assert_eq!(malformed.fault(), &Fault::DuplicateKey("Effect".into()));
    assert_eq!(malformed.position().column, 31);
    let condition = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*",
        "Condition":{"StringEquals":{"aws:x":"1"},"StringEquals":{"aws:y":"1"}}}}"#;
    assert_eq!(refused(condition, Kind::Identity).position().line, 2);
}

#[test]
fn unknown_elements_and_wrong_types_are_syntax_errors() {
    for statement in [
        json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Extra": 1}),
        json!({"effect": "Allow", "Action": "*", "Resource": "*"}),
        json!({"Effect": "allow", "Action": "*", "Resource": "*"}),
        json!({"Effect": "Permit", "Action": "*", "Resource": "*"}),
        json!({"Effect": ["Allow"], "Action": "*", "Resource": "*"}),
        json!({"Action": "*", "Resource": "*"}),
        json!({"Effect": "Allow", "Action": 1, "Resource": "*"}),
        json!({"Effect": "Allow", "Action": [["*"]], "Resource": "*"}),
        json!({"Effect": "Allow", "Action": null, "Resource": "*"}),
        json!({"Effect": "Allow", "Action": "*", "NotAction": "*", "Resource": "*"}),
        json!({"Effect": "Allow", "Action": "*", "Resource": "*", "NotResource": "*"}),
        json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Sid": 1}),
        json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": []}),
        json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": "x"}}),
        json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Equals": {"aws:x": "1"}}}),
        json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"NullIfExists": {}}}),
        json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": {}}}}),
        json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:x": [null]}}}),
        json!("x"),
        json!([]),
        json!([[]]),
    ] {
        assert_eq!(identity(statement.clone()), "Syntax errors in policy.", "{statement}");
    }
    let top = json!({"Version": "2012-10-17", "Statement": [], "Statements": []}).to_string();
    assert_eq!(refused(&top, Kind::Identity).fault(), &Fault::Syntax);
    assert_eq!(refused(r#"{"Version":"2012-10-17"}"#, Kind::Identity).fault(), &Fault::NoStatement);
}

#[test]
fn iams_words_name_the_fault() {
    let with = |elements: Value| {
        let mut statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
        statement.as_object_mut().unwrap().extend(elements.as_object().unwrap().clone());
        statement
    };
    for (statement, expected) in [
        (json!({"Effect": "Allow", "Resource": "*"}), "Policy statement must contain actions."),
        (with(json!({"Action": []})), "Policy statement must contain actions."),
        (json!({"Effect": "Allow", "Action": "*"}), "Policy statement must contain resources."),
        (with(json!({"Resource": []})), "Policy statement must contain resources."),
        (
            with(json!({"Action": "GetSecretValue"})),
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (
            with(json!({"Condition": {"StringEquals": {"SourceIp": "x"}}})),
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (with(json!({"Action": "a:b:c"})), "Actions/Condition can contain only one colon."),
        (with(json!({"Action": "s3 x:Get"})), "Vendor s3 x is not valid"),
        (with(json!({"NotAction": "S3_:Get", "Action": null})), "Syntax errors in policy."),
        (with(json!({"Resource": "secret"})), "Resource secret must be in ARN format or \"*\"."),
        (with(json!({"Resource": "prod/*"})), "Resource prod/* must be in ARN format or \"*\"."),
        (
            with(json!({"Resource": "arn:asw:s3:::b"})),
            "Partition \"asw\" is not valid for resource \"arn:asw:s3:::b\".",
        ),
        (
            with(json!({"Resource": "arn:aws:s*:::b"})),
            "Resource vendor must be fully qualified and cannot contain regexes.",
        ),
        (
            with(json!({"Resource": "arn:aws"})),
            "Resource vendor must be fully qualified and cannot contain regexes.",
        ),
        (
            with(json!({"Resource": "arn:aws:iam:eu-west-1:111122223333:role/r"})),
            "IAM resource arn:aws:iam:eu-west-1:111122223333:role/r cannot contain region information.",
        ),
        (
            with(json!({"Resource": "arn:aws:s3:eu-west-1::b"})),
            "Resource arn:aws:s3:eu-west-1::b can not contain region information.",
        ),
        (
            with(json!({"Resource": "arn:aws:iam::111122223333:rolle/r"})),
            "IAM resource path must either be \"*\" or start with user/, federated-user/, role/, group/, \
             instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, \
             report/, access-report/.",
        ),
        (with(json!({"Principal": "*"})), "Policy document should not specify a principal."),
        (with(json!({"Sid": "no spaces"})), "Statement IDs (SID) should be alpha-numeric only."),
        (
            json!([with(json!({"Sid": "A"})), with(json!({"Sid": "A"}))]),
            "Statement IDs (SID) in a single policy must be unique.",
        ),
        (
            with(json!({"Condition": {"DateLessThan": {"aws:x": "soon"}}})),
            "The policy failed legacy parsing",
        ),
        (
            with(json!({"Condition": {"IpAddress": {"aws:x": "10.0.0.0/99"}}})),
            "The policy failed legacy parsing",
        ),
        (
            with(json!({"Condition": {"Bool": {"aws:x": "yes"}}})),
            "The policy failed legacy parsing",
        ),
        (
            with(json!({"Condition": {"NumericEquals": {"aws:x": "ten"}}})),
            "The policy failed legacy parsing",
        ),
    ] {
        assert_eq!(identity(statement.clone()), expected, "{statement}");
    }
}

#[test]
fn checks_run_in_aws_order_over_all_statements() {
    let statement = json!([
        {"Effect": "Allow", "Action": "NoVendor", "Resource": "nope"},
        {"Effect": "Allow", "Resource": "*"},
    ]);
    assert_eq!(identity(statement), "Policy statement must contain actions.");
}

#[test]
fn variables_stand_only_where_they_may() {
    let fault =
        |elements: Value| refused(&allow(elements).to_string(), Kind::Identity).fault().clone();
    for resource in [
        "arn:aws:s3:::${aws:username",
        "arn:aws:s3:::${username}",
        "arn:aws:iam::${aws:PrincipalAccount}:role/r",
        "arn:aws:s3:::${}",
    ] {
        assert!(matches!(fault(json!({"Resource": resource})), Fault::Variable(_)), "{resource}");
    }
    let before = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${x"}}"#;
    assert!(Policy::parse(before, Kind::Identity).is_ok());
}

#[test]
fn length_and_characters_are_bounded() {
    for kind in [Kind::Identity, Kind::Trust, Kind::Resource, Kind::KeyPolicy] {
        let long = format!("{}{}", allow(json!({})), " ".repeat(kind.max_chars()));
        assert_eq!(refused(&long, kind).fault(), &Fault::TooLarge);
    }
    let document = allow(json!({"Resource": "arn:aws:s3:::€"})).to_string();
    assert_eq!(refused(&document, Kind::Identity).fault(), &Fault::Character('€'));
    let document = allow(json!({"Resource": "arn:aws:s3:::é"})).to_string();
    assert!(Policy::parse(&document, Kind::Identity).is_ok());
}

#[test]
fn white_space_is_not_counted() {
    let text = "{ \"Statement\" : { \"Sid\": \"\", \"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\" } }\n";
    let policy = Policy::parse(text, Kind::Identity).unwrap();
    assert_eq!(
        policy.size(),
        r#"{"Statement":{"Sid":"","Effect":"Allow","Action":"*","Resource":"*"}}"#.len()
    );
    assert_eq!(policy.text(), text);
}

#[test]
fn a_statement_tells_where_it_stands_and_what_it_says() {
    let text = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "*", "Resource": "*"},
    {
      "Sid": "B", "Effect": "Deny", "NotAction": ["s3:Get*", "S3:Put*"], "NotResource": "arn:aws:s3:::b",
      "Condition": {"Bool": {"aws:SecureTransport": false}}
    }
  ]
}"#;
    let policy = Policy::parse(text, Kind::Identity).unwrap();
    let statement = &policy.statements()[1];
    assert_eq!((statement.position().line, statement.position().column), (5, 5));
    assert_eq!((statement.sid(), statement.effect()), (Some("B"), Effect::Deny));
    assert_eq!(statement.actions().collect::<Vec<_>>(), ["s3:Get*", "S3:Put*"]);
    assert_eq!(statement.resources().collect::<Vec<_>>(), ["arn:aws:s3:::b"]);
    assert!(
        statement.has_not_action()
            && statement.has_not_resource()
            && !statement.has_not_principal()
    );
    let conditions: Vec<_> = statement.conditions().collect();
    assert_eq!(conditions, [("Bool", "aws:SecureTransport", &["false".into()][..])]);
}
