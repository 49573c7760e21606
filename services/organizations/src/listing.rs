//! Lists of nodes.

use strongroom_store::{Direction, Range};
use strongroom_wire::Result;

use crate::find::FoundNode;
use crate::node::Node;
use crate::organization::Organization;
use crate::shapes::{MaxResults, NextToken};
use crate::views::AccountView;
use crate::{Organizations, error, page, paths};

/// A page of a list.
pub struct Page<T> {
    /// What is in it.
    pub items: Vec<T>,
    /// Where the list goes on.
    pub next: Option<String>,
}

impl Organizations {
    /// A page of the nodes in `range`.
    pub(crate) async fn nodes(
        &self,
        range: &Range,
        size: usize,
        token: Option<&NextToken>,
    ) -> Result<Page<FoundNode>> {
        let rest = page::rest(range, token)?;
        let found = self.records.scan::<Node>(rest, Direction::Forward, size).await;
        let found = found.map_err(error::of_record)?;
        let last = found.records.last().filter(|_| found.more);
        Ok(Page { next: last.map(|last| page::token(range, &last.key)), items: found.records })
    }

    /// A page of the ids at the ends of the index entries in `range`.
    pub(crate) async fn ids(
        &self,
        range: &Range,
        size: Option<MaxResults>,
        token: Option<&NextToken>,
    ) -> Result<Page<String>> {
        let rest = page::rest(range, token)?;
        let found = self.records.scan_index(rest, Direction::Forward, page::size(size)).await;
        let found = found.map_err(error::of_record)?;
        let last = found.entries.last().filter(|_| found.more);
        let next = last.map(|(key, _)| page::token(range, key));
        let ids = found.entries.iter().map(|(key, _)| paths::tail(key).to_owned());
        Ok(Page { items: ids.collect(), next })
    }

    /// The nodes of these ids that are still there.
    pub(crate) async fn nodes_of(
        &self,
        organization: &Organization,
        ids: &[String],
    ) -> Result<Vec<FoundNode>> {
        let mut nodes = Vec::with_capacity(ids.len());
        for id in ids {
            nodes.extend(self.node(organization, id).await.map_err(error::of_record)?);
        }
        Ok(nodes)
    }

    /// The accounts among `nodes` as replies show them.
    pub(crate) async fn show_accounts(
        &self,
        organization: &Organization,
        nodes: &[FoundNode],
    ) -> Result<Vec<AccountView>> {
        let mut accounts = Vec::with_capacity(nodes.len());
        for node in nodes {
            accounts.extend(self.show_account(organization, node).await?);
        }
        Ok(accounts)
    }

    /// Whether anything stands in an index range.
    pub(crate) async fn any(&self, range: Range) -> Result<bool> {
        let found = self.records.scan_index(range, Direction::Forward, 1).await;
        Ok(!found.map_err(error::of_record)?.entries.is_empty())
    }
}
