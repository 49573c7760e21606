//! ListVirtualMFADevices: lists the virtual second factors of the account, of which there are none.

use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};

use crate::page::Wanted;
use crate::shape::{Marker, MaxItems};
use crate::{Call, Iam};

/// The operation.
pub struct ListVirtualMFADevices;

/// The request.
#[derive(Shape)]
pub struct Input {
    assignment_status: Option<AssignmentStatus>,
    marker: Option<Marker>,
    max_items: Option<MaxItems>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    #[shape(name = "VirtualMFADevices")]
    devices: Vec<String>,
    is_truncated: bool,
}

/// Whether a device is somebody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Shape)]
pub enum AssignmentStatus {
    /// It is.
    Assigned,
    /// It is not.
    Unassigned,
    /// Either.
    Any,
}

impl Operation for ListVirtualMFADevices {
    const NAME: &'static str = "ListVirtualMFADevices";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = "{}";

    type Service = Iam;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(_: &Call<'_>, input: &Input, _: Authorized<Account>) -> Result<Output> {
        Wanted::read(input.marker.as_ref(), input.max_items)?;
        Ok(Output { devices: Vec::new(), is_truncated: false })
    }
}
