//! ListTags: shows the tags of trails.

use std::borrow::Cow;

use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Reply, Result, Shape, Target};

use crate::find::Found;
use crate::tag::{self, Tag};
use crate::{Call, CloudTrail, arn, error};

/// The operation.
pub struct ListTags;

/// The request.
#[derive(Shape)]
pub struct Input {
    /// ARNs of trails, 20 at most.
    resource_id_list: Vec<String>,
    /// Where to go on; one page holds all tags.
    next_token: Option<String>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    resource_tag_list: Vec<ResourceTag>,
}

/// The tags of one trail.
#[derive(Reply)]
pub struct ResourceTag {
    resource_id: String,
    tags_list: Vec<Tag>,
}

/// The trails asked about.
pub struct All {
    trails: Vec<Found>,
    account: String,
}

impl Target for All {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed("*")
    }

    fn account(&self) -> &str {
        &self.account
    }
}

const MOST: usize = 20;

impl Operation for ListTags {
    const NAME: &'static str = "ListTags";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str =
        r#"{"ResourceIdList": ["arn:aws:cloudtrail:us-east-1:123456789012:trail/audit"]}"#;

    type Service = CloudTrail;
    type Input = Input;
    type Target = All;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<All> {
        if input.resource_id_list.len() > MOST {
            return Err(error::too_many_ids(MOST));
        }
        let mut trails = Vec::new();
        for id in &input.resource_id_list {
            arn::parse(id).ok_or_else(|| error::no_such_resource(id))?;
            trails.push(Found::find(call, id).await?);
        }
        Ok(All { trails, account: call.caller.account().to_owned() })
    }

    fn demands<'t>(_: &'t Input, all: &'t All) -> Demands<'t> {
        match all.trails.is_empty() {
            true => Demands::from_iter([Demand::own::<Self>(all)]),
            false => {
                all.trails.iter().map(|trail| Demand::of("cloudtrail:ListTags", trail)).collect()
            }
        }
    }

    async fn run(_: &Call<'_>, input: &Input, all: Authorized<All>) -> Result<Output> {
        if input.next_token.is_some() {
            return Err(error::invalid_token());
        }
        let of_trail = |found: &Found| ResourceTag {
            resource_id: found.trail.arn(),
            tags_list: tag::show(&found.trail.tags),
        };
        Ok(Output { resource_tag_list: all.trails.iter().map(of_trail).collect() })
    }
}
