//! UpdateAccessKey: switches an access key on or off.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::entity::AccessKey;
use crate::found::KeyOwner;
use crate::shape::{AccessKeyId, ExistingUserName, Status};
use crate::{Call, Iam, error};

/// The operation.
pub struct UpdateAccessKey;

/// The request.
#[derive(Shape)]
pub struct Input {
    user_name: Option<ExistingUserName>,
    access_key_id: AccessKeyId,
    status: Status,
}

impl Operation for UpdateAccessKey {
    const NAME: &'static str = "UpdateAccessKey";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"UserName": "anna", "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Inactive"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = KeyOwner;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<KeyOwner> {
        call.service.find_key_owner(call, input.user_name.as_deref()).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<KeyOwner>) -> Result<()> {
        let active = match input.status {
            Status::Active => true,
            Status::Inactive => false,
            Status::Expired => return Err(error::status_not_settable("Expired")),
        };
        let mut edit = call.service.edit(target.account()).await?;
        let read = call.service.key_of(&target, &input.access_key_id).await?;
        let key = AccessKey { active, ..read.value.clone() };
        // Compared, or a secret that was sealed anew meanwhile would be the old one again.
        edit.replace(&read, &key)?;
        edit.commit().await
    }
}
