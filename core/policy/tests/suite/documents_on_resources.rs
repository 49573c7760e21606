//! The grammar of policies on resources and roles: who may be named, and how.

use serde_json::{Value, json};
use strongroom_policy::{Fault, Kind, Policy, PrincipalForm};

use crate::case::allow;
use crate::documents::{one, refused};

#[test]
fn policies_on_resources_name_principals_of_known_forms() {
    let parse = |principal: Value, kind| {
        let mut document = allow(json!({"Principal": principal}));
        if kind == Kind::Trust {
            let statement = document["Statement"][0].as_object_mut().unwrap();
            statement.remove("Resource");
            statement.insert("Action".into(), "sts:AssumeRole".into());
        }
        Policy::parse(&document.to_string(), kind)
    };
    let good = [
        (json!("*"), PrincipalForm::Everyone),
        (json!({"AWS": "*"}), PrincipalForm::Everyone),
        (json!({"AWS": "111122223333"}), PrincipalForm::Account),
        (
            json!({"AWS": "arn:aws-cn:iam::111122223333:root"}),
            PrincipalForm::Account,
        ),
        (
            json!({"AWS": ["arn:aws:iam::111122223333:user/path/u"]}),
            PrincipalForm::User,
        ),
        (
            json!({"AWS": "arn:aws:iam::111122223333:role/aws-service-role/x/r"}),
            PrincipalForm::Role,
        ),
        (
            json!({"AWS": "arn:aws:sts::111122223333:assumed-role/r/a@b.c"}),
            PrincipalForm::Session,
        ),
        (
            json!({"AWS": "arn:aws:sts::111122223333:federated-user/f"}),
            PrincipalForm::FederatedUser,
        ),
        (
            json!({"AWS": "AIDACKCEVSQ6C2EXAMPLE"}),
            PrincipalForm::UniqueId,
        ),
        (
            json!({"AWS": "AROACKCEVSQ6C2EXAMPLE"}),
            PrincipalForm::UniqueId,
        ),
        (
            json!({"Service": "logs.eu-west-1.amazonaws.com"}),
            PrincipalForm::Service,
        ),
        (
            json!({"Federated": "cognito-identity.amazonaws.com"}),
            PrincipalForm::Provider,
        ),
        (
            json!({"Federated": "arn:aws:iam::111122223333:saml-provider/p"}),
            PrincipalForm::Provider,
        ),
        (
            json!({"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AB"}),
            PrincipalForm::Provider,
        ),
    ];
    for kind in [Kind::Resource, Kind::KeyPolicy, Kind::Trust] {
        for (principal, form) in &good {
            let policy = parse(principal.clone(), kind)
                .unwrap_or_else(|error| panic!("{principal}: {error}"));
            assert_eq!(
                policy
                    .principals()
                    .map(|one| one.form())
                    .collect::<Vec<_>>(),
                [*form],
                "{principal}"
            );
        }
        for (element, text) in [
            ("AWS", "arn:aws:iam::111122223333:role/*"),
            ("AWS", "arn:aws:iam::111122223333:user/a?"),
            ("AWS", "arn:aws:iam::111122223333:group/g"),
            ("AWS", "arn:aws:iam::*:root"),
            ("AWS", "arn:aws:iam::111122223333:*"),
            ("AWS", "arn:aws:iam::11112222333:root"),
            ("AWS", "arn:aws:iam:eu-west-1:111122223333:root"),
            ("AWS", "arn:aws:iam::111122223333:role/"),
            ("AWS", "arn:aws:sts::111122223333:assumed-role/r"),
            ("AWS", "arn:aws:sts::111122223333:assumed-role/r/*"),
            ("AWS", "arn:aws:iam::111122223333:user/${aws:username}"),
            ("AWS", "AIDA"),
            ("AWS", "ABCDCKCEVSQ6C2EXAMPLE"),
            ("AWS", "11112222333"),
            ("AWS", "1111*"),
            ("AWS", "anna"),
            ("AWS", ""),
            ("FEDERATED", "*"),
        ] {
            let key = if element == "FEDERATED" {
                "Federated"
            } else {
                element
            };
            let malformed = parse(json!({key: text}), kind).unwrap_err();
            assert_eq!(
                malformed.to_string(),
                format!("Invalid principal in policy: \"{element}\":\"{text}\"")
            );
        }
        for service in ["*", "lambda", "lambda.*.com", ""] {
            let fault = parse(json!({"Service": service}), kind)
                .unwrap_err()
                .fault()
                .clone();
            assert_eq!(fault, Fault::InvalidServicePrincipal(service.into()));
        }
        for principal in [
            json!({}),
            json!([]),
            json!({"AWS": []}),
            json!({"aws": "*"}),
            json!({"*": "*"}),
        ] {
            assert_eq!(parse(principal, kind).unwrap_err().fault(), &Fault::Syntax);
        }
        assert!(matches!(
            parse(json!("111122223333"), kind).unwrap_err().fault(),
            Fault::InvalidPrincipal(..)
        ));
    }
}

#[test]
fn policies_on_resources_need_a_principal_and_a_resource() {
    for kind in [Kind::Resource, Kind::KeyPolicy] {
        let without = one(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
        assert_eq!(refused(&without, kind).fault(), &Fault::NoPrincipal);
        let without = one(json!({"Effect": "Allow", "Action": "*", "Principal": "*"}));
        assert_eq!(refused(&without, kind).fault(), &Fault::NoResource);
        let both = one(json!({
            "Effect": "Deny", "Action": "*", "Resource": "*", "Principal": "*", "NotPrincipal": "*"
        }));
        assert_eq!(refused(&both, kind).fault(), &Fault::Syntax);
    }
}

#[test]
fn resource_policies_spell_identifiers_freely() {
    let text = json!({"Version": "2012-10-17", "Id": "my policy", "Statement": [
        {"Sid": "two words", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
        {"Sid": "two words", "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"},
    ]});
    for kind in [Kind::Resource, Kind::KeyPolicy] {
        let policy = Policy::parse(&text.to_string(), kind).unwrap();
        assert_eq!(policy.id(), Some("my policy"));
        assert_eq!(policy.statements()[1].sid(), Some("two words"));
    }
}

#[test]
fn trust_policies_say_who_may_assume_and_nothing_else() {
    let trust = |elements: Value| {
        let mut statement = json!({"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"});
        statement
            .as_object_mut()
            .unwrap()
            .extend(elements.as_object().unwrap().clone());
        Policy::parse(&one(statement), Kind::Trust)
            .map(|_| ())
            .map_err(|malformed| malformed.to_string())
    };
    for action in [
        "sts:AssumeRole",
        "STS:assumerole",
        "sts:AssumeRoleWith*",
        "sts:TagSession",
        "sts:SetSourceIdentity",
    ] {
        assert_eq!(
            trust(json!({"Action": ["sts:AssumeRoleWithSAML", action]})),
            Ok(()),
            "{action}"
        );
    }
    let only = "AssumeRole policy may only specify STS AssumeRole actions.";
    for action in [
        "*",
        "sts:GetCallerIdentity",
        "s3:GetObject",
        "sts:Get*",
        "*:AssumeRole",
    ] {
        assert_eq!(
            trust(json!({"Action": action})).unwrap_err(),
            only,
            "{action}"
        );
    }
    assert_eq!(
        trust(json!({"Resource": "*"})).unwrap_err(),
        "Has prohibited field Resource"
    );
    assert_eq!(
        trust(json!({"NotResource": "*"})).unwrap_err(),
        "Has prohibited field Resource"
    );
    let not_action =
        one(json!({"Effect": "Allow", "Principal": "*", "NotAction": "sts:AssumeRole"}));
    assert_eq!(refused(&not_action, Kind::Trust).to_string(), only);
    let not_principal =
        one(json!({"Effect": "Deny", "NotPrincipal": "*", "Action": "sts:AssumeRole"}));
    assert_eq!(
        refused(&not_principal, Kind::Trust).fault(),
        &Fault::NotPrincipalProhibited
    );
    let no_principal = one(json!({"Effect": "Allow", "Action": "sts:AssumeRole"}));
    assert_eq!(
        refused(&no_principal, Kind::Trust).to_string(),
        "Missing required field Principal"
    );
    let no_effect = one(json!({"Principal": "*", "Action": "sts:AssumeRole"}));
    assert_eq!(
        refused(&no_effect, Kind::Trust).to_string(),
        "Missing required field Effect"
    );
    assert_eq!(
        trust(json!({"Effect": "Maybe"})).unwrap_err(),
        "Invalid effect: Maybe"
    );
    let empty = one(json!([]));
    assert_eq!(
        refused(&empty, Kind::Trust).to_string(),
        "Could not parse the policy: Statement is empty!"
    );
}

#[test]
fn principals_can_be_replaced_and_all_else_stays() {
    let text = r#"{"Statement": [ {"Effect":"Deny", "NotPrincipal": {"AWS": ["arn:aws:iam::111122223333:role/r", "111122223333"]},
        "Action": "kms:*", "Resource": "*"}, {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"} ]}"#;
    let policy = Policy::parse(text, Kind::Resource).unwrap();
    let replaced = policy.with_principals_replaced(|one| {
        (one.form() == PrincipalForm::Role).then(|| "AROACKCEVSQ6C2EXAMPLE".into())
    });
    assert_eq!(
        replaced,
        text.replace("arn:aws:iam::111122223333:role/r", "AROACKCEVSQ6C2EXAMPLE")
    );
    let principals: Vec<_> = policy
        .principals()
        .map(|one| (one.text(), one.account()))
        .collect();
    let account = Some("111122223333");
    assert_eq!(
        principals,
        [
            ("arn:aws:iam::111122223333:role/r", account),
            ("111122223333", account),
            ("*", None)
        ]
    );
    let position = policy.principals().last().unwrap().position();
    assert_eq!((position.line, position.column), (2, 79));
}
