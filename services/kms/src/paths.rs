//! Where records stand.

use strongroom_store::Range;
use strongroom_wire::Timestamp;

/// `<account>/<region>/kms/key/<id>`.
pub fn key(account: &str, region: &str, id: &str) -> String {
    [account, "/", region, "/kms/key/", id].concat()
}

/// Every key of an account in a region.
pub fn keys(account: &str, region: &str) -> String {
    key(account, region, "")
}

/// `<account>/<region>/kms/alias/<name>`; `name` is without `alias/`.
pub fn alias(account: &str, region: &str, name: &str) -> String {
    [account, "/", region, "/kms/alias/", name].concat()
}

/// Every alias of an account in a region.
pub fn aliases(account: &str, region: &str) -> String {
    alias(account, region, "")
}

/// `<account>/<region>/kms/grant/<key id>/<grant id>`.
pub fn grant(account: &str, region: &str, key_id: &str, grant_id: &str) -> String {
    [account, "/", region, "/kms/grant/", key_id, "/", grant_id].concat()
}

/// Every grant of a key.
pub fn grants(account: &str, region: &str, key_id: &str) -> String {
    grant(account, region, key_id, "")
}

/// Every grant that `principal` may retire, in the account of the principal. The bar is in no ARN.
pub fn retirable(account: &str, region: &str, principal: &str) -> String {
    [account, "/", region, "/kms/retirable/", principal, "|"].concat()
}

/// The place of one grant in [`retirable`].
pub fn retirable_grant(
    account: &str,
    region: &str,
    principal: &str,
    (owner, key_id, grant_id): (&str, &str, &str),
) -> String {
    let place = retirable(account, region, principal);
    [place.as_str(), owner, "/", key_id, "/", grant_id].concat()
}

/// The wrapping key that was last given out for a key.
pub fn import_ticket(account: &str, region: &str, key_id: &str) -> String {
    [account, "/", region, "/kms/import/", key_id].concat()
}

/// When the key at `key_path` was used last.
pub fn last_use(key_path: &str) -> String {
    // `<account>/<region>/kms/last-use/<id>`.
    key_path.replacen("/kms/key/", "/kms/last-use/", 1)
}

/// The keys with imported material that ends, of all accounts and regions, in the order of their ends.
pub const EXPIRIES: &str = "due/kms/expiry/";

/// The place of one key in [`EXPIRIES`].
pub fn expiry(at: Timestamp, key_path: &str) -> String {
    due(EXPIRIES, at, key_path)
}

/// The keys that are to be rotated, of all accounts and regions, in the order of their dates.
pub const ROTATIONS: &str = "due/kms/rotation/";

/// The place of one key in [`ROTATIONS`].
pub fn rotation(at: Timestamp, key_path: &str) -> String {
    due(ROTATIONS, at, key_path)
}

/// What of a `due` index is due at `now`, inclusive.
pub fn due_at(index: &str, now: Timestamp) -> Range {
    Range::new(index, format!("{index}{:016}0", now.millis().max(0)))
}

/// The path of the key that an entry of a `due` index is about.
pub fn key_of_due<'e>(index: &str, entry: &'e str) -> Option<&'e str> {
    entry.strip_prefix(index)?.split_once('/').map(|(_, key)| key)
}

/// The keys that are to be deleted, of all accounts and regions, in the order of their dates.
pub const DELETIONS: &str = "due/kms/deletion/";

/// The place of one key in [`DELETIONS`].
pub fn deletion(at: Timestamp, key_path: &str) -> String {
    due(DELETIONS, at, key_path)
}

/// `<index><time>/<key path>`: times sort as texts because they are padded.
fn due(index: &str, at: Timestamp, key_path: &str) -> String {
    format!("{index}{:016}/{key_path}", at.millis().max(0))
}

/// The ARN of a key.
pub fn key_arn(account: &str, region: &str, id: &str) -> String {
    ["arn:aws:kms:", region, ":", account, ":key/", id].concat()
}

/// The ARN of an alias; `name` is without `alias/`.
pub fn alias_arn(account: &str, region: &str, name: &str) -> String {
    ["arn:aws:kms:", region, ":", account, ":alias/", name].concat()
}
