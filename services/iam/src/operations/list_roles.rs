//! ListRoles: lists the roles of the account.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{Role};
use crate::page::{Wanted};
use crate::shape::{Marker, MaxItems, PathPrefix};
use crate::{Call, Iam, shown};

/// The operation.
pub struct ListRoles;

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
    roles: Vec<shown::Role>,
    is_truncated: bool,
    marker: Option<String>,
}

impl Operation for ListRoles {
    const NAME: &'static str = "ListRoles";
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
        let matches = |one: &Role| one.path.starts_with(prefix);
        let page = call.service.list(&target.0, &wanted, matches).await?;
        let mut roles = Vec::with_capacity(page.items.len());
        for role in &page.items {
            let trust = call.service.trust_to_show(&role.trust).await?;
            roles.push(shown::Role::brief(role, &trust));
        }
        Ok(Output { is_truncated: page.is_truncated(), marker: page.marker, roles })
    }
}
