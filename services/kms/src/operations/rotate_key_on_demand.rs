//! RotateKeyOnDemand: gives a key new material at once.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::material::Source;
use crate::state::Act;
use crate::subject::Subject;
use crate::{Call, Key, KeyId, Kms, error, rotation};

/// RotateKeyOnDemand.
pub struct RotateKeyOnDemand;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, by id or ARN.
    pub key_id: KeyId,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The key's id.
    pub key_id: String,
}

/// AWS's quota for the lifetime of a key.
const MOST_ON_DEMAND: usize = 25;

impl Operation for RotateKeyOnDemand {
    const NAME: &'static str = "RotateKeyOnDemand";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key_by_id(call, &input.key_id).await
    }

    async fn run(call: &Call<'_>, _: &Input, subject: Authorized<Subject>) -> Result<Output> {
        subject.check_customer_managed()?;
        rotation::check_automatic(&subject)?;
        subject.check_state(Act::Use, call.now)?;
        let on_demand = |source: Source| source == Source::OnDemand;
        let so_far = subject.materials.iter().filter(|material| on_demand(material.source)).count();
        if so_far >= MOST_ON_DEMAND {
            return Err(error::too_many_rotations(subject.arn()));
        }
        // The date of the next rotation by itself stays as it is.
        let mut changed = Key::clone(&subject);
        changed.rotate(call.now, Source::OnDemand, call.entropy);
        call.service.save(&subject, &changed).await?;
        Ok(Output { key_id: subject.id.clone() })
    }
}
