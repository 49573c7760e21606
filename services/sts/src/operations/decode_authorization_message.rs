//! DecodeAuthorizationMessage: tells in full why a call was denied.

use data_encoding::BASE64URL_NOPAD;
use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};

use crate::{Call, MESSAGE, Sts, error};

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
        let decoded_message = decode(call, &input.encoded_message)
            .ok_or_else(error::invalid_authorization_message)?;
        Ok(Output { decoded_message })
    }
}

fn decode(call: &Call<'_>, message: &str) -> Option<String> {
    let sealed = BASE64URL_NOPAD.decode(message.as_bytes()).ok()?;
    let opened = call.service.keyring.open(MESSAGE, &sealed).ok()?;
    std::str::from_utf8(&opened).ok().map(str::to_owned)
}
