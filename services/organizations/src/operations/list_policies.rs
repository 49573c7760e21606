//! ListPolicies: lists the policies of a type.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};
use strongroom_store::{Direction, Range};

use crate::find::{Everything, Found};
use crate::policy::{Held, Policy};
use crate::shapes::{MaxResults, NextToken, PolicyType};
use crate::views::PolicySummary;
use crate::{Call, Organizations, error, page, paths};

/// ListPolicies.
pub struct ListPolicies;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The type.
    pub filter: PolicyType,
    /// Where to go on.
    pub next_token: Option<NextToken>,
    /// How many entries a page may have; 20 if absent.
    pub max_results: Option<MaxResults>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The policies.
    pub policies: Vec<PolicySummary>,
    /// Where to go on.
    pub next_token: Option<String>,
}

/// Stands before the id of every policy.
const BEFORE_ALL: &str = "0";

impl Operation for ListPolicies {
    const NAME: &'static str = "ListPolicies";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"Filter": "SERVICE_CONTROL_POLICY"}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Found<Everything>;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Found<Everything>> {
        call.service.find_everything(call).await
    }

    fn condition<'v>(
        input: &'v Input,
        _: Option<&'v Found<Everything>>,
        key: &str,
    ) -> Option<Values<'v>> {
        (key == "organizations:policytype").then(|| Values::one(input.filter.text()))
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        target: Authorized<Found<Everything>>,
    ) -> Result<Output> {
        let organization = &target.organization;
        if input.filter != PolicyType::ServiceControl || !organization.has_policies() {
            return Ok(Output { policies: Vec::new(), next_token: None });
        }
        let range = Range::prefix(paths::policy(organization, ""));
        let begins = page::name(input.next_token.as_ref())?.is_none();
        // AWS's own policy is in no record; it comes first.
        let full_access = begins.then_some(Held::FullAccess);
        let size = page::size(input.max_results) - usize::from(begins);
        if size == 0 {
            let policies = full_access.iter().map(|held| PolicySummary::of(organization, held));
            let next_token = Some(page::token(&range, BEFORE_ALL));
            return Ok(Output { policies: policies.collect(), next_token });
        }
        let rest = page::rest(&range, input.next_token.as_ref())?;
        let records = &call.service.records;
        let found = records.scan::<Policy>(rest, Direction::Forward, size).await;
        let found = found.map_err(error::of_record)?;
        let last = found.records.last().filter(|_| found.more).map(|last| last.key.clone());
        let all = full_access.into_iter().chain(found.records.into_iter().map(Held::Own));
        Ok(Output {
            policies: all.map(|held| PolicySummary::of(organization, &held)).collect(),
            next_token: last.map(|last| page::token(&range, &last)),
        })
    }
}
