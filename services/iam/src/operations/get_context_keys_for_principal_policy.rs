//! GetContextKeysForPrincipalPolicy: lists the condition keys that the policies of a user, group or role ask for.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::shape::{Arn, Document};
use crate::subject::Subject;
use crate::{Call, Iam};

/// The operation.
pub struct GetContextKeysForPrincipalPolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    policy_source_arn: Arn,
    policy_input_list: Option<Vec<Document>>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    context_key_names: Vec<String>,
}

impl Operation for GetContextKeysForPrincipalPolicy {
    const NAME: &'static str = "GetContextKeysForPrincipalPolicy";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"PolicySourceArn": "arn:aws:iam::123456789012:user/anna"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_subject(call, &input.policy_source_arn).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Subject>) -> Result<Output> {
        let mut policies = call.service.policies_of(&target).await?;
        policies.add(input.policy_input_list.as_deref().unwrap_or_default())?;
        Ok(Output { context_key_names: policies.context_keys() })
    }
}
