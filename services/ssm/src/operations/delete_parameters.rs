//! DeleteParameters: deletes up to ten parameters.

use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Reply, Result, Shape};

use crate::find::{Slot, Slots};
use crate::operations::delete_parameter::delete;
use crate::shapes::Name;
use crate::{Call, Ssm};

/// DeleteParameters.
pub struct DeleteParameters;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The names or ARNs.
    #[shape(length = 1..=10)]
    pub names: Vec<Name>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    deleted_parameters: Vec<String>,
    invalid_parameters: Vec<String>,
}

/// The permission.
const ACTION: &str = "ssm:DeleteParameters";
/// How often one parameter is tried while others change it.
const MOST_ATTEMPTS: usize = 16;

impl Operation for DeleteParameters {
    const NAME: &'static str = "DeleteParameters";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"Names": ["/prod/db/user", "/prod/db/password"]}"#;

    type Service = Ssm;
    type Input = Input;
    type Target = Slots;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Slots> {
        let mut slots = Vec::with_capacity(input.names.len());
        for (index, name) in input.names.iter().enumerate() {
            // A name that is there twice is deleted once.
            if input.names[..index].contains(name) {
                continue;
            }
            slots.push(call.service.slot(call, &name.0).await?);
        }
        Ok(Slots(slots))
    }

    fn demands<'t>(_: &'t Input, slots: &'t Slots) -> Demands<'t> {
        slots.0.iter().map(|slot| Demand::of(ACTION, slot)).collect()
    }

    async fn run(call: &Call<'_>, _: &Input, slots: Authorized<Slots>) -> Result<Output> {
        let mut output = Output { deleted_parameters: Vec::new(), invalid_parameters: Vec::new() };
        for slot in slots.into_inner().0 {
            let asked = slot.asked.clone();
            if delete_one(call, slot).await? {
                output.deleted_parameters.push(asked);
            } else {
                output.invalid_parameters.push(asked);
            }
        }
        Ok(output)
    }
}

/// Whether there was anything to delete. Starting the whole call again when another writer was faster
/// would count what is already deleted as missing, so one parameter is found and authorized again.
async fn delete_one(call: &Call<'_>, mut slot: Slot) -> Result<bool> {
    for _ in 0..MOST_ATTEMPTS {
        let Some(found) = &slot.found else { return Ok(false) };
        match delete(call, found).await {
            Err(error) if error.is_conflict() => {}
            outcome => return outcome.map(|()| true),
        }
        slot = call.service.slot(call, &slot.asked).await?;
        if !call.would_allow(ACTION, &slot) {
            return Ok(false);
        }
    }
    Err(crate::error::busy())
}
