//! ListPublicKeys: shows the keys that signed digests in a time.

use strongroom_api::{
    Account, Audit, Authorized, Blob, Operation, Reply, Result, Shape, Timestamp,
};

use crate::{Call, CloudTrail, error};

/// The operation.
pub struct ListPublicKeys;

/// The request.
#[derive(Shape)]
pub struct Input {
    /// Keys that signed after this.
    start_time: Option<Timestamp>,
    /// Keys that signed before this; until now if absent.
    end_time: Option<Timestamp>,
    /// Where to go on; one page holds all keys.
    next_token: Option<String>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    public_key_list: Vec<Key>,
}

/// A key.
#[derive(Reply)]
pub struct Key {
    value: Blob,
    validity_start_time: Timestamp,
    validity_end_time: Timestamp,
    fingerprint: String,
}

impl Operation for ListPublicKeys {
    const NAME: &'static str = "ListPublicKeys";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"StartTime": 1769854830}"#;

    type Service = CloudTrail;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<Output> {
        if input.next_token.is_some() {
            return Err(error::invalid_token());
        }
        let to = input.end_time.unwrap_or(call.now);
        // As AWS: a start alone means from then on, nothing at all means keys in use now.
        let from = input.start_time.unwrap_or(to);
        if from > to {
            return Err(error::invalid_time_range());
        }
        let keys = call.service.keys.public_keys().await?;
        let signed = keys.into_iter().filter(|key| key.from <= to && key.to >= from);
        let shown = signed.map(|key| Key {
            value: Blob(key.value),
            validity_start_time: key.from,
            validity_end_time: key.to,
            fingerprint: key.fingerprint,
        });
        Ok(Output { public_key_list: shown.collect() })
    }
}
