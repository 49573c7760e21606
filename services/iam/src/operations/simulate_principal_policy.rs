//! SimulatePrincipalPolicy: tells what a user, group or role could do, and why.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::exclusion::PolicyIdentifier;
use crate::page::Wanted;
use crate::shape::{Arn, Document, Marker, MaxItems};
use crate::simulate::{ActionName, ContextEntry, EvaluationResult, Question, ResourceName};
use crate::subject::Subject;
use crate::{Call, Iam};

/// The operation.
pub struct SimulatePrincipalPolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    policy_source_arn: Arn,
    policy_input_list: Option<Vec<Document>>,
    permissions_boundary_policy_input_list: Option<Vec<Document>>,
    #[shape(length = 0..=256)]
    policy_exclusion_list: Option<Vec<PolicyIdentifier>>,
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

impl Operation for SimulatePrincipalPolicy {
    const NAME: &'static str = "SimulatePrincipalPolicy";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"PolicySourceArn": "arn:aws:iam::123456789012:user/anna", "ActionNames": ["s3:GetObject"]}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_subject(call, &input.policy_source_arn).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Subject>) -> Result<Output> {
        let wanted = Wanted::read(input.marker.as_ref(), input.max_items)?;
        let more = input.policy_input_list.as_deref().unwrap_or_default();
        let boundary = input.permissions_boundary_policy_input_list.as_deref();
        let mut policies = call.service.policies_of(&target).await?;
        policies.exclude(input.policy_exclusion_list.as_deref().unwrap_or_default());
        policies.add(more)?;
        policies.bound_by(boundary.unwrap_or_default())?;
        let question = Question {
            account: call.caller.account(),
            subject: Some(&target),
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
