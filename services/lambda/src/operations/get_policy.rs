//! GetPolicy: shows who may call a function.

use strongroom_api::{Audit, Authorized, Operation, Place, Reply, Rest, Result, Shape};

use crate::find::Found;
use crate::shapes::{NamespacedFunctionName, Qualifier};
use crate::{Call, Lambda, error};

/// The operation.
pub struct GetPolicy;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: NamespacedFunctionName,
    qualifier: Option<Qualifier>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    policy: String,
    revision_id: String,
}

impl Operation for GetPolicy {
    const NAME: &'static str = "GetPolicy";
    const EVENT: &'static str = "GetPolicy20150331v2";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate"}"#;
    const REST: Option<&'static Rest> = Some(
        &Rest::new("GET", "/2015-03-31/functions/{FunctionName}/policy")
            .request(&[("Qualifier", Place::Query("Qualifier"))]),
    );

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        let qualifier = input.qualifier.as_ref().map(|one| one.0.as_str());
        call.service.find(call, &input.function_name.0, qualifier).await
    }

    async fn run(_: &Call<'_>, _: &Input, found: Authorized<Found>) -> Result<Output> {
        let qualifier = found.named.qualifier.as_deref().unwrap_or_default();
        let policy = found.function.policies.get(qualifier);
        let policy = policy.ok_or_else(|| error::no_policy(&found.named.qualified_arn()))?;
        Ok(Output { policy: policy.document(), revision_id: policy.revision_id.clone() })
    }
}
