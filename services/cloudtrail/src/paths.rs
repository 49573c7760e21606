//! Where records stand. Trails of all regions stand together, since each region shows those that
//! cover it.

use strongroom_store::Range;

/// `<account>/global/cloudtrail/trail/<region>/<name>`.
pub fn trail(account: &str, region: &str, name: &str) -> String {
    [account, "/global/cloudtrail/trail/", region, "/", name].concat()
}

/// The trails of an account.
pub fn trails(account: &str) -> Range {
    Range::prefix([account, "/global/cloudtrail/trail/"].concat())
}
