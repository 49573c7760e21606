//! ListLogGroups: lists log groups, by name.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::group::Group;
use crate::page::Scope;
use crate::pattern::Wildcard;
use crate::shapes::{AccountId, LogGroupClass, NextToken};
use crate::target::Found;
use crate::{Call, Logs};

/// A source of data.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct DataSource {
    /// Its name.
    pub name: String,
    /// Its type.
    pub r#type: Option<String>,
}

/// The name of a field index.
#[derive(Debug, Shape)]
#[shape(length = 1..=512, pattern = r"[\.\-_/#A-Za-z0-9]+")]
pub struct FieldIndexName(pub String);

/// A tag that a group has.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct TagFilter {
    /// The key.
    #[shape(length = 1..=128, pattern = r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]+)$")]
    pub key: String,
    /// One of these values, with `*` at either end, or none of those that begin with `!`.
    #[shape(length = 0..=5)]
    pub values: Option<Vec<TagFilterValue>>,
}

/// A value of a tag with wildcards.
#[derive(Debug, Shape)]
#[shape(length = 0..=259, pattern = r"^!?\*?([\p{L}\p{Z}\p{N}_.:/=+\-@]*)\*?$")]
pub struct TagFilterValue(pub String);

/// A group in the list.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Summary {
    log_group_name: String,
    log_group_arn: String,
    log_group_class: String,
}

/// ListLogGroups.
pub struct ListLogGroups;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// What the names contain: up to five texts with `|` between them, `^` before one that begins a name.
    #[shape(length = 3..=129, pattern = r"(\^?[\.\-_\/#A-Za-z0-9]{3,24})(\|\^?[\.\-_\/#A-Za-z0-9]{3,24}){0,4}")]
    pub log_group_name_pattern: Option<String>,
    /// What the groups are meant for.
    pub log_group_class: Option<LogGroupClass>,
    /// Whether to show groups of linked accounts as well; there are no such links here.
    pub include_linked_accounts: Option<bool>,
    /// Accounts whose groups are shown to this one.
    #[shape(length = 0..=20)]
    pub account_identifiers: Option<Vec<AccountId>>,
    /// Where to go on.
    pub next_token: Option<NextToken>,
    /// How many groups a page has; 50 if absent.
    #[shape(range = 1..=1000)]
    pub limit: Option<i32>,
    /// Sources of data, which no group has.
    #[shape(length = 1..=5)]
    pub data_sources: Option<Vec<DataSource>>,
    /// Names of field indexes, which no group has.
    #[shape(length = 1..=20)]
    pub field_index_names: Option<Vec<FieldIndexName>>,
    /// Tags that the groups have.
    #[shape(length = 1..=5)]
    pub log_group_tags: Option<Vec<TagFilter>>,
}

/// Its reply.
#[derive(Debug, Reply)]
#[shape(camel)]
pub struct Output {
    /// The groups.
    pub log_groups: Vec<Summary>,
    /// Where to go on.
    pub next_token: Option<String>,
}

impl Operation for ListLogGroups {
    const NAME: &'static str = "ListLogGroups";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"logGroupNamePattern": "^/app/|lambda", "limit": 10}"#;

    type Service = Logs;
    type Input = Input;
    type Target = Found<()>;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Found<()>> {
        call.service.place(call, "").await
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Found<()>>) -> Result<Output> {
        if input.data_sources.is_some() || input.field_index_names.is_some() {
            return Ok(Output { log_groups: Vec::new(), next_token: None });
        }
        let pattern = input.log_group_name_pattern.as_deref().unwrap_or_default();
        let class = input.log_group_class.map(LogGroupClass::name);
        let tags = input.log_group_tags.as_deref().unwrap_or_default();
        let is_wanted = |group: &Group| {
            pattern.split('|').any(|option| is_named(&group.name, option))
                && class.is_none_or(|class| class == group.class)
                && tags.iter().all(|tag| tag.is_met(group))
        };
        let scope = Scope { operation: Self::NAME, query: &format!("{pattern}|{class:?}") };
        let size = input.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(50);
        let token = input.next_token.as_ref();
        let page = call.service.list_groups(call, scope, "", token, size, &is_wanted).await?;
        let log_groups = page.items.iter().map(|group| Summary::of(group)).collect();
        Ok(Output { log_groups, next_token: page.next })
    }
}

impl Summary {
    fn of(group: &Group) -> Self {
        Self {
            log_group_name: group.name.clone(),
            log_group_arn: group.arn(),
            log_group_class: group.class.clone(),
        }
    }
}

impl TagFilter {
    fn is_met(&self, group: &Group) -> bool {
        let Some(value) = group.tags.get(&self.key) else { return false };
        let (mut wanted, mut found) = (false, false);
        for option in self.values.iter().flatten() {
            match option.0.strip_prefix('!') {
                Some(unwanted) if Wildcard::bare(unwanted).matches(value) => return false,
                Some(_) => {}
                None => {
                    wanted = true;
                    found |= Wildcard::bare(&option.0).matches(value);
                }
            }
        }
        found || !wanted
    }
}

fn is_named(name: &str, option: &str) -> bool {
    match option.strip_prefix('^') {
        Some(beginning) => name.starts_with(beginning),
        None => name.contains(option),
    }
}
