//! GetResourcePolicy: the resource policy of a secret, as text.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};

use crate::id::SecretId;
use crate::policy::{self, DEFAULT_NAME, PolicyName};
use crate::secret::Found;
use crate::{Call, SecretsManager, error};

/// The operation.
pub struct GetResourcePolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    secret_id: SecretId,
    policy_name: Option<PolicyName>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    #[shape(name = "ARN")]
    arn: String,
    name: String,
    resource_policy: Option<String>,
    policy_name: &'static str,
}

impl Operation for GetResourcePolicy {
    const NAME: &'static str = "GetResourcePolicy";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"SecretId": "prod/db"}"#;

    type Service = SecretsManager;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        call.service.find(call, &input.secret_id).await
    }

    fn condition<'v>(_: &'v Input, secret: Option<&'v Found>, key: &str) -> Option<Values<'v>> {
        secret?.condition(key)
    }

    async fn run(call: &Call<'_>, input: &Input, secret: Authorized<Found>) -> Result<Output> {
        secret.must_be_active()?;
        if let Some(PolicyName(name)) = input.policy_name.as_ref().filter(|n| n.0 != DEFAULT_NAME) {
            return Err(error::no_such_policy(name));
        }
        let resource_policy = match &secret.policy {
            Some(attached) => Some(policy::shown(call, attached).await?),
            None => None,
        };
        Ok(Output {
            arn: secret.0.arn().to_owned(),
            name: secret.name.clone(),
            resource_policy,
            policy_name: DEFAULT_NAME,
        })
    }
}
