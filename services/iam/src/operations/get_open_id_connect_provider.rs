//! GetOpenIDConnectProvider: shows an OpenID Connect provider.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Timestamp};

use crate::entity::{Provider};
use crate::found::{Found};
use crate::shape::{Arn};
use crate::tag::{Tag};
use crate::{Call, Iam};

/// The operation.
pub struct GetOpenIDConnectProvider;

/// The request.
#[derive(Shape)]
pub struct Input {
    #[shape(name = "OpenIDConnectProviderArn")]
    arn: Arn,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    url: String,
    #[shape(name = "ClientIDList")]
    client_ids: Vec<String>,
    #[shape(name = "ThumbprintList")]
    thumbprints: Vec<String>,
    create_date: Timestamp,
    tags: Vec<Tag>,
}

impl Operation for GetOpenIDConnectProvider {
    const NAME: &'static str = "GetOpenIDConnectProvider";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"OpenIDConnectProviderArn": "arn:aws:iam::123456789012:oidc-provider/id.example.com"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Provider>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Provider>> {
        call.service.find_provider(call, &input.arn).await
    }

    async fn run(_: &Call<'_>, _: &Input, target: Authorized<Found<Provider>>) -> Result<Output> {
        Ok(Output {
            url: target.url.clone(),
            client_ids: target.client_ids.clone(),
            thumbprints: target.thumbprints.clone(),
            create_date: target.created,
            tags: target.tags.clone(),
        })
    }
}
