//! Where records stand.

use strongroom_store::Range;

use crate::name;

/// `<account>/<region>/ssm/parameter/<name>`, without the slash in front of the name.
pub fn parameter(account: &str, region: &str, name: &str) -> String {
    [&parameters(account, region), name::bare(name)].concat()
}

/// What the keys of all parameters of an account in a region begin with.
pub fn parameters(account: &str, region: &str) -> String {
    [account, "/", region, "/ssm/parameter/"].concat()
}

/// The parameters below `path`, which has no slashes at its ends.
pub fn below(account: &str, region: &str, path: &str) -> Range {
    let all = parameters(account, region);
    if path.is_empty() { Range::prefix(all) } else { Range::prefix([&all, path, "/"].concat()) }
}

/// `<account>/<region>/ssm/value/<id>/<version>`: the value of a version.
pub fn value(account: &str, region: &str, id: &str, version: i64) -> String {
    format!("{account}/{region}/ssm/value/{id}/{version:019}")
}

/// How many parameters there are.
pub fn census(account: &str, region: &str) -> String {
    [account, "/", region, "/ssm/census"].concat()
}
