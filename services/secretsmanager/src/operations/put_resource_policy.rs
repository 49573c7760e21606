//! PutResourcePolicy: attaches a resource policy to a secret, in place of the one it had.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};

use crate::id::SecretId;
use crate::policy::{self, DEFAULT_NAME, Document, PolicyName};
use crate::secret::{Attached, Found};
use crate::{Call, SecretsManager, error, replicate, write};

/// The operation.
pub struct PutResourcePolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    secret_id: SecretId,
    resource_policy: Document,
    policy_name: Option<PolicyName>,
    block_public_policy: Option<bool>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    #[shape(name = "ARN")]
    arn: String,
    name: String,
    policy_name: &'static str,
}

impl Operation for PutResourcePolicy {
    const NAME: &'static str = "PutResourcePolicy";
    const AUDIT: Audit = Audit::WriteOf(&["ARN"]);
    const EXAMPLE: &'static str = r#"{
        "SecretId": "prod/db",
        "ResourcePolicy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::123456789012:root\"},\"Action\":\"secretsmanager:GetSecretValue\",\"Resource\":\"*\"}]}",
        "BlockPublicPolicy": true
    }"#;

    type Service = SecretsManager;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        call.service.find(call, &input.secret_id).await
    }

    fn condition<'v>(input: &'v Input, secret: Option<&'v Found>, key: &str) -> Option<Values<'v>> {
        match key {
            "secretsmanager:blockpublicpolicy" => input.block_public_policy.map(write::truth),
            key => secret?.condition(key),
        }
    }

    async fn run(call: &Call<'_>, input: &Input, secret: Authorized<Found>) -> Result<Output> {
        secret.must_be_changeable()?;
        policy::check_name(input.policy_name.as_ref())?;
        let checked = policy::read(call, &input.resource_policy).await?;
        if input.block_public_policy.unwrap_or(false)
            && policy::grants_broad_access(&checked.policy)
        {
            return Err(error::public_policy());
        }
        let mut changed = secret.0.value.clone();
        changed.policy = Some(Attached::new(checked.stored));
        changed.mark_changed(call.now);
        let supposed = Found::supposed(&secret, changed.clone());
        if !call.would_allow_again::<Self>(input, &supposed) {
            return Err(error::would_lock_out());
        }
        call.service.save(Some(&secret), changed, Vec::new()).await?;
        replicate::propagate(call, &secret).await;
        Ok(Output {
            arn: secret.0.arn().to_owned(),
            name: secret.name.clone(),
            policy_name: DEFAULT_NAME,
        })
    }
}

#[cfg(test)]
mod tests;
