//! Where records stand. Everything of an organization stands in its management account.

use aws_lc_rs::digest;
use data_encoding::HEXLOWER;
use strongroom_store::Range;

use crate::organization::Organization;

/// `<account>/global/organizations/organization`, in the management account.
pub fn organization(management: &str) -> String {
    [management, "/global/organizations/organization"].concat()
}

/// `<account>/global/organizations/membership`, in every account that has been in an organization.
pub fn membership(account: &str) -> String {
    [account, "/global/organizations/membership"].concat()
}

/// What is left of organizations that a management account has deleted, while it has none.
pub fn remains(management: &str) -> Range {
    Range::prefix([management, "/global/organizations/o-"].concat())
}

/// Everything of one organization but its own record.
pub fn all(organization: &Organization) -> Range {
    Range::prefix(within(organization, ""))
}

/// `…/<organization>/node/<id>`. Accounts stand before units, units before the root.
pub fn node(organization: &Organization, id: &str) -> String {
    within(organization, &["node/", id].concat())
}

/// The accounts among the nodes: their ids are digits.
pub fn accounts(organization: &Organization) -> Range {
    digits(&node(organization, ""))
}

/// `…/<organization>/child/<parent>/<id>`: an index entry.
pub fn child(organization: &Organization, parent: &str, id: &str) -> String {
    within(organization, &["child/", parent, "/", id].concat())
}

/// The accounts among the children of a parent.
pub fn child_accounts(organization: &Organization, parent: &str) -> Range {
    digits(&child(organization, parent, ""))
}

/// The units among the children of a parent.
pub fn child_units(organization: &Organization, parent: &str) -> Range {
    Range::prefix(child(organization, parent, "ou-"))
}

/// `…/<organization>/policy/<id>`.
pub fn policy(organization: &Organization, id: &str) -> String {
    within(organization, &["policy/", id].concat())
}

/// `…/<organization>/attached/<era>/<policy>/<target>`: an index entry.
pub fn attachment(organization: &Organization, policy: &str, target: &str) -> String {
    [&era(organization, organization.service_control.era), policy, "/", target].concat()
}

/// The attachments of eras that have ended.
pub fn ended_attachments(organization: &Organization) -> Range {
    let control = organization.service_control;
    let now = if control.enabled { control.era } else { control.era + 1 };
    Range::new(within(organization, "attached/"), era(organization, now))
}

fn era(organization: &Organization, era: u32) -> String {
    within(organization, &format!("attached/{era:010}/"))
}

/// `…/<organization>/creation/<id>`.
pub fn creation(organization: &Organization, id: &str) -> String {
    within(organization, &["creation/", id].concat())
}

/// Whoever has the address of a root user, which no other account may have.
pub fn email(organization: &Organization, email: &str) -> String {
    claim(organization, "email", &email.to_lowercase())
}

/// Whoever has a name among the units of one parent.
pub fn unit_name(organization: &Organization, parent: &str, name: &str) -> String {
    claim(organization, "unit", &[parent, "/", name].concat())
}

/// Whoever has a name among the policies.
pub fn policy_name(organization: &Organization, name: &str) -> String {
    claim(organization, "policy", name)
}

/// Names are hashed: they may be any text, and addresses are nobody's business.
fn claim(organization: &Organization, kind: &str, name: &str) -> String {
    let hash = digest::digest(&digest::SHA256, name.as_bytes());
    within(organization, &["claim/", kind, "/", &HEXLOWER.encode(hash.as_ref())].concat())
}

fn within(organization: &Organization, rest: &str) -> String {
    [&organization.management, "/global/organizations/", &organization.id, "/", rest].concat()
}

/// The keys under `prefix` that go on with a digit.
fn digits(prefix: &str) -> Range {
    Range::new([prefix, "0"].concat(), [prefix, ":"].concat())
}

/// The last part of a key.
pub fn tail(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}
