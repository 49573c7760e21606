//! ListAccessKeys: lists the access keys of a user.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Timestamp};

use crate::found::{KeyOwner};
use crate::page::{Wanted};
use crate::shape::{ExistingUserName, Marker, MaxItems, Status};
use crate::{Call, Iam};

/// The operation.
pub struct ListAccessKeys;

/// The request.
#[derive(Shape)]
pub struct Input {
    user_name: Option<ExistingUserName>,
    marker: Option<Marker>,
    max_items: Option<MaxItems>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    access_key_metadata: Vec<Metadata>,
    is_truncated: bool,
    marker: Option<String>,
}

/// A key without its secret.
#[derive(Reply)]
pub struct Metadata {
    user_name: Option<String>,
    access_key_id: String,
    status: Status,
    create_date: Timestamp,
}

impl Operation for ListAccessKeys {
    const NAME: &'static str = "ListAccessKeys";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"UserName": "anna"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = KeyOwner;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<KeyOwner> {
        call.service.find_key_owner(call, input.user_name.as_deref()).await
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<KeyOwner>) -> Result<Output> {
        let wanted = Wanted::read(input.marker.as_ref(), input.max_items)?;
        let (ids, user_name) = match &*target {
            KeyOwner::User(user) => (user.access_keys.clone(), Some(user.name.clone())),
            KeyOwner::Root(account) => {
                let ledger = call.service.ledger(account).await?;
                let ids = ledger.map(|ledger| ledger.root_access_keys.clone());
                (ids.unwrap_or_default(), None)
            }
        };
        let page = wanted.of(&ids)?;
        let mut access_key_metadata = Vec::with_capacity(page.items.len());
        for id in &page.items {
            let Some(key) = call.service.access_key(id).await? else { continue };
            access_key_metadata.push(Metadata {
                user_name: user_name.clone(),
                access_key_id: key.id,
                status: if key.active { Status::Active } else { Status::Inactive },
                create_date: key.created,
            });
        }
        Ok(Output { is_truncated: page.is_truncated(), marker: page.marker, access_key_metadata })
    }
}
