//! DeleteLogStream: deletes a log stream with its events.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::name::{GroupName, Reference, StreamName};
use crate::target::{Found, StreamOf};
use crate::{Call, Logs};

/// DeleteLogStream.
pub struct DeleteLogStream;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The group.
    pub log_group_name: GroupName,
    /// The stream.
    pub log_stream_name: StreamName,
}

impl Operation for DeleteLogStream {
    const NAME: &'static str = "DeleteLogStream";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"logGroupName": "/app/web", "logStreamName": "one"}"#;

    type Service = Logs;
    type Input = Input;
    type Target = Found<StreamOf>;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<StreamOf>> {
        let reference = Reference::named(call, &input.log_group_name);
        call.service.find_stream(call, reference, &input.log_stream_name).await
    }

    async fn run(call: &Call<'_>, _: &Input, found: Authorized<Found<StreamOf>>) -> Result<()> {
        call.service.delete_stream(&found.group, &found.stream).await
    }
}
