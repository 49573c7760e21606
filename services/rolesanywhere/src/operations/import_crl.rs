//! ImportCrl: makes known which certificates of an anchor are revoked.

use strongroom_api::{Account, Audit, Authorized, Operation, Rest, Result, Shape, Values};

use crate::crl::{Crl, CrlReply};
use crate::find::Place;
use crate::resource::{Facts, Resource as _};
use crate::shapes::{CrlData, ResourceName, TrustAnchorArn};
use crate::tag::{self, Tag};
use crate::trust_anchor::TrustAnchor;
use crate::{Call, RolesAnywhere, error, revocation, trust};

/// The operation.
pub struct ImportCrl;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    name: ResourceName,
    crl_data: CrlData,
    enabled: Option<bool>,
    #[shape(length = 0..=200)]
    tags: Option<Vec<Tag>>,
    trust_anchor_arn: TrustAnchorArn,
}

impl Operation for ImportCrl {
    const NAME: &'static str = "ImportCrl";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"name": "hosts", "crlData": "LS0tLS0=", "trustAnchorArn":
        "arn:aws:rolesanywhere:us-east-1:123456789012:trust-anchor/0f0e0d0c-0b0a-4908-8706-050403020100"}"#;
    const REST: Option<&'static Rest> = Some(&Rest::new("POST", "/crls").status(201));

    type Service = RolesAnywhere;
    type Input = Input;
    type Target = Account;
    type Output = CrlReply;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Account>, key: &str) -> Option<Values<'v>> {
        tag::condition(input.tags.as_deref(), key)
    }

    async fn run(call: &Call<'_>, input: &Input, account: Authorized<Account>) -> Result<CrlReply> {
        let here = (account.0.as_str(), call.region);
        let arn = &input.trust_anchor_arn.0;
        let place = Place::of_arn(arn, TrustAnchor::NOUN);
        let place = place.filter(|place| (place.account, place.region) == here);
        let anchor = match place {
            Some(place) => call.service.read::<TrustAnchor>(place).await?,
            None => None,
        };
        let anchor = anchor.ok_or_else(|| error::nowhere(TrustAnchor::TITLE))?;
        let authorities = trust::read_anchors(&anchor.certificates)?;
        let der = revocation::read(&input.crl_data.0.0, &authorities)?;
        let facts = Facts::new(here, &input.name.0, input.enabled, call.now, call.entropy);
        let data = input.crl_data.0.0.clone();
        let mut crl = Crl { facts, trust_anchor_arn: arn.clone(), data, der };
        tag::add(&mut crl.facts.tags, input.tags.as_deref())?;
        call.service.create(&crl).await?;
        Ok((&crl).into())
    }
}
