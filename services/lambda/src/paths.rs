//! Where functions are stored.
//!
//! ```text
//! ACCOUNT/REGION/lambda/function/NAME              the function, with $LATEST, aliases and policies
//! ACCOUNT/REGION/lambda/version/NAME/NUMBER        a published version
//! ACCOUNT/REGION/lambda/code/ID/PART               a piece of an archive
//! ACCOUNT/REGION/lambda/layer/NAME                 a layer
//! ACCOUNT/REGION/lambda/layer-version/NAME/NUMBER  a version of it
//! due/lambda/event/TIME/ACCOUNT/REGION/ID          an event that waits for its function
//! due/lambda/outcome/TIME/ACCOUNT/REGION/ID        what came of one, on its way to whoever is told
//! due/lambda/draft/TIME/ACCOUNT/REGION/ID          an archive that nobody owns, or not yet
//! ```
//! Numbers have ten digits and times fifteen, so that keys sort as they do.

use strongroom_api::Timestamp;
use strongroom_store::Range;

/// The prefix of all functions of an account and region; names follow.
pub fn functions(account: &str, region: &str) -> String {
    format!("{account}/{region}/lambda/function/")
}

/// The key of a function.
pub fn function(account: &str, region: &str, name: &str) -> String {
    functions(account, region) + name
}

/// The prefix of all published versions of a function.
pub fn versions(account: &str, region: &str, name: &str) -> String {
    format!("{account}/{region}/lambda/version/{name}/")
}

/// The key of a published version.
pub fn version(account: &str, region: &str, name: &str, number: u64) -> String {
    format!("{}{number:010}", versions(account, region, name))
}

/// The prefix of the pieces of an archive.
pub fn code(account: &str, region: &str, id: &str) -> String {
    format!("{account}/{region}/lambda/code/{id}/")
}

/// The key of a piece of an archive.
pub fn code_part(account: &str, region: &str, id: &str, part: u32) -> String {
    format!("{}{part:05}", code(account, region, id))
}

/// The prefix of all layers of an account and region; names follow.
pub fn layers(account: &str, region: &str) -> String {
    format!("{account}/{region}/lambda/layer/")
}

/// The key of a layer.
pub fn layer(account: &str, region: &str, name: &str) -> String {
    layers(account, region) + name
}

/// The prefix of all versions of a layer.
pub fn layer_versions(account: &str, region: &str, name: &str) -> String {
    format!("{account}/{region}/lambda/layer-version/{name}/")
}

/// The key of a version of a layer.
pub fn layer_version(account: &str, region: &str, name: &str, number: u64) -> String {
    format!("{}{number:010}", layer_versions(account, region, name))
}

const EVENTS: &str = "due/lambda/event/";

/// The key of an event that is due at a time.
pub fn event(due: Timestamp, account: &str, region: &str, id: &str) -> String {
    format!("{EVENTS}{:015}/{account}/{region}/{id}", due.millis().max(0))
}

/// All events that are due.
pub fn due_events(now: Timestamp) -> Range {
    Range::new(EVENTS, format!("{EVENTS}{:015}/~", now.millis().max(0)))
}

const OUTCOMES: &str = "due/lambda/outcome/";

/// The key of what came of an event, to be sent at a time.
pub fn outcome(due: Timestamp, account: &str, region: &str, id: &str) -> String {
    format!("{OUTCOMES}{:015}/{account}/{region}/{id}", due.millis().max(0))
}

/// All outcomes that are due.
pub fn due_outcomes(now: Timestamp) -> Range {
    Range::new(OUTCOMES, format!("{OUTCOMES}{:015}/~", now.millis().max(0)))
}

const DRAFTS: &str = "due/lambda/draft/";

/// The entry of an archive that is to go at a time unless somebody owns it by then.
pub fn draft(due: Timestamp, account: &str, region: &str, id: &str) -> String {
    format!("{DRAFTS}{:015}/{account}/{region}/{id}", due.millis().max(0))
}

/// All archives that nobody came to own.
pub fn due_drafts(now: Timestamp) -> Range {
    Range::new(DRAFTS, format!("{DRAFTS}{:015}/~", now.millis().max(0)))
}

/// Account, region and id of a draft's entry.
pub fn draft_owner(entry: &str) -> Option<(&str, &str, &str)> {
    let mut parts = entry.strip_prefix(DRAFTS)?.split('/').skip(1);
    Some((parts.next()?, parts.next()?, parts.next()?))
}
