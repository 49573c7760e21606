//! UnlabelParameterVersion: takes labels off a version.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::find::Slot;
use crate::name::Selector;
use crate::shapes::{Label, Name};
use crate::{Call, Ssm, error};

/// UnlabelParameterVersion.
pub struct UnlabelParameterVersion;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The name or ARN.
    pub name: Name,
    /// The version.
    pub parameter_version: i64,
    /// The labels.
    #[shape(length = 1..=10)]
    pub labels: Vec<Label>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    removed_labels: Vec<String>,
    invalid_labels: Vec<String>,
}

impl Operation for UnlabelParameterVersion {
    const NAME: &'static str = "UnlabelParameterVersion";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"Name": "/prod/db/password", "ParameterVersion": 1, "Labels": ["stable"]}"#;

    type Service = Ssm;
    type Input = Input;
    type Target = Slot;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Slot> {
        call.service.existing(call, &input.name.0).await
    }

    async fn run(call: &Call<'_>, input: &Input, slot: Authorized<Slot>) -> Result<Output> {
        let found = slot.parameter()?;
        let number = input.parameter_version;
        let mut changed = found.value.clone();
        let version = changed.versions.iter_mut().find(|version| version.number == number);
        let version =
            version.ok_or_else(|| error::no_version(&found.name, &Selector::Number(number)))?;
        let (removed, invalid): (Vec<_>, Vec<_>) = input
            .labels
            .iter()
            .map(|label| label.0.clone())
            .partition(|label| version.labels.contains(label));
        version.labels.retain(|had| !removed.contains(had));
        call.service.replace(found, &changed).await?;
        Ok(Output { removed_labels: removed, invalid_labels: invalid })
    }
}
