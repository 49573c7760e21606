//! TagOpenIDConnectProvider: adds tags to an OpenID Connect provider, or overwrites them by key.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::entity::{Provider};
use crate::found::{Found};
use crate::shape::{Arn};
use crate::tag::{TagList};
use crate::{Call, Iam, tag};

/// The operation.
pub struct TagOpenIDConnectProvider;

/// The request.
#[derive(Shape)]
pub struct Input {
    #[shape(name = "OpenIDConnectProviderArn")]
    arn: Arn,
    tags: TagList,
}

impl Operation for TagOpenIDConnectProvider {
    const NAME: &'static str = "TagOpenIDConnectProvider";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"OpenIDConnectProviderArn": "arn:aws:iam::123456789012:oidc-provider/id.example.com", "Tags": [{"Key": "team", "Value": "core"}]}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Provider>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Provider>> {
        call.service.find_provider(call, &input.arn).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found<Provider>>, key: &str) -> Option<Values<'v>> {
        tag::set_condition(Some(&input.tags), key)
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<Provider>>) -> Result<()> {
        let mut edit = call.service.edit(&target.account).await?;
        let mut changed = target.stored.value.clone();
        changed.tags = tag::merged(&changed.tags, input.tags.as_slice())?;
        edit.replace(&target.stored, &changed)?;
        edit.commit().await
    }
}
