//! UpdateFunctionCode: gives a function another archive.

use strongroom_api::{Audit, Authorized, Operation, Rest, Result, Shape};

use crate::code::{self, MOST_REQUEST};
use crate::find::{self, Found};
use crate::shapes::{AnyArn, Architecture, FunctionCode, FunctionName, PublishTo};
use crate::views::FunctionConfiguration;
use crate::{Call, Lambda, error};

/// The operation.
pub struct UpdateFunctionCode;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: FunctionName,
    zip_file: Option<strongroom_api::Sensitive<strongroom_api::Blob>>,
    #[shape(length = 3..=63)]
    s3_bucket: Option<String>,
    #[shape(length = 1..=1024, pattern = ".*")]
    s3_key: Option<String>,
    #[shape(length = 1..=1024, pattern = ".*")]
    s3_object_version: Option<String>,
    image_uri: Option<String>,
    publish: Option<bool>,
    dry_run: Option<bool>,
    revision_id: Option<String>,
    #[shape(length = 1..=1)]
    architectures: Option<Vec<Architecture>>,
    #[shape(name = "SourceKMSKeyArn")]
    source_kms_key_arn: Option<AnyArn>,
    publish_to: Option<PublishTo>,
}

impl Operation for UpdateFunctionCode {
    const NAME: &'static str = "UpdateFunctionCode";
    const EVENT: &'static str = "UpdateFunctionCode20150331v2";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"FunctionName": "rotate", "ZipFile": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="}"#;
    const REST: Option<&'static Rest> = Some(
        &Rest::new("PUT", "/2015-03-31/functions/{FunctionName}/code").most_bytes(MOST_REQUEST),
    );

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
        if read.latest.code.is_built_in() {
            return Err(error::built_in_code(&read.name));
        }
        let handed_over = FunctionCode {
            zip_file: input.zip_file.clone(),
            s3_bucket: input.s3_bucket.clone(),
            s3_key: input.s3_key.clone(),
            s3_object_version: input.s3_object_version.clone(),
            image_uri: input.image_uri.clone(),
            source_kms_key_arn: input.source_kms_key_arn.clone(),
        };
        let archive = handed_over.archive()?;
        let unzipped = code::inspect(archive)?;
        super::check_sizes(call, &found.named, &read.latest.layers, unzipped).await?;
        let mut function = read.value.clone();
        function.latest.modified = call.now;
        function.latest.revision_id = find::revision_id(call.entropy);
        if let Some(architecture) = input.architectures.as_ref().and_then(|list| list.first()) {
            architecture.text().clone_into(&mut function.latest.architecture);
        }
        if input.dry_run == Some(true) {
            function.latest.code.sha256 = code::sha256(archive);
            function.latest.code.bytes = archive.len() as u64;
            return Ok(FunctionConfiguration::of_latest(&function));
        }
        let before = function.latest.code.clone();
        let is_used = call.service.is_code_of_a_version(&function, &before, None).await?;
        function.latest.code = call.service.keep_code(call, archive, unzipped).await?;
        let mut changes = call.service.records.changes();
        let shown = match input.publish {
            Some(true) => {
                let published = super::publish(&mut function, call, &mut changes, None)?;
                FunctionConfiguration::of_version(&function, &published)
            }
            _ => FunctionConfiguration::of_latest(&function),
        };
        call.service.own_code(call, &mut changes, &function.latest.code);
        changes.replace(read, &function).map_err(error::storage)?;
        let (account, region) = (&function.account, &function.region);
        let place = (account.as_str(), region.as_str());
        if !is_used {
            call.service.disown_code(call.now, &mut changes, place, &before);
        }
        if let Err(conflict) = call.service.records.commit(changes).await.map_err(error::storage) {
            call.service.delete_code(account, region, &function.latest.code).await?;
            return Err(conflict);
        }
        if !is_used {
            call.service.delete_disowned(call.now, place, &before).await?;
        }
        call.service.ports.runner.forget(&function.arn());
        Ok(shown)
    }
}
