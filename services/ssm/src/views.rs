//! Parameters as replies show them.

use strongroom_api::Timestamp;
use strongroom_wire::{Reply, Sensitive};

use crate::name::{self, Selector};
use crate::parameter::{Parameter, Version};
use crate::shapes::{ParameterType, Tier};

/// A parameter with its value.
#[derive(Debug, Reply)]
pub struct ParameterView {
    /// The name; for a secret as it was asked for.
    pub name: String,
    /// The type.
    pub r#type: ParameterType,
    /// The value, in clear or not.
    pub value: Sensitive<String>,
    /// The version's number; 0 for a secret.
    pub version: i64,
    /// What was asked for behind the name, with its colon.
    pub selector: Option<String>,
    /// What Secrets Manager answered, as JSON.
    pub source_result: Option<Sensitive<String>>,
    /// When the version was made.
    pub last_modified_date: Timestamp,
    /// The ARN of the parameter or secret.
    #[shape(name = "ARN")]
    pub arn: String,
    /// `text`, or what the value stands for.
    pub data_type: String,
}

/// A parameter without its value.
#[derive(Debug, Reply)]
pub struct MetadataView {
    name: String,
    #[shape(name = "ARN")]
    arn: String,
    r#type: ParameterType,
    key_id: Option<String>,
    last_modified_date: Timestamp,
    last_modified_user: String,
    description: Option<String>,
    allowed_pattern: Option<String>,
    version: i64,
    tier: Tier,
    policies: Vec<PolicyView>,
    data_type: String,
}

/// A version of a parameter with its value.
#[derive(Debug, Reply)]
pub struct HistoryView {
    name: String,
    r#type: ParameterType,
    key_id: Option<String>,
    last_modified_date: Timestamp,
    last_modified_user: String,
    description: Option<String>,
    value: Sensitive<String>,
    allowed_pattern: Option<String>,
    version: i64,
    labels: Vec<String>,
    tier: Tier,
    policies: Vec<PolicyView>,
    data_type: String,
}

/// A policy of a parameter, of which there is none.
#[derive(Debug, Reply)]
pub struct PolicyView {
    policy_text: String,
    policy_type: String,
    policy_status: String,
}

impl ParameterView {
    /// A version of a parameter with its `value`.
    pub fn of(
        parameter: &Parameter,
        version: &Version,
        selector: Option<&Selector>,
        value: Sensitive<String>,
        arn: &str,
    ) -> Self {
        Self {
            name: parameter.name.clone(),
            r#type: parameter.kind,
            value,
            version: version.number,
            selector: selector.map(|selector| format!(":{selector}")),
            source_result: None,
            last_modified_date: Timestamp::from_millis(version.modified),
            arn: arn.to_owned(),
            data_type: version.data_type.clone(),
        }
    }
}

impl MetadataView {
    /// The latest version of a parameter.
    pub fn of_latest(parameter: &Parameter, account: &str, region: &str) -> Option<Self> {
        let version = parameter.latest()?;
        Some(Self {
            name: parameter.name.clone(),
            arn: name::arn(account, region, &parameter.name),
            r#type: parameter.kind,
            key_id: version.shown_key(parameter.kind).map(str::to_owned),
            last_modified_date: Timestamp::from_millis(version.modified),
            last_modified_user: version.user.clone(),
            description: version.description.clone(),
            allowed_pattern: version.allowed_pattern.clone(),
            version: version.number,
            tier: version.tier,
            policies: Vec::new(),
            data_type: version.data_type.clone(),
        })
    }
}

impl HistoryView {
    /// A version of a parameter with its `value`.
    pub fn of(parameter: &Parameter, version: &Version, value: Sensitive<String>) -> Self {
        Self {
            name: parameter.name.clone(),
            r#type: parameter.kind,
            key_id: version.shown_key(parameter.kind).map(str::to_owned),
            last_modified_date: Timestamp::from_millis(version.modified),
            last_modified_user: version.user.clone(),
            description: version.description.clone(),
            value,
            allowed_pattern: version.allowed_pattern.clone(),
            version: version.number,
            labels: version.labels.clone(),
            tier: version.tier,
            policies: Vec::new(),
            data_type: version.data_type.clone(),
        }
    }
}
