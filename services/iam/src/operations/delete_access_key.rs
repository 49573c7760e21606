//! DeleteAccessKey: deletes an access key.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::found::{KeyOwner};
use crate::shape::{AccessKeyId, ExistingUserName};
use crate::{Call, Iam, path};

/// The operation.
pub struct DeleteAccessKey;

/// The request.
#[derive(Shape)]
pub struct Input {
    user_name: Option<ExistingUserName>,
    access_key_id: AccessKeyId,
}

impl Operation for DeleteAccessKey {
    const NAME: &'static str = "DeleteAccessKey";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"UserName": "anna", "AccessKeyId": "AKIAIOSFODNN7EXAMPLE"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = KeyOwner;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<KeyOwner> {
        call.service.find_key_owner(call, input.user_name.as_deref()).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<KeyOwner>) -> Result<()> {
        let mut edit = call.service.edit(target.account()).await?;
        let key = call.service.key_of(&target, &input.access_key_id).await?;
        match &*target {
            KeyOwner::Root(_) => edit.ledger.root_access_keys.retain(|id| *id != key.id),
            KeyOwner::User(user) => {
                let mut changed = user.stored.value.clone();
                changed.access_keys.retain(|id| *id != key.id);
                edit.replace(&user.stored, &changed)?;
            }
        }
        edit.delete(&path::access_key(&key.id));
        edit.delete(&path::last_use(&key.id));
        edit.commit().await
    }
}
