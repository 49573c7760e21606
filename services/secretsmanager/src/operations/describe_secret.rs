//! DescribeSecret: everything about a secret but its value.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::description::Description;
use crate::id::SecretId;
use crate::secret::Found;
use crate::{Call, SecretsManager};

/// The operation.
pub struct DescribeSecret;

/// The request.
#[derive(Shape)]
pub struct Input {
    secret_id: SecretId,
}

impl Operation for DescribeSecret {
    const NAME: &'static str = "DescribeSecret";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"SecretId": "prod/db"}"#;

    type Service = SecretsManager;
    type Input = Input;
    type Target = Found;
    type Output = Description;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        call.service.find(call, &input.secret_id).await
    }

    fn condition<'v>(_: &'v Input, secret: Option<&'v Found>, key: &str) -> Option<Values<'v>> {
        secret?.condition(key)
    }

    async fn run(call: &Call<'_>, _: &Input, secret: Authorized<Found>) -> Result<Description> {
        call.service.describe(&secret).await
    }
}
