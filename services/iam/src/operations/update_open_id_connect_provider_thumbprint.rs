//! UpdateOpenIDConnectProviderThumbprint: replaces the certificate fingerprints of an OpenID Connect provider.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::entity::{Provider};
use crate::found::{Found};
use crate::shape::{Arn, Thumbprint};
use crate::provider;
use crate::{Call, Iam};

/// The operation.
pub struct UpdateOpenIDConnectProviderThumbprint;

/// The request.
#[derive(Shape)]
pub struct Input {
    #[shape(name = "OpenIDConnectProviderArn")]
    arn: Arn,
    #[shape(name = "ThumbprintList")]
    thumbprints: Vec<Thumbprint>,
}

impl Operation for UpdateOpenIDConnectProviderThumbprint {
    const NAME: &'static str = "UpdateOpenIDConnectProviderThumbprint";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"OpenIDConnectProviderArn": "arn:aws:iam::123456789012:oidc-provider/id.example.com", "ThumbprintList": ["0123456789012345678901234567890123456789"]}"#;

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
        changed.thumbprints = provider::thumbprints(&input.thumbprints)?;
        edit.replace(&target.stored, &changed)?;
        edit.commit().await
    }
}
