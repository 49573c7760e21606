//! ListResourcePolicies: the names of the policies attached to a secret. There is one at most.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};

use crate::id::SecretId;
use crate::page::NextToken;
use crate::policy::DEFAULT_NAME;
use crate::secret::Found;
use crate::{Call, SecretsManager, error};

/// The operation.
pub struct ListResourcePolicies;

/// The request.
#[derive(Shape)]
pub struct Input {
    secret_id: SecretId,
    #[shape(range = 1..=100)]
    max_results: Option<i32>,
    next_token: Option<NextToken>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    resource_policies: Vec<Summary>,
}

/// A policy as the list shows it.
#[derive(Reply)]
pub struct Summary {
    policy_name: &'static str,
}

impl Operation for ListResourcePolicies {
    const NAME: &'static str = "ListResourcePolicies";
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

    async fn run(_: &Call<'_>, input: &Input, secret: Authorized<Found>) -> Result<Output> {
        secret.must_be_active()?;
        if input.next_token.is_some() {
            // One page holds them all, so no token was ever given.
            return Err(error::invalid_next_token());
        }
        let attached = secret.policy.iter().map(|_| Summary { policy_name: DEFAULT_NAME });
        Ok(Output { resource_policies: attached.collect() })
    }
}
