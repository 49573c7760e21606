//! Layers: code that functions share.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use strongroom_api::{Reply, ResourceRule, Result, Target, Timestamp};
use strongroom_records::{Record, Stored};

use crate::code::{self, Code};
use crate::id::{layer_arn, layer_version};
use crate::shapes::LayerName;
use crate::{Call, Lambda, error, paths, views};

/// A layer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Layer {
    /// Its name.
    pub name: String,
    /// The highest number given to a version so far.
    pub last_number: u64,
}

/// A version of a layer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LayerVersion {
    /// The 12 digits of its account.
    pub account: String,
    /// Its region.
    pub region: String,
    /// The layer's name.
    pub name: String,
    /// Its number.
    pub number: u64,
    /// What it is for, in words.
    pub description: String,
    /// Its licence.
    pub license_info: Option<String>,
    /// Runtimes that it is for.
    pub runtimes: Vec<String>,
    /// Processors that it is for.
    pub architectures: Vec<String>,
    /// Its content.
    pub code: Code,
    /// When it was published.
    pub created: Timestamp,
    /// Whether it is there only for functions that have it already.
    pub is_deleted: bool,
}

impl Record for Layer {
    const KIND: &'static str = "layer";
}

impl Record for LayerVersion {
    const KIND: &'static str = "layer version";
}

/// A layer or one of its versions, there or not, as the target of a call.
pub struct LayerTarget {
    /// The account it belongs to.
    pub account: String,
    /// The layer's name.
    pub name: String,
    arn: String,
}

/// A version of a layer that is there.
pub struct FoundVersion {
    /// The version.
    pub version: Arc<Stored<LayerVersion>>,
    arn: String,
}

/// LayerVersionsListItem.
#[derive(Debug, Reply)]
pub struct LayerVersionView {
    layer_version_arn: String,
    version: i64,
    description: String,
    created_date: String,
    compatible_runtimes: Option<Vec<String>>,
    license_info: Option<String>,
    compatible_architectures: Option<Vec<String>>,
}

/// A whole version of a layer.
#[derive(Debug, Reply)]
pub struct WholeLayerVersion {
    content: Content,
    layer_arn: String,
    layer_version_arn: String,
    description: String,
    created_date: String,
    version: i64,
    compatible_runtimes: Option<Vec<String>>,
    license_info: Option<String>,
    compatible_architectures: Option<Vec<String>>,
}

#[derive(Debug, Reply)]
struct Content {
    location: String,
    code_sha256: String,
    code_size: i64,
}

/// The layer with AWS's extension that serves secrets at localhost:2773, whose account differs from
/// region to region. It cannot be fetched from here; its name is enough.
const EXTENSIONS: [&str; 2] = [
    "AWS-Parameters-and-Secrets-Lambda-Extension",
    "AWS-Parameters-and-Secrets-Lambda-Extension-Arm64",
];

/// Whether an ARN is of AWS's extension for secrets.
#[must_use]
pub fn is_extension(arn: &str) -> bool {
    layer_version(arn).is_some_and(|(_, _, name, _)| EXTENSIONS.contains(&name))
}

impl LayerTarget {
    /// The layer that `name` names in the caller's account.
    #[must_use]
    pub fn read(call: &Call<'_>, name: &LayerName) -> Self {
        let mut parts = name.0.split(':').skip(4);
        let (account, name) = match (parts.next(), parts.nth(1)) {
            (Some(account), Some(name)) => (account, name),
            _ => (call.caller.account(), name.0.as_str()),
        };
        let arn = layer_arn(call.region, account, name);
        Self { account: account.to_owned(), name: name.to_owned(), arn }
    }
}

impl Target for LayerTarget {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.account
    }
}

impl Target for FoundVersion {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.version.account
    }

    fn rule(&self) -> ResourceRule<'_> {
        ResourceRule::None
    }
}

impl LayerVersion {
    /// The layer's ARN.
    #[must_use]
    pub fn layer_arn(&self) -> String {
        layer_arn(&self.region, &self.account, &self.name)
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        format!("{}:{}", self.layer_arn(), self.number)
    }

    /// How lists show it.
    #[must_use]
    pub fn view(&self) -> LayerVersionView {
        LayerVersionView {
            layer_version_arn: self.arn(),
            version: i64::try_from(self.number).unwrap_or(i64::MAX),
            description: self.description.clone(),
            created_date: views::moment(self.created),
            compatible_runtimes: some(&self.runtimes),
            license_info: self.license_info.clone(),
            compatible_architectures: some(&self.architectures),
        }
    }

    /// All of it, with the address of its content.
    #[must_use]
    pub fn whole(&self, location: String) -> WholeLayerVersion {
        WholeLayerVersion {
            content: Content {
                location,
                code_sha256: self.code.sha256.clone(),
                code_size: i64::try_from(self.code.bytes).unwrap_or(i64::MAX),
            },
            layer_arn: self.layer_arn(),
            layer_version_arn: self.arn(),
            description: self.description.clone(),
            created_date: views::moment(self.created),
            version: i64::try_from(self.number).unwrap_or(i64::MAX),
            compatible_runtimes: some(&self.runtimes),
            license_info: self.license_info.clone(),
            compatible_architectures: some(&self.architectures),
        }
    }

    /// Whether it is for a runtime and a processor, where those are asked for.
    #[must_use]
    pub fn is_for(&self, runtime: Option<&str>, architecture: Option<&str>) -> bool {
        let has = |list: &[String], one: Option<&str>| {
            one.is_none_or(|one| list.iter().any(|other| other == one))
        };
        has(&self.runtimes, runtime) && has(&self.architectures, architecture)
    }
}

fn some(list: &[String]) -> Option<Vec<String>> {
    (!list.is_empty()).then(|| list.to_vec())
}

impl Lambda {
    /// A version of a layer.
    ///
    /// # Errors
    /// `ResourceNotFoundException`.
    pub(crate) async fn layer_version(
        &self,
        region: &str,
        account: &str,
        name: &str,
        number: u64,
    ) -> Result<FoundVersion> {
        let arn = format!("{}:{number}", layer_arn(region, account, name));
        let key = paths::layer_version(account, region, name, number);
        let version = self.records.get::<LayerVersion>(&key).await.map_err(error::storage)?;
        match version.filter(|version| !version.is_deleted) {
            Some(version) => Ok(FoundVersion { version, arn }),
            None => Err(error::no_such_layer_version(&arn)),
        }
    }

    /// That every layer a function asks for is one that it can have: its own account's, here.
    ///
    /// # Errors
    /// AWS's error for a layer that is not there.
    pub(crate) async fn check_layers(
        &self,
        account: &str,
        region: &str,
        arns: &[String],
    ) -> Result<u64> {
        let mut unzipped = 0;
        for arn in arns.iter().filter(|arn| !is_extension(arn)) {
            let missing = || error::missing_layer(arn);
            let (there, owner, name, number) = layer_version(arn).ok_or_else(missing)?;
            if there != region || owner != account {
                return Err(missing());
            }
            match self.layer_version(region, account, name, number).await {
                Ok(found) => unzipped += found.version.code.unzipped_bytes,
                Err(error) if error.is_internal() => return Err(error),
                Err(_) => return Err(missing()),
            }
        }
        Ok(unzipped)
    }

    /// The content of a layer's version.
    ///
    /// # Errors
    /// That it is gone.
    pub(crate) async fn layer_archive(&self, arn: &str) -> Result<Vec<u8>> {
        let missing = || error::missing_layer(arn);
        let (region, account, name, number) = layer_version(arn).ok_or_else(missing)?;
        let key = paths::layer_version(account, region, name, number);
        let found = self.records.get::<LayerVersion>(&key).await.map_err(error::storage)?;
        let found = found.ok_or_else(missing)?;
        code::read(&self.records, account, region, &found.code).await
    }
}
