//! UpdateFunctionConfiguration: changes how a function is run.

use strongroom_api::{
    Audit, Authorized, Demand, Demands, Operation, Rest, Result, Shape, Target, Values,
};

use crate::configuration::Wanted;
use crate::find::{self, Found, Role};
use crate::shapes::{
    AnyArn, DeadLetterConfig, Description, Environment, EphemeralStorage, FunctionName, Handler,
    LayerVersionArn, LoggingConfig, MemorySize, RoleArn, Runtime, SnapStart, Timeout,
    TracingConfig, VpcConfig,
};
use crate::views::FunctionConfiguration;
use crate::{Call, Lambda};

/// The operation.
pub struct UpdateFunctionConfiguration;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: FunctionName,
    role: Option<RoleArn>,
    handler: Option<Handler>,
    description: Option<Description>,
    timeout: Option<Timeout>,
    memory_size: Option<MemorySize>,
    vpc_config: Option<VpcConfig>,
    environment: Option<Environment>,
    runtime: Option<Runtime>,
    dead_letter_config: Option<DeadLetterConfig>,
    #[shape(name = "KMSKeyArn")]
    kms_key_arn: Option<AnyArn>,
    tracing_config: Option<TracingConfig>,
    revision_id: Option<String>,
    layers: Option<Vec<LayerVersionArn>>,
    ephemeral_storage: Option<EphemeralStorage>,
    snap_start: Option<SnapStart>,
    logging_config: Option<LoggingConfig>,
}

/// A function, and the role that it is to have from now on.
pub struct Changed {
    found: Found,
    role: Option<Role>,
}

impl Target for Changed {
    fn arn(&self) -> std::borrow::Cow<'_, str> {
        self.found.arn()
    }

    fn account(&self) -> &str {
        self.found.account()
    }

    fn tag(&self, key: &str) -> Option<&str> {
        self.found.tag(key)
    }

    fn rule(&self) -> strongroom_api::ResourceRule<'_> {
        self.found.rule()
    }
}

impl Operation for UpdateFunctionConfiguration {
    const NAME: &'static str = "UpdateFunctionConfiguration";
    const EVENT: &'static str = "UpdateFunctionConfiguration20150331v2";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate", "Timeout": 30}"#;
    const REST: Option<&'static Rest> =
        Some(&Rest::new("PUT", "/2015-03-31/functions/{FunctionName}/configuration"));

    type Service = Lambda;
    type Input = Input;
    type Target = Changed;
    type Output = FunctionConfiguration;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Changed> {
        let found = super::unqualified(call, &input.function_name.0).await?;
        let role = input.role.as_ref().map(|role| Role::of(&role.0));
        Ok(Changed { found, role })
    }

    fn demands<'t>(_: &'t Input, target: &'t Changed) -> Demands<'t> {
        let mut demands = Demands::from_iter([Demand::own::<Self>(target)]);
        demands.extend(target.role.as_ref().map(|role| Demand::of("iam:PassRole", role)));
        demands
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Changed>, key: &str) -> Option<Values<'v>> {
        match key {
            "iam:passedtoservice" => Some(Values::one("lambda.amazonaws.com")),
            "lambda:layer" => super::layers_condition(input.layers.as_deref()),
            _ => None,
        }
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        target: Authorized<Changed>,
    ) -> Result<FunctionConfiguration> {
        let found = &target.found;
        let read = &found.function;
        super::check_revision(input.revision_id.as_deref(), &read.latest.revision_id)?;
        let mut function = read.value.clone();
        let wanted = Wanted {
            runtime: input.runtime,
            role: input.role.as_ref(),
            handler: input.handler.as_ref(),
            description: input.description.as_ref(),
            timeout: input.timeout.as_ref(),
            memory_size: input.memory_size.as_ref(),
            ephemeral_storage: input.ephemeral_storage.as_ref(),
            environment: input.environment.as_ref(),
            layers: input.layers.as_deref(),
            dead_letter_config: input.dead_letter_config.as_ref(),
            tracing_config: input.tracing_config.as_ref(),
            kms_key_arn: input.kms_key_arn.as_ref(),
            snap_start: input.snap_start.as_ref(),
            logging_config: input.logging_config.as_ref(),
            vpc_config: input.vpc_config.as_ref(),
        };
        let latest = &mut function.latest;
        wanted.apply(latest)?;
        super::check_sizes(call, &found.named, &latest.layers, latest.code.unzipped_bytes).await?;
        if latest.role != read.latest.role {
            super::check_role(call, &latest.role, &found.named).await?;
        }
        if input.dead_letter_config.is_some() {
            super::check_dead_letters(call, &found.named, latest).await?;
        }
        latest.modified = call.now;
        latest.revision_id = find::revision_id(call.entropy);
        call.service.replace(read, &function).await?;
        call.service.ports.runner.forget(&function.arn());
        Ok(FunctionConfiguration::of_latest(&function))
    }
}
