//! DecodeAuthorizationMessage: tells in full why a call was denied.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};

use crate::authorization_message::decode;
use crate::{Call, Sts, error};

/// The operation.
pub struct DecodeAuthorizationMessage;

/// The request.
#[derive(Shape)]
pub struct Input {
    #[shape(length = 1..=10240)]
    encoded_message: String,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    decoded_message: String,
}

impl Operation for DecodeAuthorizationMessage {
    const NAME: &'static str = "DecodeAuthorizationMessage";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"EncodedMessage": "AQ"}"#;

    type Service = Sts;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<Output> {
        let (keyring, account) = (&call.service.keyring, call.caller.account());
        let decoded_message = decode(keyring, account, &input.encoded_message)
            .ok_or_else(error::invalid_authorization_message)?;
        Ok(Output { decoded_message })
    }
}
