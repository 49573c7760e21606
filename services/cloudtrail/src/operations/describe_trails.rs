//! DescribeTrails: shows the trails of the region, and those of other regions that cover it.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};

use crate::views::TrailView;
use crate::{Call, CloudTrail, arn, error, names};

/// The operation.
pub struct DescribeTrails;

/// The request.
#[derive(Shape)]
#[shape(camel)]
pub struct Input {
    /// Names or ARNs; all trails if absent or empty.
    trail_name_list: Option<Vec<String>>,
    /// Whether trails of other regions that cover this one are shown; they are if absent.
    include_shadow_trails: Option<bool>,
}

/// The reply.
#[derive(Reply)]
#[shape(camel)]
pub struct Output {
    trail_list: Vec<TrailView>,
}

impl Operation for DescribeTrails {
    const NAME: &'static str = "DescribeTrails";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"trailNameList": ["audit"]}"#;

    type Service = CloudTrail;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, account: Authorized<Account>) -> Result<Output> {
        let wanted = input.trail_name_list.as_deref().unwrap_or_default();
        for name in wanted {
            match name.starts_with("arn:") {
                true => drop(arn::parse(name).ok_or_else(|| error::invalid_arn(name))?),
                false => names::check_trail(name)?,
            }
        }
        let with_shadows = input.include_shadow_trails.unwrap_or(true);
        let trails = call.service.trails(&account.0).await?;
        let shown = trails.iter().filter(|trail| {
            let is_here = trail.region == call.region;
            let is_seen = is_here || (with_shadows && trail.settings.multi_region);
            let by_arn = wanted.contains(&trail.arn());
            // An ARN leads into other regions, a name does not.
            match wanted.is_empty() {
                true => is_seen,
                false => by_arn || (is_seen && wanted.contains(&trail.name)),
            }
        });
        Ok(Output { trail_list: shown.map(|trail| TrailView::of(trail)).collect() })
    }
}
