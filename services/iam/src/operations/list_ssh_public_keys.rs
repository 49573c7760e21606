//! ListSSHPublicKeys: lists the SSH keys of a user, of which there are none.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::found::KeyOwner;
use crate::page::Wanted;
use crate::shape::{Marker, MaxItems, UserName};
use crate::{Call, Iam};

/// The operation.
pub struct ListSSHPublicKeys;

/// The request.
#[derive(Shape)]
pub struct Input {
    user_name: Option<UserName>,
    marker: Option<Marker>,
    max_items: Option<MaxItems>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    #[shape(name = "SSHPublicKeys")]
    ssh_public_keys: Vec<String>,
    is_truncated: bool,
}

impl Operation for ListSSHPublicKeys {
    const NAME: &'static str = "ListSSHPublicKeys";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"UserName": "anna"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = KeyOwner;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<KeyOwner> {
        call.service.find_key_owner(call, input.user_name.as_deref()).await
    }

    async fn run(_: &Call<'_>, input: &Input, _: Authorized<KeyOwner>) -> Result<Output> {
        Wanted::read(input.marker.as_ref(), input.max_items)?;
        Ok(Output { ssh_public_keys: Vec::new(), is_truncated: false })
    }
}
