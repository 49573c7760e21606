//! What patterns mean, by AWS's examples and by properties that hold for all.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use super::{Malformed, Message, Pattern};

fn is_met(pattern: &str, message: &str) -> bool {
    Pattern::parse(pattern).unwrap_or_else(|m| panic!("{pattern}: {m}")).matches(message)
}

#[track_caller]
fn check(pattern: &str, yes: &[&str], no: &[&str]) {
    for message in yes {
        assert!(is_met(pattern, message), "{pattern} must mean {message}");
    }
    for message in no {
        assert!(!is_met(pattern, message), "{pattern} must not mean {message}");
    }
}

#[test]
fn an_empty_pattern_means_everything() {
    check("", &["", "a", "{}"], &[]);
    check(" ", &["a"], &[]);
}

#[test]
fn terms_are_all_there_in_any_order_and_case_counts() {
    check(
        "ERROR ARGUMENTS",
        &["[ERROR 401] INVALID ARGUMENTS", "ARGUMENTS ERROR"],
        &["ERROR x", "error arguments"],
    );
    check(
        "\"INTERNAL SERVER ERROR\"",
        &["[ERROR 500] INTERNAL SERVER ERROR"],
        &["INTERNAL ERROR SERVER"],
    );
    check("ERROR -EXITING", &["ERROR starting"], &["ERROR EXITING", "EXITING"]);
    check("-DEBUG", &["INFO"], &["DEBUG"]);
    check("?ERROR ?WARN", &["an ERROR", "a WARN"], &["INFO"]);
    check("INFO ?ERROR", &["INFO"], &["ERROR"]);
    check("\"say \\\"hi\\\"\"", &["they say \"hi\""], &["say hi"]);
    check("%ERROR [4-5]\\d\\d%", &["x ERROR 404"], &["ERROR 300"]);
}

#[test]
fn a_term_with_other_characters_needs_quotes() {
    let term = |pattern: &str| Pattern::parse(pattern).unwrap_err();
    assert_eq!(term("foo.bar"), Malformed::Term("foo.bar".into()));
    assert_eq!(term("a ?"), Malformed::Term(String::new()));
    assert_eq!(term("\"\"").to_string(), "Invalid character(s) in term '\"\"'");
    assert_eq!(term("\"open"), Malformed::Pattern);
    assert_eq!(
        term("{ $.a = 1").to_string(),
        "If a filter pattern starts with '{' it must end with '}'"
    );
}

#[test]
fn json_members_are_compared_as_their_types() {
    check(
        "{ $.a = \"x\" }",
        &[r#"{"a":"x"}"#, r#" {"b":1,"a":"x"}"#],
        &[r#"{"a":"xy"}"#, r#"{"a":1}"#, "x", r#"{"a":["x"]}"#, r#"["a"]"#],
    );
    check("{$.a=x*}", &[r#"{"a":"xyz"}"#], &[r#"{"a":"yx"}"#]);
    check("{ $.n > 5 }", &[r#"{"n":6}"#, r#"{"n":5.5}"#], &[r#"{"n":5}"#, r#"{"n":"6"}"#, "{}"]);
    check("{ $.n = 1e3 }", &[r#"{"n":1000}"#], &[r#"{"n":"1e3"}"#]);
    check("{ $.n <= -1.5 }", &[r#"{"n":-2}"#], &[r#"{"n":-1}"#]);
    check("{ $.code = 4* }", &[r#"{"code":404}"#, r#"{"code":"4xx"}"#], &[r#"{"code":500}"#]);
    check("{ $.ip = 123.123.* }", &[r#"{"ip":"123.123.1.2"}"#], &[r#"{"ip":"1.123.1.2"}"#]);
    check(
        "{ $.a != \"x\" }",
        &[r#"{"a":"y"}"#, r#"{"a":1}"#],
        &[r#"{"a":"x"}"#, "{}", r#"{"a":{}}"#],
    );
    check("{ $.a IS NULL }", &[r#"{"a":null}"#], &["{}", r#"{"a":0}"#]);
    check("{ $.a IS TRUE }", &[r#"{"a":true}"#], &[r#"{"a":"true"}"#, r#"{"a":false}"#]);
    check("{ $.a IS FALSE }", &[r#"{"a":false}"#], &[r#"{"a":null}"#]);
    check("{ $.a NOT EXISTS }", &["{}", r#"{"b":{"a":1}}"#], &[r#"{"a":null}"#]);
    check("{ $.a = %^Del.*% }", &[r#"{"a":"DeleteX"}"#], &[r#"{"a":"xDel"}"#]);
}

#[test]
fn selectors_walk_members_items_and_wildcards() {
    check("{ $.a.b[1].c = 1 }", &[r#"{"a":{"b":[0,{"c":1}]}}"#], &[r#"{"a":{"b":[{"c":1}]}}"#]);
    check("{ $.[\"a.b\"] = 1 }", &[r#"{"a.b":1}"#], &[r#"{"a":{"b":1}}"#]);
    check("{ $['x-y'].z = 1 }", &[r#"{"x-y":{"z":1}}"#], &[r#"{"x":1}"#]);
    check("{ $.list[*].n = 2 }", &[r#"{"list":[{"n":1},{"n":2}]}"#], &[r#"{"list":[{"n":1}]}"#]);
}

#[test]
fn conditions_join_with_and_before_or() {
    let pattern = "{ $.a = 1 || $.b = 1 && $.c = 1 }";
    check(pattern, &[r#"{"a":1}"#, r#"{"b":1,"c":1}"#], &[r#"{"b":1}"#]);
    let pattern = "{ ($.a = 1 || $.b = 1) && $.c = 1 }";
    check(pattern, &[r#"{"a":1,"c":1}"#], &[r#"{"a":1}"#]);
}

/// Reference section 7.6.
#[test]
fn patterns_that_people_use_are_understood() {
    let denied = r#"{"eventSource":"secretsmanager.amazonaws.com","eventName":"GetSecretValue","errorCode":"AccessDenied","userIdentity":{"type":"Root"},"eventType":"AwsApiCall"}"#;
    let other = r#"{"eventSource":"kms.amazonaws.com","errorMessage":"k is pending deletion.","eventType":"AwsServiceEvent"}"#;
    for pattern in [
        r#"{ $.eventSource = "secretsmanager.amazonaws.com" }"#,
        r#"{ ($.eventSource = "secretsmanager.amazonaws.com") && ($.eventName = "GetSecretValue") && ($.errorCode = "AccessDenied*") }"#,
        r#"{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }"#,
        r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }"#,
    ] {
        check(pattern, &[denied], &[other, "plain"]);
    }
    check(
        r#"{($.eventSource=kms*) && ($.errorMessage="* is pending deletion*")}"#,
        &[other],
        &[denied],
    );
}

const ACCESS: &str =
    r#"127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534"#;

#[test]
fn fields_are_separated_by_blanks_quotes_and_brackets() {
    let all = "[ip, identity, user, time, request, status, size]";
    check(all, &[ACCESS], &["a b c"]);
    check("[ip, id, user, time, request = *html*, status = 4*, size]", &[ACCESS], &[]);
    check(
        "[..., status = 404 || status = 410, size > 1000]",
        &[ACCESS],
        &["404 5", "1 404 1001 2"],
    );
    check("[ip, ..., size >= 1534 && size != 1]", &[ACCESS], &["1"]);
    check("[ip = %127\\.0\\.0\\.[0-9]%, ...]", &[ACCESS], &["128.0.0.1 x"]);
    check("[w1 != *DEBUG*, ...]", &["INFO a"], &["DEBUG a", ""]);
}

#[test]
fn test_metric_filter_names_what_was_found() {
    let found = |pattern: &str, message: &str| {
        let found = Pattern::parse(pattern).unwrap().extract(&Message::new(message))?;
        Some(found.into_iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join(";"))
    };
    assert_eq!(
        found("[..., status, size]", ACCESS).unwrap(),
        "$1=127.0.0.1;$2=-;$3=frank;$4=10/Oct/2000:13:25:15 -0700;$5=GET /index.html HTTP/1.0;\
         $size=1534;$status=404"
    );
    assert_eq!(
        found("{ $.a = 1 && $.b NOT EXISTS && $.c.d = x }", r#"{"a":1,"c":{"d":"x"}}"#).unwrap(),
        "$.a=1;$.c.d=x"
    );
    assert_eq!(found("ERROR", "an ERROR").unwrap(), "");
    assert_eq!(found("ERROR", "fine"), None);
}

#[test]
fn what_is_no_pattern_is_refused() {
    for pattern in [
        "{ }",
        "{ $.a }",
        "{ $.a = }",
        "{ $ = 1 }",
        "{ $.a == 1 }",
        "{ $.a > \"x\" }",
        "{ $.a IS NOT NULL }",
        "{ $.a EXISTS }",
        "{ $.a = 1 && }",
        "{ ($.a = 1 }",
        "{ $.a = 1) }",
        "{ $.a[x] = 1 }",
        "{ $.a = (b) }",
        "{ $.a[*].b[*] = 1 }",
        "{ $.a = %(x)% }",
        "{ $.a = %[% }",
        "{ $.a = %a% || $.a = %b% || $.a = %c% }",
        "{ $.a = 'x y' }",
        "[a b]",
        "[..., ...]",
        "[a = ]",
        "[a = 1 && b = 2]",
        "[a",
        "?",
        "- x",
        "%%",
        "{ $.a = %a{1000}{1000}% }",
    ] {
        assert!(Pattern::parse(pattern).is_err(), "{pattern} must be refused");
    }
    let nested = format!("{{ {}$.a = 1{} }}", "(".repeat(33), ")".repeat(33));
    assert_eq!(Pattern::parse(&nested).unwrap_err(), Malformed::Pattern);
    assert!(Pattern::parse(&"a".repeat(1_025)).is_err());
}

mod properties {
    use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest};
    use serde_json::{Value, json};

    use super::super::wildcard::Wildcard;
    use super::super::{Message, Pattern};

    /// An expression as a tree, written as a pattern by one function and read by another: the oracle.
    #[derive(Clone, Debug)]
    enum Tree {
        And(Box<Tree>, Box<Tree>),
        Or(Box<Tree>, Box<Tree>),
        Text(String, bool, String),
        Number(String, usize, i32),
        NotExists(String),
        Null(String),
    }

    const OPERATORS: [&str; 6] = ["=", "!=", "<", "<=", ">", ">="];

    impl Tree {
        fn write(&self) -> String {
            match self {
                Self::And(a, b) => format!("({}) && ({})", a.write(), b.write()),
                Self::Or(a, b) => format!("({} || {})", a.write(), b.write()),
                Self::Text(name, true, text) => format!("$.{name} = \"{text}\""),
                Self::Text(name, false, text) => format!("$.{name}!=\"{text}\""),
                Self::Number(name, operator, n) => format!("$.{name} {} {n}", OPERATORS[*operator]),
                Self::NotExists(name) => format!("$.{name} NOT EXISTS"),
                Self::Null(name) => format!("$.{name} IS NULL"),
            }
        }

        fn holds(&self, object: &Value) -> bool {
            match self {
                Self::And(a, b) => a.holds(object) && b.holds(object),
                Self::Or(a, b) => a.holds(object) || b.holds(object),
                Self::Text(name, equal, text) => match &object[name] {
                    _ if object.get(name).is_none() => false,
                    Value::String(found) => (glob(text.as_bytes(), found.as_bytes())) == *equal,
                    Value::Array(_) | Value::Object(_) => false,
                    _ => !equal,
                },
                Self::Number(name, operator, n) => match &object[name] {
                    _ if object.get(name).is_none() => false,
                    Value::Number(found) => {
                        let (a, b) = (found.as_f64().unwrap(), f64::from(*n));
                        [a == b, a != b, a < b, a <= b, a > b, a >= b][*operator]
                    }
                    Value::Array(_) | Value::Object(_) => false,
                    _ => *operator == 1,
                },
                Self::NotExists(name) => object.get(name).is_none(),
                Self::Null(name) => object.get(name) == Some(&Value::Null),
            }
        }
    }

    /// Wildcards, read naively.
    fn glob(pattern: &[u8], text: &[u8]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some((b'*', rest)) => (0..=text.len()).any(|skip| glob(rest, &text[skip..])),
            Some((c, rest)) => {
                text.split_first().is_some_and(|(t, text)| c == t && glob(rest, text))
            }
        }
    }

    fn tree() -> impl Strategy<Value = Tree> {
        let leaf = prop_oneof![
            ("[a-c]", any::<bool>(), "[xy*]{0,3}").prop_map(|(n, e, t)| Tree::Text(n, e, t)),
            ("[a-c]", 0..6_usize, -2..3).prop_map(|(n, o, v)| Tree::Number(n, o, v)),
            "[a-c]".prop_map(Tree::NotExists),
            "[a-c]".prop_map(Tree::Null),
        ];
        leaf.prop_recursive(3, 8, 2, |inner| {
            let pair = (inner.clone(), inner);
            prop_oneof![
                pair.clone().prop_map(|(a, b)| Tree::And(a.into(), b.into())),
                pair.prop_map(|(a, b)| Tree::Or(a.into(), b.into())),
            ]
        })
    }

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            "[xy]{0,3}".prop_map(Value::from),
            (-2..3).prop_map(|n: i32| json!(n)),
            Just(json!(1.5)),
            Just(Value::Null),
            Just(json!(true)),
            Just(json!(["x"])),
        ]
    }

    proptest! {
        #[test]
        fn a_pattern_means_what_its_tree_means(
            tree in tree(),
            members in proptest::collection::btree_map("[a-c]", value(), 0..4),
        ) {
            let written = format!("{{ {} }}", tree.write());
            let object = json!(members);
            let pattern = Pattern::parse(&written).unwrap();
            prop_assert_eq!(pattern.matches(&object.to_string()), tree.holds(&object), "{} on {}", written, object);
        }

        #[test]
        fn wildcards_agree_with_a_naive_reading(pattern in "[ab*]{0,8}", text in "[ab]{0,10}") {
            prop_assert_eq!(Wildcard::bare(&pattern).matches(&text), glob(pattern.as_bytes(), text.as_bytes()));
        }

        #[test]
        fn nothing_panics_whatever_is_read(pattern in r#"[{\["?%\-]?[ $.a\[\]{}()"*=<>!&|%,?\\0-9é-]{0,40}[}\]]?"#, message in ".{0,60}") {
            if let Ok(pattern) = Pattern::parse(&pattern) {
                prop_assert_eq!(pattern.matches(&message), pattern.extract(&Message::new(&message)).is_some());
            }
        }
    }
}
