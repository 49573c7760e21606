//! GetParameter: the value of a parameter, or of a secret that is read as one.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::find::Slot;
use crate::name::Named;
use crate::shapes::Name;
use crate::views::ParameterView;
use crate::{Call, Ssm, reading};

/// GetParameter.
pub struct GetParameter;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The name or ARN, perhaps with a version or label behind it.
    pub name: Name,
    /// Whether a SecureString is wanted in clear.
    pub with_decryption: Option<bool>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    parameter: ParameterView,
}

impl Operation for GetParameter {
    const NAME: &'static str = "GetParameter";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"Name": "/prod/db/password:3", "WithDecryption": true}"#;

    type Service = Ssm;
    type Input = Input;
    type Target = Slot;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Slot> {
        let slot = call.service.slot(call, &input.name.0).await?;
        if matches!(slot.named, Named::Parameter(..)) {
            slot.parameter()?;
        }
        Ok(slot)
    }

    async fn run(call: &Call<'_>, input: &Input, slot: Authorized<Slot>) -> Result<Output> {
        let decrypt = input.with_decryption == Some(true);
        Ok(Output { parameter: reading::read(call, &slot, decrypt).await? })
    }
}
