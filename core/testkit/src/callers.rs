//! Callers for tests.

use strongroom_api::{Caller, Details, Policies};
use strongroom_policy::{Kind, Named, Policy, PrincipalKind};

/// A user of `account` with one inline policy (a whole document).
#[must_use]
pub fn user(account: &str, name: &str, policy: &str) -> Caller {
    let policy = Policy::parse(policy, Kind::Identity).expect("a policy for a test");
    let details = Details {
        user_name: Some(name.to_owned()),
        access_key_id: Some("AKIAIOSFODNN7EXAMPLE".to_owned()),
        policies: Policies { identity: vec![Named::inline("test", policy)], ..Policies::default() },
        ..Details::default()
    };
    let arn = format!("arn:aws:iam::{account}:user/{name}");
    Caller::new(PrincipalKind::User, account, arn, "AIDACKCEVSQ6C2EXAMPLE", details)
}

/// A user who may do these actions on everything, and nothing else.
#[must_use]
pub fn allowed_only(account: &str, actions: &[&str]) -> Caller {
    let actions = serde_json::to_string(actions).expect("actions are texts");
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":{actions},"Resource":"*"}}]}}"#
    );
    user(account, "clerk", &policy)
}

/// A user without any permission.
#[must_use]
pub fn nobody(account: &str) -> Caller {
    let details = Details { user_name: Some("nobody".to_owned()), ..Details::default() };
    let arn = format!("arn:aws:iam::{account}:user/nobody");
    Caller::new(PrincipalKind::User, account, arn, "AIDANOBODYEXAMPLE0000", details)
}
