//! GetUser: shows a user, or who calls.

use strongroom_api::Target as _;
use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::found::{KeyOwner};
use crate::shape::{ExistingUserName};
use crate::{Call, Iam, shown};

/// The operation.
pub struct GetUser;

/// The request.
#[derive(Shape)]
pub struct Input {
    user_name: Option<ExistingUserName>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    user: shown::User,
}

impl Operation for GetUser {
    const NAME: &'static str = "GetUser";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"UserName": "anna"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = KeyOwner;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<KeyOwner> {
        call.service.find_key_owner(call, input.user_name.as_deref()).await
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<KeyOwner>) -> Result<Output> {
        let account = match &*target {
            KeyOwner::User(user) => return Ok(Output { user: shown::User::whole(user) }),
            KeyOwner::Root(account) => account,
        };
        let ledger = call.service.ledger(account).await?;
        let user = shown::User {
            path: "/".to_owned(),
            user_name: None,
            user_id: account.clone(),
            arn: target.arn().into_owned(),
            create_date: ledger.map_or(call.now, |ledger| ledger.created),
            permissions_boundary: None,
            tags: None,
        };
        Ok(Output { user })
    }
}
