//! RemoveClientIDFromOpenIDConnectProvider: removes an audience from an OpenID Connect provider.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::entity::{Provider};
use crate::found::{Found};
use crate::shape::{Arn, ClientId};
use crate::{Call, Iam};

/// The operation.
pub struct RemoveClientIDFromOpenIDConnectProvider;

/// The request.
#[derive(Shape)]
pub struct Input {
    #[shape(name = "OpenIDConnectProviderArn")]
    arn: Arn,
    #[shape(name = "ClientID")]
    client_id: ClientId,
}

impl Operation for RemoveClientIDFromOpenIDConnectProvider {
    const NAME: &'static str = "RemoveClientIDFromOpenIDConnectProvider";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"OpenIDConnectProviderArn": "arn:aws:iam::123456789012:oidc-provider/id.example.com", "ClientID": "sts.amazonaws.com"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Provider>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Provider>> {
        call.service.find_provider(call, &input.arn).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<Provider>>) -> Result<()> {
        let mut edit = call.service.edit(&target.account).await?;
        let mut changed = target.stored.value.clone();
        changed.client_ids.retain(|known| *known != *input.client_id);
        edit.replace(&target.stored, &changed)?;
        edit.commit().await
    }
}
