//! ListOpenIDConnectProviderTags: lists the tags of an OpenID Connect provider.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{Provider};
use crate::found::{Found};
use crate::page::{Wanted};
use crate::shape::{Arn, Marker, MaxItems};
use crate::tag::{Tag};
use crate::{Call, Iam};

/// The operation.
pub struct ListOpenIDConnectProviderTags;

/// The request.
#[derive(Shape)]
pub struct Input {
    #[shape(name = "OpenIDConnectProviderArn")]
    arn: Arn,
    marker: Option<Marker>,
    max_items: Option<MaxItems>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    tags: Vec<Tag>,
    is_truncated: bool,
    marker: Option<String>,
}

impl Operation for ListOpenIDConnectProviderTags {
    const NAME: &'static str = "ListOpenIDConnectProviderTags";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"OpenIDConnectProviderArn": "arn:aws:iam::123456789012:oidc-provider/id.example.com"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Provider>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Provider>> {
        call.service.find_provider(call, &input.arn).await
    }

    async fn run(_: &Call<'_>, input: &Input, target: Authorized<Found<Provider>>) -> Result<Output> {
        let wanted = Wanted::read(input.marker.as_ref(), input.max_items)?;
        let page = wanted.of(&target.tags)?;
        Ok(Output { is_truncated: page.is_truncated(), marker: page.marker, tags: page.items })
    }
}
