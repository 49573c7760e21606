//! Calling a function.

use strongroom_api::{
    Blob, BoxFuture, Caller, Circumstances, Details, PrincipalKind, Result, Sensitive,
};

use crate::find::Found;
use crate::function::{Configuration, Function};
use crate::operations::Invoke;
use crate::operations::invoke::Input;
use crate::runner::{Credentials, Event, Finished, Launch, NotRun, Supply};
use crate::shapes::NamespacedFunctionName;
use crate::{Call, Lambda, built_in, code, error, layer};

/// A service that calls a function on behalf of one of its resources.
#[derive(Clone, Copy, Debug)]
pub struct OnBehalf<'a> {
    /// `secretsmanager.amazonaws.com`.
    pub service: &'a str,
    /// The resource: the ARN of a secret or a topic.
    pub source_arn: &'a str,
    /// The account of the resource.
    pub source_account: &'a str,
}

/// What a function answered.
#[derive(Debug)]
pub struct Answer {
    /// What it returned, or the error as AWS shows it: JSON. May hold secrets.
    pub payload: Sensitive<Blob>,
    /// Whether it is an error.
    pub is_error: bool,
}

impl OnBehalf<'_> {
    fn caller(&self) -> Caller {
        let details = Details {
            service: Some(self.service.to_owned()),
            source: Some((self.source_arn.to_owned(), self.source_account.to_owned())),
            ..Details::default()
        };
        let kind = PrincipalKind::Service;
        Caller::new(kind, self.source_account, self.service, self.service, details)
    }
}

impl Lambda {
    /// Whether the function's policy lets a service call it on behalf of a resource. A function that is
    /// not there, or of another region, cannot be called.
    ///
    /// # Errors
    /// Internal only.
    pub async fn may_call(
        &self,
        circumstances: &Circumstances<'_>,
        function: &str,
        on_behalf: OnBehalf<'_>,
    ) -> Result<bool> {
        let caller = on_behalf.caller();
        let circumstances = Circumstances { caller: &caller, via: None, ..*circumstances };
        let call = Call::new(self, &circumstances);
        match self.find(&call, function, None).await {
            Ok(found) => Ok(call.would_allow("lambda:InvokeFunction", &found)),
            Err(error) if error.is_internal() => Err(error),
            Err(_) => Ok(false),
        }
    }

    /// Whether the caller may call a function; `None` if it is not there.
    ///
    /// # Errors
    /// Internal only.
    pub async fn may_invoke(
        &self,
        circumstances: &Circumstances<'_>,
        function: &str,
    ) -> Result<Option<bool>> {
        let call = Call::new(self, circumstances);
        match self.find(&call, function, None).await {
            Ok(found) => Ok(Some(call.would_allow("lambda:InvokeFunction", &found))),
            Err(error) if error.is_internal() => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// Hands a function an event as the caller, without waiting.
    ///
    /// # Errors
    /// As Invoke.
    pub async fn send(
        &self,
        circumstances: &Circumstances<'_>,
        function: &str,
        payload: Vec<u8>,
    ) -> Result<()> {
        let input = Input::of(NamespacedFunctionName(function.to_owned()), payload, true);
        Call::new(self, circumstances).perform::<Invoke>(&input).await.map(drop)
    }

    /// Whether a function comes with the server, and is run as it came.
    ///
    /// # Errors
    /// Internal only.
    pub async fn is_built_in(
        &self,
        circumstances: &Circumstances<'_>,
        function: &str,
    ) -> Result<bool> {
        let call = Call::new(self, circumstances);
        match self.find(&call, function, None).await {
            Ok(found) => {
                let version = self.version(&found, call.entropy).await;
                Ok(version.is_ok_and(|version| version.code.is_built_in()))
            }
            Err(error) if error.is_internal() => Err(error),
            Err(_) => Ok(false),
        }
    }

    /// Calls a function as a service, and waits for its answer. The function's policy decides.
    ///
    /// # Errors
    /// As Invoke.
    pub async fn call_as_service(
        &self,
        circumstances: &Circumstances<'_>,
        function: &str,
        on_behalf: OnBehalf<'_>,
        payload: Vec<u8>,
    ) -> Result<Answer> {
        let output = self.invoke_as(circumstances, function, on_behalf, payload, "").await?;
        Ok(Answer {
            is_error: output.function_error.is_some(),
            payload: output.payload.unwrap_or_default(),
        })
    }

    /// Hands a function an event as a service, without waiting. The function's policy decides.
    ///
    /// # Errors
    /// As Invoke.
    pub async fn send_as_service(
        &self,
        circumstances: &Circumstances<'_>,
        function: &str,
        on_behalf: OnBehalf<'_>,
        payload: Vec<u8>,
    ) -> Result<()> {
        self.invoke_as(circumstances, function, on_behalf, payload, "Event").await.map(drop)
    }

    async fn invoke_as(
        &self,
        circumstances: &Circumstances<'_>,
        function: &str,
        on_behalf: OnBehalf<'_>,
        payload: Vec<u8>,
        kind: &str,
    ) -> Result<crate::operations::invoke::Output> {
        let caller = on_behalf.caller();
        let circumstances = Circumstances { caller: &caller, via: None, ..*circumstances };
        let function = NamespacedFunctionName(function.to_owned());
        let input = Input::of(function, payload, kind == "Event");
        Call::new(self, &circumstances).perform::<Invoke>(&input).await
    }

    /// Runs a version of a function.
    ///
    /// # Errors
    /// Why it was not run.
    pub(crate) async fn run(
        &self,
        function: &Function,
        configuration: &Configuration,
        event: Event,
    ) -> Result<Finished, NotRun> {
        let launch = launch(function, configuration);
        let supply = Source { lambda: self, function, configuration };
        self.ports.runner.run(&launch, &supply, event).await
    }

    /// Runs what was called, and waits.
    ///
    /// # Errors
    /// AWS's errors for a function that was not run.
    pub(crate) async fn run_now(
        &self,
        found: &Found,
        configuration: &Configuration,
        event: Event,
    ) -> Result<Finished> {
        self.run(&found.function, configuration, event).await.map_err(told)
    }
}

/// What a caller is told when a function was not run.
pub(crate) fn told(fault: NotRun) -> strongroom_api::Error {
    match fault {
        NotRun::FunctionBusy => {
            error::throttled("ReservedFunctionConcurrentInvocationLimitExceeded")
        }
        NotRun::ServerBusy => error::throttled("ConcurrentInvocationLimitExceeded"),
        NotRun::NotOffered(why) => error::invalid_runtime(&why),
        NotRun::BadArchive(why) => error::invalid_archive(&why),
        NotRun::Failed(error) => error,
    }
}

fn launch(function: &Function, configuration: &Configuration) -> Launch {
    let arn = function.arn();
    Launch {
        key: format!("{arn}:{}:{}", configuration.version, configuration.revision_id),
        account: function.account.clone(),
        region: function.region.clone(),
        name: function.name.clone(),
        version: configuration.version.clone(),
        arn,
        runtime: configuration.runtime.clone(),
        handler: configuration.handler.clone(),
        timeout_seconds: configuration.timeout_seconds,
        memory_mib: configuration.memory_mib,
        ephemeral_mib: configuration.ephemeral_mib,
        environment: built_in::environment(configuration),
        role: configuration.role.clone(),
        log_group: configuration.logging.group.clone(),
        log_format: configuration.logging.format.clone(),
        log_level: configuration.logging.application_level.clone(),
        reserved_concurrency: function.reserved_concurrency,
        is_built_in: configuration.code.is_built_in(),
        has_secrets_extension: configuration.layers.iter().any(|arn| layer::is_extension(arn)),
    }
}

/// What an instance of one version is started from.
struct Source<'a> {
    lambda: &'a Lambda,
    function: &'a Function,
    configuration: &'a Configuration,
}

impl Supply for Source<'_> {
    fn code(&self) -> BoxFuture<'_, Result<Vec<u8>>> {
        let Function { account, region, .. } = self.function;
        Box::pin(code::read(&self.lambda.records, account, region, &self.configuration.code))
    }

    fn layers(&self) -> BoxFuture<'_, Result<Vec<Vec<u8>>>> {
        Box::pin(async move {
            let mut archives = Vec::new();
            if self.configuration.code.is_built_in() {
                return Ok(archives);
            }
            for arn in self.configuration.layers.iter().filter(|arn| !layer::is_extension(arn)) {
                archives.push(self.lambda.layer_archive(arn).await?);
            }
            Ok(archives)
        })
    }

    fn credentials(&self) -> BoxFuture<'_, Result<Credentials>> {
        Box::pin(async move {
            let function = self.function;
            let role = &self.configuration.role;
            let roles = &self.lambda.ports.roles;
            let arn = function.arn();
            roles.assume(role, &function.name, &function.account, &function.region, &arn).await
        })
    }
}
