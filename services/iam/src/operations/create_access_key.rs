//! CreateAccessKey: makes an access key; its secret is shown this once.

use strongroom_api::access_key::{IdPrefix, secret_access_key, unique_id};
use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Sensitive, Shape, Timestamp};

use crate::found::{KeyOwner};
use crate::shape::{ExistingUserName, Status};
use crate::{Call, Iam, error, path};

/// The operation.
pub struct CreateAccessKey;

/// The request.
#[derive(Shape)]
pub struct Input {
    user_name: Option<ExistingUserName>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    access_key: NewKey,
}

/// The new key.
#[derive(Reply)]
pub struct NewKey {
    user_name: Option<String>,
    access_key_id: String,
    status: Status,
    secret_access_key: Sensitive<String>,
    create_date: Timestamp,
}

/// AWS's quota.
const MOST_KEYS: usize = 2;

impl Operation for CreateAccessKey {
    const NAME: &'static str = "CreateAccessKey";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"UserName": "anna"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = KeyOwner;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<KeyOwner> {
        call.service.find_key_owner(call, input.user_name.as_deref()).await
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<KeyOwner>) -> Result<Output> {
        let account = target.account();
        let mut edit = call.service.edit(account).await?;
        let id = unique_id(IdPrefix::Akia, account, call.entropy);
        let secret = secret_access_key(call.entropy);
        let (user_id, user_name) = match &*target {
            KeyOwner::Root(_) => {
                check_room(&edit.ledger.root_access_keys)?;
                edit.ledger.root_access_keys.push(id.clone());
                (None, None)
            }
            KeyOwner::User(user) => {
                check_room(&user.access_keys)?;
                let mut changed = user.stored.value.clone();
                changed.access_keys.push(id.clone());
                edit.replace(&user.stored, &changed)?;
                (Some(user.id.as_str()), Some(user.name.clone()))
            }
        };
        let key = call.service.sealed_key(account, user_id, &id, secret.reveal(), call.now);
        edit.put(&path::access_key(&id), &key)?;
        edit.commit().await?;
        let access_key = NewKey {
            user_name,
            access_key_id: id,
            status: Status::Active,
            secret_access_key: secret,
            create_date: call.now,
        };
        Ok(Output { access_key })
    }
}

fn check_room(keys: &[String]) -> Result<()> {
    match keys.len() {
        MOST_KEYS.. => Err(error::limit_exceeded("AccessKeysPerUser", MOST_KEYS)),
        _ => Ok(()),
    }
}
