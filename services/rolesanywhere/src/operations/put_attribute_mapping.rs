//! PutAttributeMapping: says which parts of a certificate's field policies learn of.

use strongroom_api::{Audit, Authorized, Operation, Rest, Result, Shape};

use crate::attributes::{self, CertificateField, MappingRule};
use crate::find::{self, Found};
use crate::profile::{Profile, ProfileReply};
use crate::shapes::ProfileId;
use crate::{Call, RolesAnywhere};

/// The operation.
pub struct PutAttributeMapping;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    profile_id: ProfileId,
    certificate_field: CertificateField,
    mapping_rules: Vec<MappingRule>,
}

impl Operation for PutAttributeMapping {
    const NAME: &'static str = "PutAttributeMapping";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"profileId": "0f0e0d0c-0b0a-4908-8706-050403020100",
        "certificateField": "x509Subject", "mappingRules": [{"specifier": "CN"}]}"#;
    const REST: Option<&'static Rest> = Some(&Rest::new("PUT", "/profiles/{profileId}/mappings"));

    type Service = RolesAnywhere;
    type Input = Input;
    type Target = Found<Profile>;
    type Output = ProfileReply;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Profile>> {
        find::find(call, &input.profile_id.0).await
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        found: Authorized<Found<Profile>>,
    ) -> Result<ProfileReply> {
        let edit = |profile: &mut Profile| {
            attributes::put(&mut profile.mappings, input.certificate_field, &input.mapping_rules)
        };
        let changed = call.service.change(call, &found.read, edit).await?;
        Ok((&changed).into())
    }
}
