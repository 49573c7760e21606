//! Where records stand.

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
