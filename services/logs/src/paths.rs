//! Where logs are stored.
//!
//! ```text
//! ACCOUNT/REGION/logs/group/NAME                        a group
//! ACCOUNT/REGION/logs/metric-filter/NAME:FILTER         a metric filter of a group
//! ACCOUNT/REGION/logs/subscription-filter/NAME:FILTER   a subscription filter of a group
//! ACCOUNT/REGION/logs/resource-policies                 the policies on the account's logs
//! ACCOUNT/REGION/logs/of/ID/size                        how many bytes the group with that id has
//! ACCOUNT/REGION/logs/of/ID/stream/NAME                 a stream of the group with that id
//! ACCOUNT/REGION/logs/of/ID/by-activity/MINUTE/NUMBER   streams by their last events
//! ACCOUNT/REGION/logs/of/ID/by-time/CLASS/FIRST/NUMBER-SEQ      chunks of the group, in order
//! ACCOUNT/REGION/logs/of/ID/chunk/NUMBER/CLASS/FIRST-SEQ        the events of a stream
//! due/logs/delivery/TIME/ID-NUMBER-SEQ-PLACE            events on their way to a function
//! due/logs/expiry/TIME/ACCOUNT/REGION/NAME              groups whose events have an end
//! due/logs/removal/ACCOUNT/REGION/ID[/NUMBER]           what is deleted and not yet taken out
//! ```
//! A group and a stream have an id of their own, so that what was deleted is gone at once, however
//! long taking it out may take. Times are milliseconds since the epoch with 15 digits, so that keys
//! sort as time does; `CLASS` is the [`Class`] of a chunk.

use strongroom_store::Range;

use crate::chunk::Class;
use crate::group::Group;

/// The longest stream name, in bytes, that a key has room for.
pub const LONGEST_STREAM_NAME: usize = 1_800;

/// The prefix of the groups of an account and region; names follow.
#[must_use]
pub fn groups(account: &str, region: &str) -> String {
    format!("{account}/{region}/logs/group/")
}

/// The key of a group.
#[must_use]
pub fn group(account: &str, region: &str, name: &str) -> String {
    [account, "/", region, "/logs/group/", name].concat()
}

/// The prefix of the metric filters of an account and region.
#[must_use]
pub fn all_metric_filters(account: &str, region: &str) -> String {
    format!("{account}/{region}/logs/metric-filter/")
}

/// The prefix of a group's metric filters; names follow.
#[must_use]
pub fn metric_filters(account: &str, region: &str, group: &str) -> String {
    format!("{account}/{region}/logs/metric-filter/{group}:")
}

/// The prefix of a group's subscription filters; names follow.
#[must_use]
pub fn subscription_filters(account: &str, region: &str, group: &str) -> String {
    format!("{account}/{region}/logs/subscription-filter/{group}:")
}

/// The key of the resource policies of an account and region.
#[must_use]
pub fn resource_policies(account: &str, region: &str) -> String {
    [account, "/", region, "/logs/resource-policies"].concat()
}

/// The prefix of everything in the group with this id.
#[must_use]
pub fn inside(account: &str, region: &str, id: &str) -> String {
    [account, "/", region, "/logs/of/", id, "/"].concat()
}

fn of(group: &Group) -> String {
    inside(&group.account, &group.region, &group.id)
}

/// The key of a group's size.
#[must_use]
pub fn size(group: &Group) -> String {
    of(group) + "size"
}

/// The prefix of a group's streams; names follow.
#[must_use]
pub fn streams(group: &Group) -> String {
    of(group) + "stream/"
}

/// The prefix of the index of streams by activity.
#[must_use]
pub fn activities(group: &Group) -> String {
    of(group) + "by-activity/"
}

/// Where a stream stands in that index.
#[must_use]
pub fn activity(group: &Group, minute: i64, number: u64) -> String {
    format!("{}{minute:012}/{number:012}", activities(group))
}

/// The prefix of the index of a group's chunks.
#[must_use]
pub fn chunk_index(group: &Group, class: Class) -> String {
    format!("{}by-time/{}/", of(group), class.letter())
}

/// Where a chunk stands in that index.
#[must_use]
pub fn indexed_chunk(group: &Group, class: Class, first: i64, number: u64, seq: u64) -> String {
    format!("{}{first:015}/{number:012}-{seq:016}", chunk_index(group, class))
}

/// Time, stream and sequence number of a key of that index.
#[must_use]
pub fn read_indexed(prefix: &str, key: &str) -> Option<(i64, u64, u64)> {
    let (first, rest) = key.strip_prefix(prefix)?.split_once('/')?;
    let (number, seq) = rest.split_once('-')?;
    Some((first.parse().ok()?, number.parse().ok()?, seq.parse().ok()?))
}

/// The prefix of a stream's chunks.
#[must_use]
pub fn chunks(group: &Group, number: u64, class: Class) -> String {
    format!("{}chunk/{number:012}/{}/", of(group), class.letter())
}

/// The key of a chunk.
#[must_use]
pub fn chunk(group: &Group, number: u64, class: Class, first: i64, seq: u64) -> String {
    format!("{}{first:015}-{seq:016}", chunks(group, number, class))
}

/// Time and sequence number of a chunk's key.
#[must_use]
pub fn read_chunk(prefix: &str, key: &str) -> Option<(i64, u64)> {
    let (first, seq) = key.strip_prefix(prefix)?.split_once('-')?;
    Some((first.parse().ok()?, seq.parse().ok()?))
}

/// What of an index of chunks begins at `from` or later and before `until`.
#[must_use]
pub fn within(prefix: &str, from: i64, until: i64) -> Range {
    let (from, until) = (from.max(0), until.clamp(0, 999_999_999_999_999));
    Range::new(format!("{prefix}{from:015}"), format!("{prefix}{until:015}"))
}

/// The prefix of groups whose events have an end.
pub const EXPIRY: &str = "due/logs/expiry/";

/// Where a group stands that is to be looked through at `due`.
#[must_use]
pub fn expiry(group: &Group, due: i64) -> String {
    let Group { account, region, name, .. } = group;
    format!("{EXPIRY}{due:015}/{account}/{region}/{name}")
}

/// What is to be looked through at `now`.
#[must_use]
pub fn expiring(now: i64) -> Range {
    Range::new(EXPIRY, format!("{EXPIRY}{now:015}0"))
}

/// Account, region and name in such a key.
#[must_use]
pub fn read_expiry(key: &str) -> Option<(&str, &str, &str)> {
    let mut parts = key.strip_prefix(EXPIRY)?.splitn(4, '/').skip(1);
    Some((parts.next()?, parts.next()?, parts.next()?))
}

/// The prefix of events on their way to functions.
pub const DELIVERIES: &str = "due/logs/delivery/";

/// Where such events stand that are to be sent at `due`; `id` tells them from others.
#[must_use]
pub fn delivery(due: i64, id: &str) -> String {
    format!("{DELIVERIES}{due:015}/{id}")
}

/// What is to be sent at `now`.
#[must_use]
pub fn deliverable(now: i64) -> Range {
    Range::new(DELIVERIES, format!("{DELIVERIES}{now:015}0"))
}

/// What tells the events at such a key from others.
#[must_use]
pub fn read_delivery(key: &str) -> Option<&str> {
    Some(key.strip_prefix(DELIVERIES)?.split_once('/')?.1)
}

/// The prefix of what is deleted and not yet taken out.
pub const REMOVALS: &str = "due/logs/removal/";

/// Where a deleted group stands, or a deleted stream of one.
#[must_use]
pub fn removal(group: &Group, stream: Option<u64>) -> String {
    let Group { account, region, id, .. } = group;
    let number = stream.map(|number| format!("/{number:012}")).unwrap_or_default();
    format!("{REMOVALS}{account}/{region}/{id}{number}")
}
