//! DeleteResourcePolicy: takes the resource policy off a secret.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};

use crate::id::SecretId;
use crate::policy::{self, DEFAULT_NAME, PolicyName};
use crate::secret::Found;
use crate::{Call, SecretsManager, replicate};

/// The operation.
pub struct DeleteResourcePolicy;

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
    policy_name: &'static str,
}

impl Operation for DeleteResourcePolicy {
    const NAME: &'static str = "DeleteResourcePolicy";
    const AUDIT: Audit = Audit::WriteOf(&["ARN"]);
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
        secret.must_be_changeable()?;
        policy::check_name(input.policy_name.as_ref())?;
        // Deleting where there is none succeeds and changes nothing.
        if secret.policy.is_some() {
            let mut changed = secret.0.value.clone();
            changed.policy = None;
            changed.mark_changed(call.now);
            call.service.save(Some(&secret), changed, Vec::new()).await?;
            replicate::propagate(call, &secret).await;
        }
        Ok(Output {
            arn: secret.0.arn().to_owned(),
            name: secret.name.clone(),
            policy_name: DEFAULT_NAME,
        })
    }
}
