//! ListTrails: lists the trails of the account in all regions.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};

use crate::{Call, CloudTrail};

/// The operation.
pub struct ListTrails;

/// The request.
#[derive(Shape)]
pub struct Input {
    /// Where to go on; one page holds all trails.
    #[allow(dead_code, reason = "one page holds all trails")]
    next_token: Option<String>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    trails: Vec<TrailInfo>,
}

/// A trail.
#[derive(Reply)]
pub struct TrailInfo {
    #[shape(name = "TrailARN")]
    trail_arn: String,
    name: String,
    home_region: String,
}

impl Operation for ListTrails {
    const NAME: &'static str = "ListTrails";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = "{}";

    type Service = CloudTrail;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, _: &Input, account: Authorized<Account>) -> Result<Output> {
        let trails = call.service.trails(&account.0).await?;
        let trails = trails.iter().map(|trail| TrailInfo {
            trail_arn: trail.arn(),
            name: trail.name.clone(),
            home_region: trail.region.clone(),
        });
        Ok(Output { trails: trails.collect() })
    }
}
