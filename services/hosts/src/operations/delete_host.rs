//! DeleteHost: takes a host's enrolment away. Its sessions end with it.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::host::Found;
use crate::{Call, Hosts, error};

/// The operation.
pub struct DeleteHost;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    #[shape(length = 19..=19, pattern = "i-[0-9a-f]{17}")]
    host_id: String,
}

impl Operation for DeleteHost {
    const NAME: &'static str = "DeleteHost";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"HostId": "i-0123456789abcdef0"}"#;

    type Service = Hosts;
    type Input = Input;
    type Target = Found;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        call.service.find_host(call, &input.host_id).await
    }

    async fn run(call: &Call<'_>, _: &Input, host: Authorized<Found>) -> Result<()> {
        let mut changes = call.service.records.changes();
        changes.remove(&host.read);
        call.service.records.commit(changes).await.map(drop).map_err(error::storage)
    }
}
