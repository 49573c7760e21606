//! UntagOpenIDConnectProvider: removes tags from an OpenID Connect provider.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use crate::entity::{Provider};
use crate::found::{Found};
use crate::shape::{Arn};
use crate::tag::{TagKeyList};
use crate::{Call, Iam, tag};

/// The operation.
pub struct UntagOpenIDConnectProvider;

/// The request.
#[derive(Shape)]
pub struct Input {
    #[shape(name = "OpenIDConnectProviderArn")]
    arn: Arn,
    tag_keys: TagKeyList,
}

impl Operation for UntagOpenIDConnectProvider {
    const NAME: &'static str = "UntagOpenIDConnectProvider";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"OpenIDConnectProviderArn": "arn:aws:iam::123456789012:oidc-provider/id.example.com", "TagKeys": ["team"]}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Found<Provider>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Provider>> {
        call.service.find_provider(call, &input.arn).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Found<Provider>>, key: &str) -> Option<Values<'v>> {
        tag::unset_condition(&input.tag_keys, key)
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Found<Provider>>) -> Result<()> {
        let mut edit = call.service.edit(&target.account).await?;
        let mut changed = target.stored.value.clone();
        changed.tags = tag::without(&changed.tags, &input.tag_keys);
        edit.replace(&target.stored, &changed)?;
        edit.commit().await
    }
}
