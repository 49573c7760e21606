//! ListPoliciesForTarget: lists the policies attached to a root, a unit or an account itself.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};

use crate::find::{Found, FoundNode};
use crate::shapes::{MaxResults, NextToken, PolicyTargetId, PolicyType};
use crate::views::PolicySummary;
use crate::{Call, Organizations, error};

/// ListPoliciesForTarget.
pub struct ListPoliciesForTarget;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The root, unit or account.
    pub target_id: PolicyTargetId,
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
    /// The policies: at most five, so that one page holds them.
    pub policies: Vec<PolicySummary>,
}

impl Operation for ListPoliciesForTarget {
    const NAME: &'static str = "ListPoliciesForTarget";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"TargetId": "r-a1b2", "Filter": "SERVICE_CONTROL_POLICY"}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Found<FoundNode>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<FoundNode>> {
        call.service.find_node(call, &input.target_id.0, |_| true, error::no_such_target).await
    }

    fn condition<'v>(
        input: &'v Input,
        _: Option<&'v Found<FoundNode>>,
        key: &str,
    ) -> Option<Values<'v>> {
        (key == "organizations:policytype").then(|| Values::one(input.filter.text()))
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        found: Authorized<Found<FoundNode>>,
    ) -> Result<Output> {
        let organization = &found.organization;
        let mut policies = Vec::new();
        if input.filter == PolicyType::ServiceControl {
            for id in found.of.policies(organization) {
                let held =
                    call.service.policy(organization, &id).await.map_err(error::of_record)?;
                policies.extend(held.map(|held| PolicySummary::of(organization, &held)));
            }
        }
        Ok(Output { policies })
    }
}
