//! ListLayers: the layers of an account, each with its newest version.

use strongroom_api::{Account, Audit, Authorized, Operation, Place, Reply, Rest, Result, Shape};
use strongroom_store::{Direction, Range};

use crate::id::layer_arn;
use crate::layer::{Layer, LayerVersion, LayerVersionView};
use crate::shapes::{Architecture, MaxLayers, Runtime};
use crate::{Call, Lambda, error, page, paths};

/// The operation.
pub struct ListLayers;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    compatible_runtime: Option<Runtime>,
    marker: Option<String>,
    max_items: Option<MaxLayers>,
    compatible_architecture: Option<Architecture>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    next_marker: Option<String>,
    layers: Vec<LayerView>,
}

/// A layer.
#[derive(Debug, Reply)]
pub struct LayerView {
    layer_name: String,
    layer_arn: String,
    latest_matching_version: LayerVersionView,
}

/// Versions looked through for one that is not deleted.
const FEW: usize = 20;

impl Operation for ListLayers {
    const NAME: &'static str = "ListLayers";
    const EVENT: &'static str = "ListLayers20181031";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = "{}";
    const REST: Option<&'static Rest> = Some(&Rest::new("GET", "/2018-10-31/layers").request(&[
        ("CompatibleRuntime", Place::Query("CompatibleRuntime")),
        ("CompatibleArchitecture", Place::Query("CompatibleArchitecture")),
        ("Marker", Place::Query("Marker")),
        ("MaxItems", Place::Query("MaxItems")),
    ]));

    type Service = Lambda;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, account: Authorized<Account>) -> Result<Output> {
        let range = page::rest(&paths::layers(&account.0, call.region), input.marker.as_deref())?;
        let size = page::size(input.max_items.as_ref().map(|one| one.0));
        let records = &call.service.records;
        let found = records.scan::<Layer>(range, Direction::Forward, size).await;
        let found = found.map_err(error::storage)?;
        let runtime = input.compatible_runtime.map(Runtime::text);
        let architecture = input.compatible_architecture.map(Architecture::text);
        let mut layers = Vec::new();
        for layer in &found.records {
            let prefix = paths::layer_versions(&account.0, call.region, &layer.name);
            let newest =
                records.scan::<LayerVersion>(Range::prefix(prefix), Direction::Backward, FEW);
            let newest = newest.await.map_err(error::storage)?;
            let mut newest = newest.records.iter();
            let newest = newest.find(|one| !one.is_deleted && one.is_for(runtime, architecture));
            layers.extend(newest.map(|newest| LayerView {
                layer_name: layer.name.clone(),
                layer_arn: layer_arn(call.region, &account.0, &layer.name),
                latest_matching_version: newest.view(),
            }));
        }
        let last = found.records.last().filter(|_| found.more);
        Ok(Output { next_marker: last.map(|last| page::marker(&last.name)), layers })
    }
}
