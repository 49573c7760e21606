//! The process of a built-in function, from its start to its end.

use std::sync::Arc;

use strongroom_client::{Client, Machine, Variables};

use crate::aws::SecretsManager;
use crate::builtin::Builtin;
use crate::function::Function;
use crate::runtime::Runtime;

/// Answers invocations until the platform is gone.
///
/// Everything it needs is in its environment: `AWS_LAMBDA_RUNTIME_API`, `AWS_ENDPOINT_URL`, `AWS_REGION`,
/// credentials, and the variables of AWS's templates (`EXCLUDE_CHARACTERS` and so on).
///
/// # Errors
/// For the operator: the environment lacks something, or the platform is gone.
pub async fn run(
    builtin: &'static Builtin,
    variables: Variables,
    machine: Arc<dyn Machine>,
) -> Result<(), String> {
    // Two drivers take whichever is the process's; an earlier one is as good.
    let _earlier = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let address = variables("AWS_LAMBDA_RUNTIME_API")
        .ok_or("AWS_LAMBDA_RUNTIME_API is not set: rotators are started by Lambda")?;
    let runtime = Runtime::at(address);
    let client = Client::from_environment(as_sdks_read(Arc::clone(&variables)), machine)
        .await
        .map_err(|error| error.to_string())?;
    let function = Function::new(builtin, SecretsManager(client), move |name| variables(name));
    loop {
        let invocation = runtime.next().await?;
        let outcome = function.invoke(&invocation.payload).await;
        if let Err(error) = &outcome {
            tracing::error!("{error}");
            for line in error.details() {
                tracing::error!("{line}");
            }
        }
        runtime.answer(&invocation, &outcome).await?;
    }
}

/// As AWS's SDKs read variables: an empty one counts as unset. Its templates name Secrets Manager by a
/// variable of their own.
fn as_sdks_read(variables: Variables) -> Variables {
    let set = move |name: &str| variables(name).filter(|value| !value.is_empty());
    Arc::new(move |name| match name {
        "AWS_ENDPOINT_URL_SECRETS_MANAGER" => set(name).or_else(|| {
            let general = set("AWS_ENDPOINT_URL");
            general.is_none().then(|| set("SECRETS_MANAGER_ENDPOINT")).flatten()
        }),
        _ => set(name),
    })
}
