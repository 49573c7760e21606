//! PublishVersion: gives what is being worked on a number, after which it does not change any more.

use strongroom_api::{Audit, Authorized, Operation, Rest, Result, Shape};

use crate::find::Found;
use crate::shapes::{Description, FunctionName, PublishTo};
use crate::views::FunctionConfiguration;
use crate::{Call, Lambda, error};

/// The operation.
pub struct PublishVersion;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: FunctionName,
    code_sha256: Option<String>,
    description: Option<Description>,
    revision_id: Option<String>,
    publish_to: Option<PublishTo>,
}

impl Operation for PublishVersion {
    const NAME: &'static str = "PublishVersion";
    const EVENT: &'static str = "PublishVersion20150331";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate"}"#;
    const REST: Option<&'static Rest> =
        Some(&Rest::new("POST", "/2015-03-31/functions/{FunctionName}/versions").status(201));

    type Service = Lambda;
    type Input = Input;
    type Target = Found;
    type Output = FunctionConfiguration;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        super::unqualified(call, &input.function_name.0).await
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        found: Authorized<Found>,
    ) -> Result<FunctionConfiguration> {
        let read = &found.function;
        super::check_revision(input.revision_id.as_deref(), &read.latest.revision_id)?;
        if let Some(wanted) = &input.code_sha256
            && !wanted.is_empty()
            && *wanted != read.latest.code.sha256
        {
            return Err(error::wrong_sha256(wanted));
        }
        let mut function = read.value.clone();
        // The same once more is the version that there is.
        if function.last_number > 0 {
            let last = function.last_number.to_string();
            match call.service.numbered(&function, &last).await {
                Ok(last) if function.is_published_as(&last) => {
                    return Ok(FunctionConfiguration::of_version(&function, &last));
                }
                Err(error) if error.is_internal() => return Err(error),
                _ => {}
            }
        }
        let mut changes = call.service.records.changes();
        let description = input.description.as_ref().map(|one| one.0.as_str());
        let published = super::publish(&mut function, call, &mut changes, description)?;
        changes.replace(read, &function).map_err(error::storage)?;
        call.service.records.commit(changes).await.map_err(error::storage)?;
        Ok(FunctionConfiguration::of_version(&function, &published))
    }
}
