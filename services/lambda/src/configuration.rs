//! How a function is run: what requests may change about it, and within which bounds.

use std::collections::BTreeMap;

use strongroom_wire::{Result, Sensitive};

use crate::function::{Configuration, Logging};
use crate::shapes::{
    AnyArn, DeadLetterConfig, Description, Environment, EphemeralStorage, Handler, LayerVersionArn,
    LogFormat, LoggingConfig, MemorySize, RoleArn, Runtime, SnapStart, Timeout, TracingConfig,
    VpcConfig,
};
use crate::{error, id};

/// What a request says about how a function is run; what it leaves out stays.
#[derive(Default)]
pub struct Wanted<'r> {
    /// The runtime.
    pub runtime: Option<Runtime>,
    /// The execution role.
    pub role: Option<&'r RoleArn>,
    /// What of the code is called.
    pub handler: Option<&'r Handler>,
    /// What it is for.
    pub description: Option<&'r Description>,
    /// Seconds that one invocation may take.
    pub timeout: Option<&'r Timeout>,
    /// Memory.
    pub memory_size: Option<&'r MemorySize>,
    /// The size of `/tmp`.
    pub ephemeral_storage: Option<&'r EphemeralStorage>,
    /// Variables of its environment.
    pub environment: Option<&'r Environment>,
    /// Layers under it.
    pub layers: Option<&'r [LayerVersionArn]>,
    /// Where failed events go.
    pub dead_letter_config: Option<&'r DeadLetterConfig>,
    /// Whether calls are traced.
    pub tracing_config: Option<&'r TracingConfig>,
    /// The key named for its environment.
    pub kms_key_arn: Option<&'r AnyArn>,
    /// When a snapshot is taken.
    pub snap_start: Option<&'r SnapStart>,
    /// Where output goes, and how.
    pub logging_config: Option<&'r LoggingConfig>,
    /// The network it is put into.
    pub vpc_config: Option<&'r VpcConfig>,
}

const LONGEST_TIMEOUT: i32 = 900;
const MOST_MEMORY: i32 = 10_240;
const MOST_STORAGE: i32 = 10_240;
const MOST_LAYERS: usize = 5;
/// AWS's limit on names and values together, as JSON.
const LARGEST_ENVIRONMENT: usize = 4_096;
/// Names that the runtime keeps for itself.
const RESERVED: &[&str] = &[
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
];

impl Wanted<'_> {
    /// Makes `configuration` what is wanted.
    ///
    /// # Errors
    /// AWS's errors for what is out of bounds.
    pub fn apply(&self, configuration: &mut Configuration) -> Result<()> {
        if let Some(runtime) = self.runtime {
            if !runtime.is_supported() {
                return Err(error::unsupported_runtime(runtime.text()));
            }
            runtime.text().clone_into(&mut configuration.runtime);
        }
        set(&mut configuration.role, self.role.map(|role| &role.0));
        set(&mut configuration.handler, self.handler.map(|handler| &handler.0));
        set(&mut configuration.description, self.description.map(|description| &description.0));
        self.apply_limits(configuration)?;
        if let Some(environment) = self.environment {
            configuration.environment = variables(environment)?;
        }
        if let Some(layers) = self.layers {
            configuration.layers = checked_layers(layers)?;
        }
        self.apply_rest(configuration);
        Ok(())
    }

    fn apply_limits(&self, configuration: &mut Configuration) -> Result<()> {
        if let Some(Timeout(seconds)) = self.timeout {
            if *seconds > LONGEST_TIMEOUT {
                return Err(error::timeout_too_long(*seconds));
            }
            configuration.timeout_seconds = seconds.unsigned_abs();
        }
        if let Some(MemorySize(mebibytes)) = self.memory_size {
            if *mebibytes > MOST_MEMORY {
                return Err(error::too_much_memory(*mebibytes));
            }
            configuration.memory_mib = mebibytes.unsigned_abs();
        }
        if let Some(EphemeralStorage { size }) = self.ephemeral_storage {
            if *size > MOST_STORAGE {
                return Err(error::too_much_storage(*size));
            }
            configuration.ephemeral_mib = size.unsigned_abs();
        }
        let networked = self.vpc_config.is_some_and(|vpc| {
            vpc.subnet_ids.as_ref().is_some_and(|ids| !ids.is_empty())
                || vpc.security_group_ids.as_ref().is_some_and(|ids| !ids.is_empty())
        });
        if networked {
            return Err(error::not_offered(
                "VpcConfig: functions share the server's network, which",
            ));
        }
        Ok(())
    }

    fn apply_rest(&self, configuration: &mut Configuration) {
        if let Some(DeadLetterConfig { target_arn }) = self.dead_letter_config {
            configuration.dead_letter_target = named(target_arn.as_ref());
        }
        if let Some(mode) = self.tracing_config.and_then(|tracing| tracing.mode) {
            mode.text().clone_into(&mut configuration.tracing);
        }
        if let Some(arn) = self.kms_key_arn {
            configuration.kms_key_arn = named(Some(arn));
        }
        if let Some(apply_on) = self.snap_start.and_then(|snap_start| snap_start.apply_on) {
            apply_on.text().clone_into(&mut configuration.snap_start);
        }
        if let Some(logging) = self.logging_config {
            apply_logging(logging, &mut configuration.logging);
        }
    }
}

/// Where output goes unless somebody says otherwise.
#[must_use]
pub fn usual_logging(name: &str) -> Logging {
    let group = format!("/aws/lambda/{name}");
    Logging { format: "Text".to_owned(), application_level: None, system_level: None, group }
}

fn set(to: &mut String, wanted: Option<&String>) {
    if let Some(wanted) = wanted {
        to.clone_from(wanted);
    }
}

/// An empty ARN takes the one that was there away.
fn named(arn: Option<&AnyArn>) -> Option<String> {
    arn.map(|arn| arn.0.clone()).filter(|arn| !arn.is_empty())
}

fn apply_logging(wanted: &LoggingConfig, logging: &mut Logging) {
    if let Some(format) = wanted.log_format {
        format.text().clone_into(&mut logging.format);
        // JSON has levels, plain text has none.
        let level = (format == LogFormat::Json).then(|| "INFO".to_owned());
        logging.application_level.clone_from(&level);
        logging.system_level = level;
    }
    if logging.format == LogFormat::Json.text() {
        if let Some(level) = wanted.application_log_level {
            logging.application_level = Some(level.text().to_owned());
        }
        if let Some(level) = wanted.system_log_level {
            logging.system_level = Some(level.text().to_owned());
        }
    }
    set(&mut logging.group, wanted.log_group.as_ref());
}

fn variables(environment: &Environment) -> Result<Option<BTreeMap<String, String>>> {
    let Some(variables) = &environment.variables else { return Ok(None) };
    let reserved: Vec<&str> = variables.keys().map(String::as_str).filter(is_reserved).collect();
    if !reserved.is_empty() {
        return Err(error::reserved_variables(&reserved.join(",")));
    }
    if let Some(name) = variables.keys().find(|name| !is_variable(name)) {
        return Err(error::bad_variable(name));
    }
    if variables.values().any(|value| value.reveal().contains('\0')) {
        return Err(error::bad_variable("a value with a NUL character"));
    }
    // As JSON: two quotation marks, colon and comma for each, and the braces.
    let size = |(name, value): (&String, &Sensitive<String>)| name.len() + value.reveal().len() + 6;
    if variables.iter().map(size).sum::<usize>() + 1 > LARGEST_ENVIRONMENT {
        return Err(error::environment_too_large());
    }
    let plain = variables.iter().map(|(name, value)| (name.clone(), value.reveal().clone()));
    Ok((!variables.is_empty()).then(|| plain.collect()))
}

fn is_reserved(name: &&str) -> bool {
    RESERVED.contains(name) || name.starts_with("AWS_LAMBDA_")
}

fn is_variable(name: &str) -> bool {
    name.len() >= 2
        && name.bytes().next().is_some_and(|first| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn checked_layers(layers: &[LayerVersionArn]) -> Result<Vec<String>> {
    if layers.len() > MOST_LAYERS {
        return Err(error::too_many_layers());
    }
    let arns: Vec<String> = layers.iter().map(|layer| layer.0.clone()).collect();
    for (index, arn) in arns.iter().enumerate() {
        let name = |arn: &String| {
            let (region, account, name, _) = id::layer_version(arn)?;
            Some(format!("{region}:{account}:{name}"))
        };
        if let Some(earlier) = arns[..index].iter().find(|earlier| name(earlier) == name(arn)) {
            return Err(error::layer_twice(earlier, arn));
        }
    }
    Ok(arns)
}
