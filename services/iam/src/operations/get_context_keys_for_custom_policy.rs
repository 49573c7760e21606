//! GetContextKeysForCustomPolicy: lists the condition keys that policies ask for.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};

use crate::shape::Document;
use crate::subject::SubjectPolicies;
use crate::{Call, Iam};

/// The operation.
pub struct GetContextKeysForCustomPolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    policy_input_list: Vec<Document>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    context_key_names: Vec<String>,
}

impl Operation for GetContextKeysForCustomPolicy {
    const NAME: &'static str = "GetContextKeysForCustomPolicy";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"PolicyInputList": ["{}"]}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(_: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<Output> {
        let mut policies = SubjectPolicies::default();
        policies.add(&input.policy_input_list)?;
        Ok(Output { context_key_names: policies.context_keys() })
    }
}
