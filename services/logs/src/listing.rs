//! Lists of groups.

use std::sync::Arc;

use strongroom_api::Result;
use strongroom_records::Stored;
use strongroom_store::{Direction, Range};

use crate::group::Group;
use crate::page::{Page, Scope};
use crate::shapes::NextToken;
use crate::{Call, Logs, error, paths};

/// Groups looked at for one page; what is left is for the next one.
const MOST_LOOKED_AT: usize = 5_000;
const BATCH: usize = 500;

impl Logs {
    /// A page of the caller's groups whose names begin with `prefix` and that are wanted.
    ///
    /// # Errors
    /// AWS's error for a token that is none.
    pub async fn list_groups(
        &self,
        call: &Call<'_>,
        scope: Scope<'_>,
        prefix: &str,
        token: Option<&NextToken>,
        size: usize,
        is_wanted: &(dyn Fn(&Group) -> bool + Sync),
    ) -> Result<Page<Arc<Stored<Group>>>> {
        let mut range = Range::prefix(paths::groups(call.caller.account(), call.region) + prefix);
        if let Some(token) = token {
            range = range.after(&scope.open(call, token)?);
        }
        let mut items = Vec::new();
        let mut looked_at = 0;
        loop {
            // One more than fits tells whether there is a next page.
            let page =
                self.records.scan::<Group>(range.clone(), Direction::Forward, BATCH.min(size + 1));
            let page = page.await.map_err(error::storage)?;
            for group in &page.records {
                if !is_wanted(group) {
                    continue;
                }
                if items.len() == size {
                    let next =
                        items.last().map(|last: &Arc<Stored<Group>>| scope.token(call, &last.key));
                    return Ok(Page { items, next });
                }
                items.push(Arc::clone(group));
            }
            looked_at += page.records.len();
            let Some(last) = page.records.last().filter(|_| page.more) else {
                return Ok(Page { items, next: None });
            };
            if looked_at >= MOST_LOOKED_AT {
                return Ok(Page { items, next: Some(scope.token(call, &last.key)) });
            }
            range = range.after(&last.key);
        }
    }
}
