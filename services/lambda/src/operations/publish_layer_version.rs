//! PublishLayerVersion: makes a new version of a layer from an archive.

use strongroom_api::{Audit, Authorized, Blob, Operation, Rest, Result, Sensitive, Shape};

use crate::code::{self, MOST_REQUEST};
use crate::layer::{Layer, LayerTarget, LayerVersion, WholeLayerVersion};
use crate::shapes::{Architecture, Description, FunctionCode, LayerName, Runtime};
use crate::{Call, Lambda, error, paths};

/// The operation.
pub struct PublishLayerVersion;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    layer_name: LayerName,
    description: Option<Description>,
    content: LayerContent,
    #[shape(length = 0..=15)]
    compatible_runtimes: Option<Vec<Runtime>>,
    #[shape(length = 0..=512, pattern = ".*")]
    license_info: Option<String>,
    #[shape(length = 0..=2)]
    compatible_architectures: Option<Vec<Architecture>>,
}

/// The archive.
#[derive(Debug, Shape)]
pub struct LayerContent {
    #[shape(length = 3..=63)]
    s3_bucket: Option<String>,
    #[shape(length = 1..=1024, pattern = ".*")]
    s3_key: Option<String>,
    #[shape(length = 1..=1024, pattern = ".*")]
    s3_object_version: Option<String>,
    zip_file: Option<Sensitive<Blob>>,
}

impl Operation for PublishLayerVersion {
    const NAME: &'static str = "PublishLayerVersion";
    const EVENT: &'static str = "PublishLayerVersion20181031";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"LayerName": "drivers", "Content": {"ZipFile": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="}}"#;
    const REST: Option<&'static Rest> = Some(
        &Rest::new("POST", "/2018-10-31/layers/{LayerName}/versions")
            .status(201)
            .most_bytes(MOST_REQUEST),
    );

    type Service = Lambda;
    type Input = Input;
    type Target = LayerTarget;
    type Output = WholeLayerVersion;

    async fn target(call: &Call<'_>, input: &Input) -> Result<LayerTarget> {
        Ok(LayerTarget::read(call, &input.layer_name))
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        target: Authorized<LayerTarget>,
    ) -> Result<WholeLayerVersion> {
        let content = &input.content;
        let handed_over = FunctionCode {
            zip_file: content.zip_file.clone(),
            s3_bucket: content.s3_bucket.clone(),
            s3_key: content.s3_key.clone(),
            s3_object_version: content.s3_object_version.clone(),
            image_uri: None,
            source_kms_key_arn: None,
        };
        let archive = handed_over.archive()?;
        let unzipped = code::inspect(archive)?;
        let (account, region, name) = (&target.account, call.region, &target.name);
        let key = paths::layer(account, region, name);
        let records = &call.service.records;
        let read = records.get::<Layer>(&key).await.map_err(error::storage)?;
        let number = read.as_ref().map_or(0, |layer| layer.last_number) + 1;
        let runtimes = input.compatible_runtimes.iter().flatten();
        let architectures = input.compatible_architectures.iter().flatten();
        let version = LayerVersion {
            account: account.clone(),
            region: region.to_owned(),
            name: name.clone(),
            number,
            description: input.description.as_ref().map(|one| one.0.clone()).unwrap_or_default(),
            license_info: input.license_info.clone(),
            runtimes: runtimes.map(|one| one.text().to_owned()).collect(),
            architectures: architectures.map(|one| one.text().to_owned()).collect(),
            code: call.service.keep_code(call, archive, unzipped).await?,
            created: call.now,
            is_deleted: false,
        };
        let layer = Layer { name: name.clone(), last_number: number };
        let mut changes = records.changes();
        match &read {
            Some(read) => changes.replace(read, &layer),
            None => changes.create(&key, &layer),
        }
        .map_err(error::storage)?;
        call.service.own_code(call, &mut changes, &version.code);
        let version_key = paths::layer_version(account, region, name, number);
        changes.create(&version_key, &version).map_err(error::storage)?;
        if let Err(error) = records.commit(changes).await.map_err(error::storage) {
            call.service.delete_code(account, region, &version.code).await?;
            return Err(error);
        }
        let location =
            call.service.location(&version.account, &version.region, &version.code, call.now)?;
        Ok(version.whole(location))
    }
}
