//! ListOpenIDConnectProviders: lists the OpenID Connect providers of the account.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{Provider};
use crate::holder::{Entity};
use crate::page::{Wanted};
use crate::{Call, Iam};

/// The operation.
pub struct ListOpenIDConnectProviders;

/// The request.
#[derive(Shape)]
pub struct Input;

/// The reply.
#[derive(Reply)]
pub struct Output {
    #[shape(name = "OpenIDConnectProviderList")]
    list: Vec<Listed>,
}

/// A provider in the list.
#[derive(Reply)]
pub struct Listed {
    arn: String,
}

impl Operation for ListOpenIDConnectProviders {
    const NAME: &'static str = "ListOpenIDConnectProviders";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = "{}";

    type Service = Iam;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<Account>) -> Result<Output> {
        let wanted = Wanted::all();
        let page = call.service.list::<Provider>(&target.0, &wanted, |_| true).await?;
        let list = page.items.iter().map(|provider| Listed { arn: provider.arn() }).collect();
        Ok(Output { list })
    }
}
