//! DeleteLayerVersion: no further function can have this version; those that have it keep it.

use strongroom_api::{Audit, Authorized, Operation, Rest, Result, Shape, Target};

use crate::layer::{LayerTarget, LayerVersion};
use crate::shapes::LayerName;
use crate::{Call, Lambda, error, paths};

/// The operation.
pub struct DeleteLayerVersion;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    layer_name: LayerName,
    version_number: i64,
}

/// A version of a layer, there or not: AWS does not tell.
pub struct Doomed {
    layer: LayerTarget,
    number: u64,
    arn: String,
}

impl Target for Doomed {
    fn arn(&self) -> std::borrow::Cow<'_, str> {
        std::borrow::Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        self.layer.account()
    }
}

impl Operation for DeleteLayerVersion {
    const NAME: &'static str = "DeleteLayerVersion";
    const EVENT: &'static str = "DeleteLayerVersion20181031";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"LayerName": "drivers", "VersionNumber": 1}"#;
    const REST: Option<&'static Rest> = Some(
        &Rest::new("DELETE", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}").status(204),
    );

    type Service = Lambda;
    type Input = Input;
    type Target = Doomed;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Doomed> {
        let layer = LayerTarget::read(call, &input.layer_name);
        let number = u64::try_from(input.version_number).unwrap_or_default();
        let arn = format!("{}:{number}", layer.arn());
        Ok(Doomed { layer, number, arn })
    }

    async fn run(call: &Call<'_>, _: &Input, doomed: Authorized<Doomed>) -> Result<()> {
        let LayerTarget { account, name, .. } = &doomed.layer;
        let key = paths::layer_version(account, call.region, name, doomed.number);
        let records = &call.service.records;
        let found = records.get::<LayerVersion>(&key).await.map_err(error::storage)?;
        let Some(found) = found.filter(|found| !found.is_deleted) else { return Ok(()) };
        let gone = LayerVersion { is_deleted: true, ..found.value.clone() };
        let mut changes = records.changes();
        changes.replace(&found, &gone).map_err(error::storage)?;
        records.commit(changes).await.map_err(error::storage)?;
        Ok(())
    }
}
