//! GetAccessKeyInfo: tells which account an access key belongs to.

use strongroom_api::{
    Account, Audit, Authorized, Error, Operation, Reply, Result, Shape, access_key,
};

use crate::{Call, Sts};

/// The operation.
pub struct GetAccessKeyInfo;

/// The request.
#[derive(Shape)]
pub struct Input {
    #[shape(length = 16..=128, pattern = r"[\w]*")]
    access_key_id: String,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    account: String,
}

impl Operation for GetAccessKeyInfo {
    const NAME: &'static str = "GetAccessKeyInfo";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"AccessKeyId": "ASIAQNZGKIQY56JQ7WML"}"#;

    type Service = Sts;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(_: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<Output> {
        // As with AWS, the id alone tells; whether there is such a key does not matter.
        let account = access_key::account_of(&input.access_key_id);
        let invalid = || Error::validation("Access key id is invalid.");
        Ok(Output { account: account.ok_or_else(invalid)? })
    }
}
