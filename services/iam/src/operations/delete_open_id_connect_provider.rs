//! DeleteOpenIDConnectProvider: forgets an OpenID Connect provider.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::entity::{Provider};
use crate::found::{Found};
use crate::shape::{Arn};
use crate::{Call, Iam};

/// The operation.
pub struct DeleteOpenIDConnectProvider;

/// The request.
#[derive(Shape)]
pub struct Input {
    #[shape(name = "OpenIDConnectProviderArn")]
    arn: Arn,
}

impl Operation for DeleteOpenIDConnectProvider {
    const NAME: &'static str = "DeleteOpenIDConnectProvider";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"OpenIDConnectProviderArn": "arn:aws:iam::123456789012:oidc-provider/id.example.com"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Provider>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Provider>> {
        call.service.find_provider(call, &input.arn).await
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<Found<Provider>>) -> Result<()> {
        let mut edit = call.service.edit(&target.account).await?;
        edit.remove(&target.stored);
        edit.ledger.providers = edit.ledger.providers.saturating_sub(1);
        edit.commit().await
    }
}
