//! GetLayerVersionByArn: shows a version of a layer.

use strongroom_api::{Audit, Authorized, Operation, Place, Rest, Result, Shape};

use crate::layer::{FoundVersion, WholeLayerVersion};
use crate::shapes::LayerVersionArn;
use crate::{Call, Lambda, error, id};

/// The operation.
pub struct GetLayerVersionByArn;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    arn: LayerVersionArn,
}

impl Operation for GetLayerVersionByArn {
    const NAME: &'static str = "GetLayerVersionByArn";
    const ACTION: &'static str = "GetLayerVersion";
    const EVENT: &'static str = "GetLayerVersionByArn20181031";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str =
        r#"{"Arn": "arn:aws:lambda:us-east-1:123456789012:layer:drivers:1"}"#;
    const REST: Option<&'static Rest> = Some(
        &Rest::new("GET", "/2018-10-31/layers?find=LayerVersion")
            .request(&[("Arn", Place::Query("Arn"))]),
    );

    type Service = Lambda;
    type Input = Input;
    type Target = FoundVersion;
    type Output = WholeLayerVersion;

    async fn target(call: &Call<'_>, input: &Input) -> Result<FoundVersion> {
        let arn = &input.arn.0;
        let missing = || error::no_such_layer_version(arn);
        let (region, account, name, number) = id::layer_version(arn).ok_or_else(missing)?;
        if region != call.region {
            return Err(missing());
        }
        call.service.layer_version(region, account, name, number).await
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
