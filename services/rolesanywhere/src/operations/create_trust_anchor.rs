//! CreateTrustAnchor: makes certificate authorities known that the account trusts.

use strongroom_api::{Account, Audit, Authorized, Operation, Rest, Result, Shape, Values};

use crate::resource::Facts;
use crate::shapes::{NotificationSetting, ResourceName, Source};
use crate::tag::{self, Tag};
use crate::trust_anchor::{self, TrustAnchor, TrustAnchorReply};
use crate::{Call, RolesAnywhere};

/// The operation.
pub struct CreateTrustAnchor;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    name: ResourceName,
    source: Source,
    enabled: Option<bool>,
    crl_dp_revocation_enabled: Option<bool>,
    #[shape(length = 0..=200)]
    tags: Option<Vec<Tag>>,
    #[shape(length = 0..=50)]
    notification_settings: Option<Vec<NotificationSetting>>,
}

impl Operation for CreateTrustAnchor {
    const NAME: &'static str = "CreateTrustAnchor";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"name": "hosts", "enabled": true, "source": {
        "sourceType": "CERTIFICATE_BUNDLE",
        "sourceData": {"x509CertificateData": "-----BEGIN CERTIFICATE-----\n"}}}"#;
    const REST: Option<&'static Rest> = Some(&Rest::new("POST", "/trustanchors").status(201));

    type Service = RolesAnywhere;
    type Input = Input;
    type Target = Account;
    type Output = TrustAnchorReply;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Account>, key: &str) -> Option<Values<'v>> {
        tag::condition(input.tags.as_deref(), key)
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        account: Authorized<Account>,
    ) -> Result<TrustAnchorReply> {
        trust_anchor::check_revocation(input.crl_dp_revocation_enabled)?;
        let certificates = trust_anchor::bundle(&input.source)?;
        let place = (account.0.as_str(), call.region);
        let facts = Facts::new(place, &input.name.0, input.enabled, call.now, call.entropy);
        let mut anchor = TrustAnchor { facts, certificates };
        tag::add(&mut anchor.facts.tags, input.tags.as_deref())?;
        call.service.create(&anchor).await?;
        Ok((&anchor).into())
    }
}
