//! DeleteJoinToken: makes a token worth nothing. A host that has joined with it stays.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::token::{self, Found, Token};
use crate::{Call, Hosts, error, paths};

/// The operation.
pub struct DeleteJoinToken;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    #[shape(length = 20..=20, pattern = "jt-[0-9a-f]{17}")]
    token_id: String,
}

impl Operation for DeleteJoinToken {
    const NAME: &'static str = "DeleteJoinToken";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"TokenId": "jt-0123456789abcdef0"}"#;

    type Service = Hosts;
    type Input = Input;
    type Target = Found;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        let (account, id) = (call.caller.account(), &input.token_id);
        let key = paths::token(account, id);
        let read = call.service.records.get::<Token>(&key).await.map_err(error::storage)?;
        let missing = || error::no_such_token(id).about(token::arn(account, id));
        Ok(Found::new(read.ok_or_else(missing)?))
    }

    async fn run(call: &Call<'_>, _: &Input, token: Authorized<Found>) -> Result<()> {
        let mut changes = call.service.records.changes();
        changes.remove(&token.read);
        call.service.records.commit(changes).await.map(drop).map_err(error::storage)
    }
}
