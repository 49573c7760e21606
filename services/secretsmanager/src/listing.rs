//! One page of a list of secrets, served from an index or a range of names.

use std::cmp::Ordering;
use std::sync::Arc;

use strongroom_api::Result;
use strongroom_records::Stored;
use strongroom_store::{Direction, Range};

use crate::error;
use crate::filter::Filters;
use crate::paths::{Index, secret_key, secrets_prefix};
use crate::secret::Secret;
use crate::{Call, SecretsManager};

/// What a list is to show.
pub struct Query<'a> {
    /// The filters.
    pub filters: &'a Filters,
    /// Whether secrets that are scheduled for deletion are shown.
    pub planned_deletions: bool,
    /// The order.
    pub order: Order,
    /// Whether the order is reversed.
    pub direction: Direction,
    /// Secrets on the page.
    pub limit: usize,
    /// Where the last page ended; see [`Page::position`].
    pub after: Option<String>,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By a time, then by name.
    Time(Index),
    /// By name.
    Name,
}

/// A page.
pub struct Page {
    /// The secrets.
    pub secrets: Vec<Secret>,
    /// Where the next page begins, if there is more to look through. A page may be short, or empty,
    /// and yet have one: a call looks through a bounded number of secrets.
    pub position: Option<String>,
}

/// Secrets that one call looks through.
const MOST_EXAMINED: usize = 2_000;
/// Secrets read from the store at a time.
const STEP: usize = 200;
/// Up to this many secrets whose names begin right are sorted in memory.
const MOST_SORTED: usize = 2_000;

/// The page of `query` in the caller's account and region.
///
/// # Errors
/// Internal only.
pub async fn page(call: &Call<'_>, query: &Query<'_>) -> Result<Page> {
    if let Some(prefixes) = query.filters.name_prefixes()
        && let Some(named) = call.service.named_like(call, &prefixes).await?
    {
        return Ok(sorted_page(call, query, named));
    }
    scanned_page(call, query).await
}

/// A page from an index, or from the secrets in the order of their names.
async fn scanned_page(call: &Call<'_>, query: &Query<'_>) -> Result<Page> {
    let (account, region) = (call.caller.account(), call.region);
    let prefix = match query.order {
        Order::Time(index) => index.prefix(account, region),
        Order::Name => secrets_prefix(account, region),
    };
    let mut range = Range::prefix(&prefix);
    let mut last = query.after.as_ref().map(|after| format!("{prefix}{after}"));
    let mut page = Page { secrets: Vec::new(), position: None };
    let mut examined = 0;
    loop {
        if let Some(last) = &last {
            range = match query.direction {
                Direction::Forward => range.after(last),
                Direction::Backward => range.before(last),
            };
        }
        let (step, more) = call.service.step(call, query, range.clone()).await?;
        for (key, secret) in step {
            if page.secrets.len() == query.limit || examined == MOST_EXAMINED {
                page.position = last.map(|last| last[prefix.len()..].to_owned());
                return Ok(page);
            }
            examined += 1;
            page.secrets.extend(secret.and_then(|secret| shown(call, query, &secret)));
            last = Some(key);
        }
        if !more {
            return Ok(page);
        }
    }
}

fn shown(call: &Call<'_>, query: &Query<'_>, secret: &Stored<Secret>) -> Option<Secret> {
    let is_listed = query.planned_deletions || secret.deletion.is_none();
    (is_listed && query.filters.show(secret))
        .then(|| call.service.with_notes(&secret.key, &secret.value))
}

/// A page of secrets that are all at hand.
fn sorted_page(call: &Call<'_>, query: &Query<'_>, named: Vec<Arc<Stored<Secret>>>) -> Page {
    let mut listed: Vec<(String, Secret)> = named
        .iter()
        .filter_map(|secret| Some((position(query.order, secret), shown(call, query, secret)?)))
        .collect();
    let compare = |a: &str, b: &str| -> Ordering {
        match query.direction {
            Direction::Forward => a.cmp(b),
            Direction::Backward => b.cmp(a),
        }
    };
    listed.sort_by(|(a, _), (b, _)| compare(a, b));
    if let Some(after) = &query.after {
        listed.retain(|(position, _)| compare(position, after) == Ordering::Greater);
    }
    let more = listed.len() > query.limit;
    listed.truncate(query.limit);
    let position = listed.last().filter(|_| more).map(|(position, _)| position.clone());
    Page { secrets: listed.into_iter().map(|(_, secret)| secret).collect(), position }
}

/// Where a secret stands in an order: its index key without the prefix.
fn position(order: Order, secret: &Secret) -> String {
    match order {
        Order::Name => secret.name.clone(),
        Order::Time(index) => index.position(secret),
    }
}

type Step = Vec<(String, Option<Arc<Stored<Secret>>>)>;

impl SecretsManager {
    /// The next few secrets of the list, with the keys that ordered them; a secret may have gone since
    /// its index entry was read.
    async fn step(&self, call: &Call<'_>, query: &Query<'_>, range: Range) -> Result<(Step, bool)> {
        let limit = STEP.min(query.limit + 1);
        if query.order == Order::Name {
            let page = self.records.scan::<Secret>(range, query.direction, limit).await;
            let page = page.map_err(error::storage)?;
            let step = page.records.into_iter().map(|s| (s.key.clone(), Some(s))).collect();
            return Ok((step, page.more));
        }
        let page = self.records.scan_index(range, query.direction, limit).await;
        let page = page.map_err(error::storage)?;
        let mut step = Vec::with_capacity(page.entries.len());
        for (key, name) in page.entries {
            let secret = secret_key(call.caller.account(), call.region, &name);
            step.push((key, self.records.get(&secret).await.map_err(error::storage)?));
        }
        Ok((step, page.more))
    }

    /// The secrets whose names begin with one of `prefixes`; `None` if they are too many to sort.
    async fn named_like(
        &self,
        call: &Call<'_>,
        prefixes: &[&str],
    ) -> Result<Option<Vec<Arc<Stored<Secret>>>>> {
        let base = secrets_prefix(call.caller.account(), call.region);
        let mut found: Vec<Arc<Stored<Secret>>> = Vec::new();
        for prefix in prefixes {
            let mut range = Range::prefix(format!("{base}{prefix}"));
            loop {
                let page =
                    self.records.scan::<Secret>(range.clone(), Direction::Forward, STEP).await;
                let page = page.map_err(error::storage)?;
                let last = page.records.last().map(|secret| secret.key.clone());
                found.extend(page.records);
                if found.len() > MOST_SORTED {
                    return Ok(None);
                }
                match last.filter(|_| page.more) {
                    Some(last) => range = range.after(&last),
                    None => break,
                }
            }
        }
        // Prefixes may overlap.
        found.sort_by(|a, b| a.key.cmp(&b.key));
        found.dedup_by(|a, b| a.key == b.key);
        Ok(Some(found))
    }
}
