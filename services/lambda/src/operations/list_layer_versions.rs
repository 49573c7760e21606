//! ListLayerVersions: the versions of a layer, the newest first.

use strongroom_api::{Audit, Authorized, Operation, Place, Reply, Rest, Result, Shape};
use strongroom_store::{Direction, Range};

use crate::layer::{LayerTarget, LayerVersion, LayerVersionView};
use crate::shapes::{Architecture, LayerName, MaxLayers, Runtime};
use crate::{Call, Lambda, error, page, paths};

/// The operation.
pub struct ListLayerVersions;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    compatible_runtime: Option<Runtime>,
    layer_name: LayerName,
    marker: Option<String>,
    max_items: Option<MaxLayers>,
    compatible_architecture: Option<Architecture>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    next_marker: Option<String>,
    layer_versions: Vec<LayerVersionView>,
}

impl Operation for ListLayerVersions {
    const NAME: &'static str = "ListLayerVersions";
    const EVENT: &'static str = "ListLayerVersions20181031";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"LayerName": "drivers"}"#;
    const REST: Option<&'static Rest> =
        Some(&Rest::new("GET", "/2018-10-31/layers/{LayerName}/versions").request(&[
            ("CompatibleRuntime", Place::Query("CompatibleRuntime")),
            ("CompatibleArchitecture", Place::Query("CompatibleArchitecture")),
            ("Marker", Place::Query("Marker")),
            ("MaxItems", Place::Query("MaxItems")),
        ]));

    type Service = Lambda;
    type Input = Input;
    type Target = LayerTarget;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<LayerTarget> {
        Ok(LayerTarget::read(call, &input.layer_name))
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        target: Authorized<LayerTarget>,
    ) -> Result<Output> {
        let prefix = paths::layer_versions(&target.account, call.region, &target.name);
        let mut range = Range::prefix(prefix.clone());
        if let Some(name) = page::behind(input.marker.as_deref())? {
            range = range.before(&[prefix, name].concat());
        }
        let size = page::size(input.max_items.as_ref().map(|one| one.0));
        let found =
            call.service.records.scan::<LayerVersion>(range, Direction::Backward, size).await;
        let found = found.map_err(error::storage)?;
        let runtime = input.compatible_runtime.map(Runtime::text);
        let architecture = input.compatible_architecture.map(Architecture::text);
        let shown = found.records.iter();
        let shown = shown.filter(|one| !one.is_deleted && one.is_for(runtime, architecture));
        let layer_versions = shown.map(|one| one.view()).collect();
        let last = found.records.last().filter(|_| found.more);
        let next_marker = last.map(|last| page::marker(last.key.rsplit('/').next().unwrap_or("")));
        Ok(Output { next_marker, layer_versions })
    }
}
