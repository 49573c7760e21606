//! LabelParameterVersion: attaches labels to a version, from wherever they were before.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::find::Slot;
use crate::name::Selector;
use crate::parameter::MOST_LABELS;
use crate::shapes::{Label, Name};
use crate::{Call, Ssm, error, rules};

/// LabelParameterVersion.
pub struct LabelParameterVersion;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The name or ARN.
    pub name: Name,
    /// The version; the latest if absent.
    pub parameter_version: Option<i64>,
    /// The labels.
    #[shape(length = 1..=10)]
    pub labels: Vec<Label>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    invalid_labels: Vec<String>,
    parameter_version: i64,
}

impl Operation for LabelParameterVersion {
    const NAME: &'static str = "LabelParameterVersion";
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
        let latest = found.latest().map_or(0, |version| version.number);
        let number = input.parameter_version.unwrap_or(latest);
        let mut changed = found.value.clone();
        let (valid, invalid): (Vec<_>, Vec<_>) =
            input.labels.iter().map(|label| label.0.clone()).partition(|l| rules::is_label(l));
        for version in &mut changed.versions {
            if version.number != number {
                version.labels.retain(|had| !valid.contains(had));
            }
        }
        let version = changed.versions.iter_mut().find(|version| version.number == number);
        let version =
            version.ok_or_else(|| error::no_version(&found.name, &Selector::Number(number)))?;
        for label in valid {
            if !version.labels.contains(&label) {
                version.labels.push(label);
            }
        }
        if version.labels.len() > MOST_LABELS {
            return Err(error::too_many_labels());
        }
        call.service.replace(found, &changed).await?;
        Ok(Output { invalid_labels: invalid, parameter_version: number })
    }
}
