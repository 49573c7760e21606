//! Walking over parameters in the order of their names, a page at a time.

use std::sync::Arc;

use strongroom_records::Stored;
use strongroom_store::{Direction, Range};
use strongroom_wire::Result;

use crate::parameter::Parameter;
use crate::{Call, error, page, paths};

/// Which parameters.
pub struct Query<'a> {
    /// Below which path; empty for all.
    pub path: &'a str,
    /// Whether those of deeper levels count.
    pub recursive: bool,
    /// How many.
    pub limit: usize,
    /// Where to go on.
    pub token: Option<&'a String>,
    /// Which of them.
    pub fits: &'a (dyn Fn(&Parameter) -> bool + Sync),
}

/// Some parameters.
pub struct Page {
    /// They.
    pub parameters: Vec<Arc<Stored<Parameter>>>,
    /// Where the list goes on.
    pub next_token: Option<String>,
}

/// Records that are read at once.
const BATCH: usize = 50;
/// Records that one call looks at; a page may be short, and the list still go on.
const MOST_LOOKED_AT: usize = 2_000;

/// One page.
///
/// # Errors
/// InvalidNextToken.
pub async fn page(call: &Call<'_>, query: &Query<'_>) -> Result<Page> {
    let (account, region) = (call.caller.account(), call.region);
    let all = paths::parameters(account, region);
    let mut range = paths::below(account, region, query.path);
    let depth = range.start.len();
    if let Some(name) = page::name(query.token)? {
        // A token of another list leads out of the range, and then there is nothing.
        range = range.after(&[all.as_str(), &name].concat());
    }
    let mut found = Page { parameters: Vec::new(), next_token: None };
    let mut looked_at = 0;
    loop {
        let batch =
            call.service.records.scan::<Parameter>(range.clone(), Direction::Forward, BATCH);
        let batch = batch.await.map_err(error::of_record)?;
        let Some(mut last) = batch.records.last().map(|last| last.key.clone()) else { break };
        let mut more = batch.more;
        looked_at += batch.records.len();
        for record in batch.records {
            let below = record.key.get(depth..).and_then(|rest| rest.split_once('/'));
            if let (false, Some((level, _))) = (query.recursive, below) {
                // Everything below this level is one range, which need not be read.
                last = [&record.key[..depth], level, "/\u{10ffff}"].concat();
                more = true;
                break;
            }
            if (query.fits)(&record) {
                let key = record.key.clone();
                found.parameters.push(record);
                if found.parameters.len() == query.limit {
                    found.next_token =
                        goes_on(call, range.after(&key)).await?.then(|| token(&all, &key));
                    return Ok(found);
                }
            }
        }
        if !more {
            break;
        }
        if looked_at >= MOST_LOOKED_AT {
            found.next_token = Some(token(&all, &last));
            break;
        }
        range = range.after(&last);
    }
    Ok(found)
}

fn token(all: &str, key: &str) -> String {
    page::token(key.strip_prefix(all).unwrap_or(key))
}

async fn goes_on(call: &Call<'_>, range: Range) -> Result<bool> {
    let next = call.service.records.store().scan(range, Direction::Forward, 1).await;
    Ok(!next.map_err(error::internal)?.entries.is_empty())
}
