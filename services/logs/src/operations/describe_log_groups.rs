//! DescribeLogGroups: describes log groups, by name.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::group::{Group, GroupView};
use crate::name::{GroupIdentifier, GroupName, Reference};
use crate::page::Scope;
use crate::shapes::{AccountId, DescribeLimit, LogGroupClass, NextToken};
use crate::target::Found;
use crate::{Call, Logs, error};

/// DescribeLogGroups.
pub struct DescribeLogGroups;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// Accounts whose groups are shown to this one; there are no such links here.
    #[shape(length = 0..=20)]
    pub account_identifiers: Option<Vec<AccountId>>,
    /// How the names begin.
    pub log_group_name_prefix: Option<GroupName>,
    /// What the names contain.
    #[shape(length = 0..=512, pattern = r"[\.\-_/#A-Za-z0-9]*")]
    pub log_group_name_pattern: Option<String>,
    /// Where to go on.
    pub next_token: Option<NextToken>,
    /// How many groups a page has; 50 if absent.
    pub limit: Option<DescribeLimit>,
    /// Whether to show groups of linked accounts as well.
    pub include_linked_accounts: Option<bool>,
    /// What the groups are meant for.
    pub log_group_class: Option<LogGroupClass>,
    /// These groups and no others, by name or ARN.
    #[shape(length = 1..=50)]
    pub log_group_identifiers: Option<Vec<GroupIdentifier>>,
}

/// Its reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Output {
    /// The groups.
    pub log_groups: Vec<GroupView>,
    /// Where to go on.
    pub next_token: Option<String>,
}

impl Operation for DescribeLogGroups {
    const NAME: &'static str = "DescribeLogGroups";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"logGroupNamePrefix": "/app/", "limit": 10}"#;

    type Service = Logs;
    type Input = Input;
    type Target = Found<()>;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Found<()>> {
        call.service.place(call, "").await
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Found<()>>) -> Result<Output> {
        let prefix = input.log_group_name_prefix.as_ref().map_or("", |prefix| &prefix.0);
        let pattern = input.log_group_name_pattern.as_deref().unwrap_or_default();
        let (has_prefix, has_pattern) = (!prefix.is_empty(), !pattern.is_empty());
        if has_prefix && has_pattern {
            return Err(error::prefix_and_pattern());
        }
        let class = input.log_group_class.map(LogGroupClass::name);
        let is_wanted = |group: &Group| {
            group.name.contains(pattern) && class.is_none_or(|class| class == group.class)
        };
        if let Some(identifiers) = &input.log_group_identifiers {
            if has_prefix || has_pattern {
                return Err(error::prefix_and_pattern());
            }
            return Ok(Output { log_groups: named(call, identifiers).await?, next_token: None });
        }
        let scope =
            Scope { operation: Self::NAME, query: &format!("{prefix}|{pattern}|{class:?}") };
        let size = DescribeLimit::size(input.limit);
        let page = call.service.list_groups(
            call,
            scope,
            prefix,
            input.next_token.as_ref(),
            size,
            &is_wanted,
        );
        let page = page.await?;
        let mut log_groups = Vec::with_capacity(page.items.len());
        for group in &page.items {
            log_groups.push(GroupView::of(group, call.service.size(group).await?));
        }
        Ok(Output { log_groups, next_token: page.next })
    }
}

/// The groups of the caller's that are named; one that is not there is left out.
async fn named(call: &Call<'_>, identifiers: &[GroupIdentifier]) -> Result<Vec<GroupView>> {
    let mut views = Vec::new();
    for identifier in identifiers {
        let Reference { account, region, name } = Reference::identified(call, identifier)?;
        if account != call.caller.account() || region != call.region {
            continue;
        }
        if let Some(group) = call.service.group(account, region, name).await? {
            views.push(GroupView::of(&group, call.service.size(&group).await?));
        }
    }
    Ok(views)
}
