//! EnableProfile: makes a profile count again.

use strongroom_api::{Audit, Authorized, Operation, Rest, Result, Shape};

use crate::find::{self, Found};
use crate::profile::{Profile, ProfileReply};
use crate::shapes::ProfileId;
use crate::{Call, RolesAnywhere};

/// The operation.
pub struct EnableProfile;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    profile_id: ProfileId,
}

impl Operation for EnableProfile {
    const NAME: &'static str = "EnableProfile";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"profileId": "0f0e0d0c-0b0a-4908-8706-050403020100"}"#;
    const REST: Option<&'static Rest> = Some(&Rest::new("POST", "/profile/{profileId}/enable"));

    type Service = RolesAnywhere;
    type Input = Input;
    type Target = Found<Profile>;
    type Output = ProfileReply;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Profile>> {
        find::find(call, &input.profile_id.0).await
    }

    async fn run(
        call: &Call<'_>,
        _: &Input,
        found: Authorized<Found<Profile>>,
    ) -> Result<ProfileReply> {
        let changed = call.service.enable(call, &found.read, true).await?;
        Ok((&changed).into())
    }
}
