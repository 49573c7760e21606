//! AddClientIDToOpenIDConnectProvider: adds an audience to an OpenID Connect provider.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::entity::{Provider};
use crate::found::{Found};
use crate::shape::{Arn, ClientId};
use crate::provider;
use crate::{Call, Iam};

/// The operation.
pub struct AddClientIDToOpenIDConnectProvider;

/// The request.
#[derive(Shape)]
pub struct Input {
    #[shape(name = "OpenIDConnectProviderArn")]
    arn: Arn,
    #[shape(name = "ClientID")]
    client_id: ClientId,
}

impl Operation for AddClientIDToOpenIDConnectProvider {
    const NAME: &'static str = "AddClientIDToOpenIDConnectProvider";
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
        let client_ids = &mut changed.client_ids;
        if client_ids.iter().any(|known| *known == *input.client_id) {
            return Ok(());
        }
        provider::check_room(client_ids)?;
        client_ids.push(input.client_id.to_string());
        edit.replace(&target.stored, &changed)?;
        edit.commit().await
    }
}
