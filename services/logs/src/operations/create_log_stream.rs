//! CreateLogStream: makes a log stream.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use crate::name::{GroupName, StreamName};
use crate::target::FoundGroup;
use crate::{Call, Logs, error};

/// CreateLogStream.
pub struct CreateLogStream;

/// Its request.
#[derive(Debug, Shape)]
#[shape(camel)]
pub struct Input {
    /// The group.
    pub log_group_name: GroupName,
    /// Its name.
    pub log_stream_name: StreamName,
}

impl Operation for CreateLogStream {
    const NAME: &'static str = "CreateLogStream";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"logGroupName": "/app/web", "logStreamName": "one"}"#;

    type Service = Logs;
    type Input = Input;
    type Target = FoundGroup;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<FoundGroup> {
        call.service.find_for_stream(call, &input.log_group_name, &input.log_stream_name).await
    }

    async fn run(call: &Call<'_>, input: &Input, group: Authorized<FoundGroup>) -> Result<()> {
        let name = &input.log_stream_name.0;
        if call.service.stream(&group, name).await?.is_some() {
            return Err(error::stream_exists());
        }
        call.service.create_stream(&group, name, call.now.millis()).await
    }
}
