//! Under which keys IAM's records stand.
//!
//! Everything of an account stands under `<account>/global/iam/`. Names are unique without regard to
//! case, so keys hold them in lower case. What must be found without knowing the account (access keys,
//! unique ids, the accounts themselves) stands under `iam/`.

/// The account's ledger; its revision is the account's epoch.
pub(crate) fn ledger(account: &str) -> String {
    format!("{account}/global/iam/ledger")
}

/// One sort of entity: `user`, `group`, `role`, `policy`, `instance-profile`, `oidc-provider`.
pub(crate) fn entities(account: &str, sort: &str) -> String {
    format!("{account}/global/iam/{sort}/")
}

/// One entity. `name` may be in any case.
pub(crate) fn entity(account: &str, sort: &str, name: &str) -> String {
    format!("{account}/global/iam/{sort}/{}", name.to_ascii_lowercase())
}

/// Who a policy is attached to: index entries.
pub(crate) fn attachments(account: &str, policy_arn: &str) -> String {
    format!("{account}/global/iam/attachment/{policy_arn}|")
}

/// Whom a policy bounds: index entries.
pub(crate) fn bounded(account: &str, policy_arn: &str) -> String {
    format!("{account}/global/iam/bounded/{policy_arn}|")
}

/// How often a policy is attached.
pub(crate) fn usage(account: &str, policy_arn: &str) -> String {
    format!("{account}/global/iam/usage/{policy_arn}")
}

/// The members of a group: index entries.
pub(crate) fn members(account: &str, group_id: &str) -> String {
    format!("{account}/global/iam/member/{group_id}/")
}

/// The instance profiles of a role: index entries.
pub(crate) fn profiles_of(account: &str, role: &str) -> String {
    format!("{account}/global/iam/role-profile/{}/", role.to_ascii_lowercase())
}

/// When an access key was used last.
pub(crate) fn last_use(id: &str) -> String {
    format!("iam/last-use/{id}")
}

/// An access key.
pub(crate) fn access_key(id: &str) -> String {
    format!("iam/access-key/{id}")
}

/// Whose unique id this is.
pub(crate) fn unique_id(id: &str) -> String {
    format!("iam/id/{id}")
}

/// Whose account alias this is.
pub(crate) fn alias(alias: &str) -> String {
    format!("iam/alias/{alias}")
}

/// The accounts: index entries.
pub(crate) const ACCOUNTS: &str = "iam/account/";

/// The last part of a key.
pub(crate) fn tail(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}
