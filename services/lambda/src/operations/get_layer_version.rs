//! GetLayerVersion: shows a version of a layer.

use strongroom_api::{Audit, Authorized, Operation, Rest, Result, Shape};

use crate::layer::{FoundVersion, LayerTarget, WholeLayerVersion};
use crate::shapes::LayerName;
use crate::{Call, Lambda};

/// The operation.
pub struct GetLayerVersion;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    layer_name: LayerName,
    version_number: i64,
}

impl Operation for GetLayerVersion {
    const NAME: &'static str = "GetLayerVersion";
    const EVENT: &'static str = "GetLayerVersion20181031";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"LayerName": "drivers", "VersionNumber": 1}"#;
    const REST: Option<&'static Rest> =
        Some(&Rest::new("GET", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}"));

    type Service = Lambda;
    type Input = Input;
    type Target = FoundVersion;
    type Output = WholeLayerVersion;

    async fn target(call: &Call<'_>, input: &Input) -> Result<FoundVersion> {
        let layer = LayerTarget::read(call, &input.layer_name);
        let number = u64::try_from(input.version_number).unwrap_or_default();
        call.service.layer_version(call.region, &layer.account, &layer.name, number).await
    }

    async fn run(
        call: &Call<'_>,
        _: &Input,
        found: Authorized<FoundVersion>,
    ) -> Result<WholeLayerVersion> {
        let version = &found.version;
        let location =
            call.service.location(&version.account, &version.region, &version.code, call.now)?;
        Ok(version.whole(location))
    }
}
