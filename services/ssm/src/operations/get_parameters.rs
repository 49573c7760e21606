//! GetParameters: the values of up to ten parameters.

use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Reply, Result, Shape};
use strongroom_wire::protocol::Family;

use crate::find::Slots;
use crate::shapes::Name;
use crate::views::ParameterView;
use crate::{Call, Ssm, reading};

/// GetParameters.
pub struct GetParameters;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The names or ARNs, perhaps with versions or labels behind them.
    #[shape(length = 1..=10)]
    pub names: Vec<Name>,
    /// Whether SecureStrings are wanted in clear.
    pub with_decryption: Option<bool>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    parameters: Vec<ParameterView>,
    invalid_parameters: Vec<String>,
}

impl Operation for GetParameters {
    const NAME: &'static str = "GetParameters";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str =
        r#"{"Names": ["/prod/db/user", "/prod/db/password"], "WithDecryption": true}"#;

    type Service = Ssm;
    type Input = Input;
    type Target = Slots;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Slots> {
        let mut slots = Vec::with_capacity(input.names.len());
        for (index, name) in input.names.iter().enumerate() {
            // A name that is there twice is answered once.
            if input.names[..index].contains(name) {
                continue;
            }
            slots.push(call.service.slot(call, &name.0).await?);
        }
        Ok(Slots(slots))
    }

    fn demands<'t>(_: &'t Input, slots: &'t Slots) -> Demands<'t> {
        let demand = |slot| Demand::of("ssm:GetParameters", slot);
        slots.0.iter().map(|slot| demand(slot as _)).collect()
    }

    async fn run(call: &Call<'_>, input: &Input, slots: Authorized<Slots>) -> Result<Output> {
        let decrypt = input.with_decryption == Some(true);
        let mut output = Output { parameters: Vec::new(), invalid_parameters: Vec::new() };
        for slot in &slots.0 {
            match reading::read(call, slot, decrypt).await {
                Ok(view) => output.parameters.push(view),
                Err(error) if is_missing(error.code(Family::Json)) => {
                    output.invalid_parameters.push(slot.asked.clone());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(output)
    }
}

fn is_missing(code: &str) -> bool {
    matches!(code, "ParameterNotFound" | "ParameterVersionNotFound")
}
