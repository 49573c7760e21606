//! ListUsers: lists the users of the account.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{User};
use crate::page::{Wanted};
use crate::shape::{Marker, MaxItems, PathPrefix};
use crate::{Call, Iam, shown};

/// The operation.
pub struct ListUsers;

/// The request.
#[derive(Shape)]
pub struct Input {
    path_prefix: Option<PathPrefix>,
    marker: Option<Marker>,
    max_items: Option<MaxItems>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    users: Vec<shown::User>,
    is_truncated: bool,
    marker: Option<String>,
}

impl Operation for ListUsers {
    const NAME: &'static str = "ListUsers";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = "{}";

    type Service = Iam;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Account>) -> Result<Output> {
        let wanted = Wanted::read(input.marker.as_ref(), input.max_items)?;
        let prefix = input.path_prefix.as_deref().unwrap_or("/");
        let matches = |one: &User| one.path.starts_with(prefix);
        let page = call.service.list(&target.0, &wanted, matches).await?;
        Ok(Output {
            is_truncated: page.is_truncated(),
            users: page.items.iter().map(|one| shown::User::brief(one)).collect(),
            marker: page.marker,
        })
    }
}
