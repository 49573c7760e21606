//! What replies show of a function.

use std::collections::BTreeMap;

use strongroom_api::{Reply, Sensitive, Timestamp};

use crate::function::{Alias, Configuration, Function, Logging};
use crate::id;

/// FunctionConfiguration.
#[derive(Debug, Reply)]
pub struct FunctionConfiguration {
    function_name: String,
    function_arn: String,
    runtime: String,
    role: String,
    handler: String,
    code_size: i64,
    description: String,
    timeout: u32,
    memory_size: u32,
    last_modified: String,
    code_sha256: String,
    /// `$LATEST` or a number.
    pub version: String,
    dead_letter_config: Option<DeadLetterConfig>,
    environment: Option<Environment>,
    #[shape(name = "KMSKeyArn")]
    kms_key_arn: Option<String>,
    tracing_config: TracingConfig,
    revision_id: String,
    layers: Option<Vec<Layer>>,
    state: Option<String>,
    state_reason: Option<String>,
    state_reason_code: Option<String>,
    last_update_status: Option<String>,
    package_type: String,
    architectures: Vec<String>,
    ephemeral_storage: EphemeralStorage,
    snap_start: SnapStart,
    runtime_version_config: RuntimeVersionConfig,
    logging_config: LoggingConfig,
}

#[derive(Debug, Reply)]
struct DeadLetterConfig {
    target_arn: String,
}

#[derive(Debug, Reply)]
struct Environment {
    variables: BTreeMap<String, Sensitive<String>>,
}

#[derive(Debug, Reply)]
struct TracingConfig {
    mode: String,
}

#[derive(Debug, Reply)]
struct Layer {
    arn: String,
    code_size: i64,
}

#[derive(Debug, Reply)]
struct EphemeralStorage {
    size: u32,
}

#[derive(Debug, Reply)]
struct SnapStart {
    apply_on: String,
    optimization_status: String,
}

#[derive(Debug, Reply)]
struct RuntimeVersionConfig {
    runtime_version_arn: String,
}

#[derive(Debug, Reply)]
struct LoggingConfig {
    log_format: String,
    application_log_level: Option<String>,
    system_log_level: Option<String>,
    log_group: String,
}

impl FunctionConfiguration {
    /// A version of a function, ready to be called; `arn` is how it was named.
    #[must_use]
    pub fn of(function: &Function, configuration: &Configuration, arn: String) -> Self {
        let layers = configuration.layers.iter();
        let layers: Vec<_> = layers.map(|arn| Layer { arn: arn.clone(), code_size: 0 }).collect();
        let environment = configuration.environment.as_ref().map(|variables| Environment {
            variables: variables
                .iter()
                .map(|(name, value)| (name.clone(), Sensitive::new(value.clone())))
                .collect(),
        });
        let target = configuration.dead_letter_target.clone();
        Self {
            function_name: function.name.clone(),
            function_arn: arn,
            runtime: configuration.runtime.clone(),
            role: configuration.role.clone(),
            handler: configuration.handler.clone(),
            code_size: i64::try_from(configuration.code.bytes).unwrap_or(i64::MAX),
            description: configuration.description.clone(),
            timeout: configuration.timeout_seconds,
            memory_size: configuration.memory_mib,
            last_modified: moment(configuration.modified),
            code_sha256: configuration.code.sha256.clone(),
            version: configuration.version.clone(),
            dead_letter_config: target.map(|target_arn| DeadLetterConfig { target_arn }),
            environment,
            kms_key_arn: configuration.kms_key_arn.clone(),
            tracing_config: TracingConfig { mode: configuration.tracing.clone() },
            revision_id: configuration.revision_id.clone(),
            layers: (!layers.is_empty()).then_some(layers),
            state: Some("Active".to_owned()),
            state_reason: None,
            state_reason_code: None,
            last_update_status: Some("Successful".to_owned()),
            package_type: "Zip".to_owned(),
            architectures: vec![configuration.architecture.clone()],
            ephemeral_storage: EphemeralStorage { size: configuration.ephemeral_mib },
            snap_start: SnapStart {
                apply_on: configuration.snap_start.clone(),
                optimization_status: "Off".to_owned(),
            },
            runtime_version_config: RuntimeVersionConfig {
                runtime_version_arn: format!(
                    "arn:aws:lambda:{}::runtime:{}",
                    function.region, configuration.runtime
                ),
            },
            logging_config: LoggingConfig::of(&configuration.logging),
        }
    }

    /// `$LATEST` under the function's own ARN.
    #[must_use]
    pub fn of_latest(function: &Function) -> Self {
        Self::of(function, &function.latest, function.arn())
    }

    /// A version under its qualified ARN.
    #[must_use]
    pub fn of_version(function: &Function, configuration: &Configuration) -> Self {
        let arn = format!("{}:{}", function.arn(), configuration.version);
        Self::of(function, configuration, arn)
    }

    /// The same as it is told while AWS still works on it. Waiting for it succeeds at once.
    #[must_use]
    pub fn pending(self) -> Self {
        Self {
            state: Some("Pending".to_owned()),
            state_reason: Some("The function is being created.".to_owned()),
            state_reason_code: Some("Creating".to_owned()),
            last_update_status: None,
            ..self
        }
    }

    /// The same as lists show it: without state.
    #[must_use]
    pub fn listed(self) -> Self {
        Self { state: None, last_update_status: None, ..self }
    }
}

impl LoggingConfig {
    fn of(logging: &Logging) -> Self {
        Self {
            log_format: logging.format.clone(),
            application_log_level: logging.application_level.clone(),
            system_log_level: logging.system_level.clone(),
            log_group: logging.group.clone(),
        }
    }
}

/// AliasConfiguration.
#[derive(Debug, Reply)]
pub struct AliasConfiguration {
    alias_arn: String,
    name: String,
    function_version: String,
    description: String,
    routing_config: Option<AliasRouting>,
    revision_id: String,
}

#[derive(Debug, Reply)]
struct AliasRouting {
    additional_version_weights: BTreeMap<String, f64>,
}

impl AliasConfiguration {
    /// An alias of a function.
    #[must_use]
    pub fn of(function: &Function, alias: &Alias) -> Self {
        let weights = alias.additional.iter().cloned().collect::<BTreeMap<_, _>>();
        Self {
            alias_arn: format!("{}:{}", function.arn(), alias.name),
            name: alias.name.clone(),
            function_version: alias.version.clone(),
            description: alias.description.clone(),
            routing_config: (!weights.is_empty())
                .then_some(AliasRouting { additional_version_weights: weights }),
            revision_id: alias.revision_id.clone(),
        }
    }
}

/// `2026-01-31T10:20:30.000+0000`.
#[must_use]
pub fn moment(at: Timestamp) -> String {
    let text = at.iso8601();
    let seconds = text.trim_end_matches('Z');
    format!("{seconds}.{:03}+0000", at.millis().rem_euclid(1_000))
}

/// `2026-01-31T10:20:30.000Z`.
#[must_use]
pub fn moment_z(at: Timestamp) -> String {
    moment(at).replace("+0000", "Z")
}

/// Whether the ARN of `named` is the one that its configuration shows.
#[must_use]
pub fn shown_arn(named: &id::Named) -> String {
    named.qualified_arn()
}
