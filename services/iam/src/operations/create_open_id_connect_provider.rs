//! CreateOpenIDConnectProvider: registers an identity provider whose tokens roles may trust.

use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Reply, Result, Shape, Values};

use crate::entity::{Provider};
use crate::found::{Nascent};
use crate::holder::{Entity};
use crate::shape::{ClientId, ProviderUrl, Thumbprint};
use crate::tag::{Tag, TagList};
use crate::provider;
use crate::{Call, Iam, error, tag};

/// The operation.
pub struct CreateOpenIDConnectProvider;

/// The request.
#[derive(Shape)]
pub struct Input {
    url: ProviderUrl,
    #[shape(name = "ClientIDList")]
    client_ids: Option<Vec<ClientId>>,
    #[shape(name = "ThumbprintList")]
    thumbprints: Option<Vec<Thumbprint>>,
    tags: Option<TagList>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    #[shape(name = "OpenIDConnectProviderArn")]
    arn: String,
    tags: Vec<Tag>,
}

/// AWS's quota.
const MOST_PROVIDERS: u32 = 100;

impl Operation for CreateOpenIDConnectProvider {
    const NAME: &'static str = "CreateOpenIDConnectProvider";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"Url": "https://id.example.com", "ClientIDList": ["sts.amazonaws.com"]}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Nascent;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Nascent> {
        let url = provider::without_scheme(&input.url)?;
        Ok(Nascent::new(call, "oidc-provider", "/", url))
    }

    fn demands<'t>(input: &'t Input, target: &'t Nascent) -> Demands<'t> {
        let mut demands = Demands::from_iter([Demand::own::<Self>(target)]);
        if input.tags.is_some() {
            demands.push(Demand::of("iam:TagOpenIDConnectProvider", target));
        }
        demands
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Nascent>, key: &str) -> Option<Values<'v>> {
        tag::set_condition(input.tags.as_ref(), key)
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Nascent>) -> Result<Output> {
        let provider = Provider {
            account: target.account.clone(),
            url: provider::without_scheme(&input.url)?.to_owned(),
            created: call.now,
            client_ids: provider::client_ids(input.client_ids.as_deref().unwrap_or_default())?,
            thumbprints: provider::thumbprints(input.thumbprints.as_deref().unwrap_or_default())?,
            tags: tag::initial(input.tags.as_ref())?,
        };
        let mut edit = call.service.edit(&provider.account).await?;
        if call.service.get::<Provider>(&provider.account, &provider.url).await?.is_some() {
            return Err(error::provider_exists(&provider.url));
        }
        if edit.ledger.providers >= MOST_PROVIDERS {
            let quota = "OpenIdConnectProvidersPerAccount";
            return Err(error::limit_exceeded(quota, MOST_PROVIDERS as usize));
        }
        edit.create(&provider)?;
        edit.ledger.providers += 1;
        edit.commit().await?;
        Ok(Output { arn: provider.arn(), tags: provider.tags })
    }
}
