//! DeleteAttributeMapping: takes parts of a certificate's field from what policies learn of.

use strongroom_api::{Audit, Authorized, Operation, Place, Rest, Result, Shape};

use crate::attributes::{self, CertificateField};
use crate::find::{self, Found};
use crate::profile::{Profile, ProfileReply};
use crate::shapes::ProfileId;
use crate::{Call, RolesAnywhere};

/// The operation.
pub struct DeleteAttributeMapping;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    profile_id: ProfileId,
    certificate_field: CertificateField,
    specifiers: Option<Vec<String>>,
}

impl Operation for DeleteAttributeMapping {
    const NAME: &'static str = "DeleteAttributeMapping";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"profileId": "0f0e0d0c-0b0a-4908-8706-050403020100",
        "certificateField": "x509Issuer"}"#;
    const REST: Option<&'static Rest> =
        Some(&Rest::new("DELETE", "/profiles/{profileId}/mappings").request(&[
            ("certificateField", Place::Query("certificateField")),
            ("specifiers", Place::Queries("specifiers")),
        ]));

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
        let specifiers = input.specifiers.as_deref().unwrap_or_default();
        let edit = |profile: &mut Profile| {
            attributes::remove(&mut profile.mappings, input.certificate_field, specifiers)
        };
        let changed = call.service.change(call, &found.read, edit).await?;
        Ok((&changed).into())
    }
}
