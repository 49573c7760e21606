//! GenerateRandom: random bytes.

use strongroom_api::{
    Account, Audit, Authorized, Blob, Operation, Reply, Result, Sensitive, Shape,
};

use crate::data_key::NumberOfBytes;
use crate::shapes::RecipientInfo;
use crate::{Call, Kms, error};

/// GenerateRandom.
pub struct GenerateRandom;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// How many. The model does not require it, AWS does.
    pub number_of_bytes: Option<NumberOfBytes>,
    /// Refused: there are no key stores.
    #[shape(length = 1..=64)]
    pub custom_key_store_id: Option<String>,
    /// Refused: there are no enclaves.
    pub recipient: Option<RecipientInfo>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The bytes.
    pub plaintext: Sensitive<Blob>,
}

impl Operation for GenerateRandom {
    const NAME: &'static str = "GenerateRandom";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"NumberOfBytes": 32}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<Output> {
        if input.recipient.is_some() {
            return Err(error::no_recipient());
        }
        if input.custom_key_store_id.is_some() {
            return Err(error::unsupported("Custom key stores are not supported."));
        }
        let Some(NumberOfBytes(length)) = input.number_of_bytes else {
            return Err(error::validation("NumberOfBytes is required."));
        };
        let mut bytes = vec![0; usize::try_from(length).map_err(error::internal)?];
        call.entropy.fill(&mut bytes);
        Ok(Output { plaintext: Sensitive::new(Blob(bytes)) })
    }
}
