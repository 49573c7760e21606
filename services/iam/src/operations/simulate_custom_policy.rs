//! SimulateCustomPolicy: tells what a user with these policies could do, and why.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};

use crate::page::Wanted;
use crate::shape::{Document, Marker, MaxItems};
use crate::simulate::{ActionName, ContextEntry, EvaluationResult, Question, ResourceName};
use crate::subject::{OrganizationPolicies, SubjectPolicies};
use crate::{Call, Iam};

/// The operation.
pub struct SimulateCustomPolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    policy_input_list: Vec<Document>,
    permissions_boundary_policy_input_list: Option<Vec<Document>>,
    #[shape(length = 0..=7)]
    ordered_organization_policy_input_list: Option<Vec<OrganizationPolicies>>,
    action_names: Vec<ActionName>,
    resource_arns: Option<Vec<ResourceName>>,
    resource_policy: Option<Document>,
    resource_owner: Option<ResourceName>,
    caller_arn: Option<ResourceName>,
    context_entries: Option<Vec<ContextEntry>>,
    #[shape(length = 1..=64)]
    resource_handling_option: Option<String>,
    max_items: Option<MaxItems>,
    marker: Option<Marker>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    evaluation_results: Vec<EvaluationResult>,
    is_truncated: bool,
    marker: Option<String>,
}

impl Operation for SimulateCustomPolicy {
    const NAME: &'static str = "SimulateCustomPolicy";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"PolicyInputList": ["{}"], "ActionNames": ["s3:GetObject"]}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(_: &Call<'_>, input: &Input, target: Authorized<Account>) -> Result<Output> {
        let wanted = Wanted::read(input.marker.as_ref(), input.max_items)?;
        let boundary = input.permissions_boundary_policy_input_list.as_deref();
        let mut policies = SubjectPolicies::default();
        policies.add(&input.policy_input_list)?;
        policies.bound_by(boundary.unwrap_or_default())?;
        let levels = input.ordered_organization_policy_input_list.as_deref();
        policies.controlled_by(levels.unwrap_or_default())?;
        let question = Question {
            account: &target.0,
            subject: None,
            actions: &input.action_names,
            resources: input.resource_arns.as_deref().unwrap_or_default(),
            resource_policy: input.resource_policy.as_deref(),
            resource_owner: input.resource_owner.as_deref(),
            caller: input.caller_arn.as_deref(),
            context: input.context_entries.as_deref().unwrap_or_default(),
        };
        let page = wanted.of(&question.answer(&policies)?)?;
        Ok(Output {
            is_truncated: page.is_truncated(),
            marker: page.marker,
            evaluation_results: page.items,
        })
    }
}
