//! Pages of lists: the markers between them, and lists served from key ranges.

use std::sync::Arc;

use strongroom_api::Result;
use strongroom_records::Stored;
use strongroom_records::page;
use strongroom_store::{Direction, Range};

use crate::holder::Entity;
use crate::shape::{Marker, MaxItems};
use crate::{Iam, error, path};

const DEFAULT: usize = 100;
/// Entities looked at for one page, when a filter leaves some out.
const MOST_LOOKED_AT: usize = 2_000;

/// What a request says of the page that it wants.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// The last item of the page before.
    after: Option<String>,
    pub(crate) items: usize,
}

/// A page, and the marker of the next one.
#[derive(Debug)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) marker: Option<String>,
}

impl Wanted {
    /// Reads the two members that all lists have.
    ///
    /// # Errors
    /// `ValidationError` for a marker that is none.
    pub(crate) fn read(marker: Option<&Marker>, max_items: Option<MaxItems>) -> Result<Self> {
        let after = marker.map(|marker| open(marker)).transpose()?;
        Ok(Self { after, items: max_items.map_or(DEFAULT, MaxItems::get) })
    }

    /// Everything, for lists that AWS does not page.
    pub(crate) fn all() -> Self {
        Self { after: None, items: MOST_LOOKED_AT }
    }

    /// The first page of so many items.
    pub(crate) fn first(items: usize) -> Self {
        Self { after: None, items }
    }

    /// Everything behind a marker.
    ///
    /// # Errors
    /// `ValidationError` for a marker that is none.
    pub(crate) fn after(marker: &str) -> Result<Self> {
        Ok(Self { after: Some(open(marker)?), items: MOST_LOOKED_AT })
    }

    /// A marker that says how far a list has come in one of its parts.
    pub(crate) fn marker(part: &str, last: impl std::fmt::Display) -> String {
        page::token(&format!("{part}{last}"))
    }

    /// In which of its parts a list goes on, and where within.
    ///
    /// # Errors
    /// `ValidationError` for a marker that is none.
    pub(crate) fn within(&self, parts: &[&str]) -> Result<(usize, Self)> {
        let Some(after) = &self.after else { return Ok((0, self.clone())) };
        let mut places = parts.iter().enumerate();
        let found = places.find_map(|(place, part)| Some((place, after.strip_prefix(part)?)));
        let (place, rest) = found.ok_or_else(error::invalid_marker)?;
        let after = (!rest.is_empty()).then(|| rest.to_owned());
        Ok((place, Self { after, items: self.items }))
    }

    /// How far a list has come in `part`; `None` if it has not come there.
    ///
    /// # Errors
    /// `ValidationError` for a marker that is none.
    pub(crate) fn position(&self, part: &str) -> Result<Option<usize>> {
        let after = self.after.as_deref().and_then(|after| after.strip_prefix(part));
        after.map(|position| position.parse().map_err(|_| error::invalid_marker())).transpose()
    }

    /// This page of a list that is at hand; the marker is a position in it.
    ///
    /// # Errors
    /// `ValidationError` for a marker of another list.
    pub(crate) fn of<T: Clone>(&self, all: &[T]) -> Result<Page<T>> {
        let start: usize = match &self.after {
            None => 0,
            Some(position) => position.parse().map_err(|_| error::invalid_marker())?,
        };
        let rest = all.get(start..).unwrap_or_default();
        let items = rest[..rest.len().min(self.items)].to_vec();
        let more = rest.len() > items.len();
        let marker = more.then(|| page::token(&(start + items.len()).to_string()));
        Ok(Page { items, marker })
    }

    /// The part of the keys that begin with `prefix` where this page starts.
    pub(crate) fn range(&self, prefix: &str) -> Range {
        let range = Range::prefix(prefix);
        match &self.after {
            None => range,
            Some(after) => range.after(&format!("{prefix}{after}")),
        }
    }
}

impl<T> Page<T> {
    /// Whether the list goes on.
    pub(crate) fn is_truncated(&self) -> bool {
        self.marker.is_some()
    }

    /// What its marker says, for a list that is a part of another.
    pub(crate) fn last(&self) -> Result<Option<String>> {
        self.marker.as_deref().map(open).transpose()
    }
}

impl Iam {
    /// A page of the entities of one sort, in the order of their names, that `wanted` lets through.
    pub(crate) async fn list<T: Entity>(
        &self,
        account: &str,
        wanted: &Wanted,
        matches: impl Fn(&T) -> bool,
    ) -> Result<Page<Arc<Stored<T>>>> {
        let prefix = path::entities(account, T::SORT);
        let mut range = wanted.range(&prefix);
        let (mut items, mut looked_at) = (Vec::new(), 0);
        loop {
            // One more than fits tells whether the list goes on.
            let step = wanted.items + 1;
            let page = self.records.scan::<T>(range.clone(), Direction::Forward, step).await;
            let page = page.map_err(error::storage)?;
            for record in page.records {
                if items.len() == wanted.items || looked_at >= MOST_LOOKED_AT {
                    let before = &range.start;
                    return Ok(Page {
                        items,
                        marker: Some(page::token(&rest_before(&prefix, before))),
                    });
                }
                looked_at += 1;
                range = range.after(&record.key);
                if matches(&record.value) {
                    items.push(record);
                }
            }
            if !page.more {
                return Ok(Page { items, marker: None });
            }
        }
    }

    /// A page of an index: what follows `prefix` in its keys.
    pub(crate) async fn list_index(&self, prefix: &str, wanted: &Wanted) -> Result<Page<String>> {
        let range = wanted.range(prefix);
        let page = self.records.scan_index(range, Direction::Forward, wanted.items).await;
        let page = page.map_err(error::storage)?;
        let rest = |(key, _): &(String, String)| key[prefix.len()..].to_owned();
        let items: Vec<_> = page.entries.iter().map(rest).collect();
        let marker = items.last().filter(|_| page.more).map(|last| page::token(last));
        Ok(Page { items, marker })
    }
}

/// The item that a range begins behind.
fn rest_before(prefix: &str, start: &str) -> String {
    start.strip_prefix(prefix).unwrap_or_default().trim_end_matches('\0').to_owned()
}

fn open(marker: &str) -> Result<String> {
    page::behind(marker).ok_or_else(error::invalid_marker)
}
