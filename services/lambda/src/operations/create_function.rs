//! CreateFunction: makes a function from an archive.

use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Rest, Result, Shape, Values};

use crate::code::{self, MOST_REQUEST};
use crate::configuration::{Wanted, usual_logging};
use crate::find::{self, New};
use crate::function::{Configuration, Function};
use crate::id::LATEST;
use crate::shapes::{
    AnyArn, Architecture, DeadLetterConfig, Description, Environment, EphemeralStorage,
    FunctionCode, FunctionName, Handler, LayerVersionArn, LoggingConfig, MemorySize, PackageType,
    RoleArn, Runtime, SnapStart, Timeout, TracingConfig, TracingMode, VpcConfig,
};
use crate::tag::{self, Tags};
use crate::views::FunctionConfiguration;
use crate::{Call, Lambda, error, paths};

/// The operation.
pub struct CreateFunction;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    function_name: FunctionName,
    runtime: Option<Runtime>,
    role: RoleArn,
    handler: Option<Handler>,
    code: FunctionCode,
    description: Option<Description>,
    timeout: Option<Timeout>,
    memory_size: Option<MemorySize>,
    publish: Option<bool>,
    vpc_config: Option<VpcConfig>,
    package_type: Option<PackageType>,
    dead_letter_config: Option<DeadLetterConfig>,
    environment: Option<Environment>,
    #[shape(name = "KMSKeyArn")]
    kms_key_arn: Option<AnyArn>,
    tracing_config: Option<TracingConfig>,
    tags: Option<Tags>,
    layers: Option<Vec<LayerVersionArn>>,
    #[shape(length = 0..=200, pattern = r"arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:code-signing-config:csc-[a-z0-9]{17}")]
    code_signing_config_arn: Option<String>,
    #[shape(length = 1..=1)]
    architectures: Option<Vec<Architecture>>,
    ephemeral_storage: Option<EphemeralStorage>,
    snap_start: Option<SnapStart>,
    logging_config: Option<LoggingConfig>,
}

impl Operation for CreateFunction {
    const NAME: &'static str = "CreateFunction";
    const EVENT: &'static str = "CreateFunction20150331";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"FunctionName": "rotate", "Runtime": "python3.12", "Handler": "app.handler", "Role": "arn:aws:iam::123456789012:role/rotator", "Code": {"ZipFile": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="}}"#;
    const REST: Option<&'static Rest> =
        Some(&Rest::new("POST", "/2015-03-31/functions").status(201).most_bytes(MOST_REQUEST));

    type Service = Lambda;
    type Input = Input;
    type Target = New;
    type Output = FunctionConfiguration;

    async fn target(call: &Call<'_>, input: &Input) -> Result<New> {
        New::read(call, &input.function_name.0, &input.role.0)
    }

    fn demands<'t>(input: &'t Input, target: &'t New) -> Demands<'t> {
        let mut demands = Demands::from_iter([Demand::own::<Self>(target)]);
        demands.push(Demand::of("iam:PassRole", &target.role));
        if input.tags.as_ref().is_some_and(|tags| !tags.is_empty()) {
            demands.push(Demand::of("lambda:TagResource", target));
        }
        demands
    }

    fn condition<'v>(input: &'v Input, target: Option<&'v New>, key: &str) -> Option<Values<'v>> {
        let _ = target;
        match key {
            "iam:passedtoservice" => Some(Values::one("lambda.amazonaws.com")),
            "lambda:layer" => super::layers_condition(input.layers.as_deref()),
            key => tag::condition(input.tags.as_ref(), key),
        }
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        target: Authorized<New>,
    ) -> Result<FunctionConfiguration> {
        let named = &target.named;
        let key = paths::function(&named.account, &named.region, &named.name);
        // One that comes with the server makes room for one of the same name.
        if call.service.stored(named).await?.is_some() {
            return Err(error::function_exists(&named.name));
        }
        // A crash may have left versions of one that had the name before.
        super::delete_function::delete_versions(call, (&named.account, &named.region), &named.name)
            .await?;
        if input.package_type == Some(PackageType::Image) {
            return Err(error::not_offered("Code as a container image"));
        }
        let (Some(runtime), Some(_)) = (input.runtime, &input.handler) else {
            return Err(error::no_runtime());
        };
        if input.code_signing_config_arn.as_ref().is_some_and(|arn| !arn.is_empty()) {
            return Err(error::not_offered("Code signing"));
        }
        let archive = input.code.archive()?;
        let unzipped = code::inspect(archive)?;
        let mut configuration = blank(input, &named.name, call);
        let wanted = Wanted {
            runtime: Some(runtime),
            role: Some(&input.role),
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
        wanted.apply(&mut configuration)?;
        let mut tags = Tags::new();
        tag::add(&mut tags, input.tags.as_ref().unwrap_or(&Tags::new()))?;
        super::check_sizes(call, named, &configuration.layers, unzipped).await?;
        super::check_role(call, &configuration.role, named).await?;
        super::check_dead_letters(call, named, &configuration).await?;

        configuration.code = call.service.keep_code(call, archive, unzipped).await?;
        let mut function = Function {
            account: named.account.clone(),
            region: named.region.clone(),
            name: named.name.clone(),
            latest: configuration,
            last_number: 0,
            tags,
            reserved_concurrency: None,
            aliases: Default::default(),
            policies: Default::default(),
            event_invokes: Default::default(),
        };
        let mut changes = call.service.records.changes();
        let shown = match input.publish {
            Some(true) => {
                let published = super::publish(&mut function, call, &mut changes, None)?;
                FunctionConfiguration::of_version(&function, &published)
            }
            _ => FunctionConfiguration::of_latest(&function),
        };
        call.service.own_code(call, &mut changes, &function.latest.code);
        changes.create(&key, &function).map_err(error::storage)?;
        let committed = call.service.records.commit(changes).await.map_err(error::storage);
        if let Err(error) = committed {
            // Somebody else made it meanwhile, and our archive belongs to nobody.
            call.service
                .delete_code(&function.account, &function.region, &function.latest.code)
                .await?;
            return Err(error);
        }
        Ok(shown.pending())
    }
}

/// What a function is if nobody says otherwise.
fn blank(input: &Input, name: &str, call: &Call<'_>) -> Configuration {
    let architecture = input.architectures.as_ref().and_then(|list| list.first().copied());
    Configuration {
        version: LATEST.to_owned(),
        runtime: String::new(),
        role: String::new(),
        handler: String::new(),
        description: String::new(),
        timeout_seconds: 3,
        memory_mib: 128,
        ephemeral_mib: 512,
        environment: None,
        layers: Vec::new(),
        code: super::no_code_yet(),
        architecture: architecture.unwrap_or(Architecture::X86).text().to_owned(),
        dead_letter_target: None,
        tracing: TracingMode::PassThrough.text().to_owned(),
        kms_key_arn: None,
        snap_start: "None".to_owned(),
        logging: usual_logging(name),
        modified: call.now,
        revision_id: find::revision_id(call.entropy),
    }
}
