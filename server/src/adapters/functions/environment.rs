//! The environment that AWS gives functions, with this server's endpoint added.

use std::collections::BTreeMap;
use std::path::PathBuf;

use strongroom_lambda::runner::{Credentials, Launch};
use strongroom_sandbox::wall::Places;

use super::interpreters::Interpreter;

/// Where functions find this server.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// `http://127.0.0.1:4566`.
    pub url: String,
    /// The certificate that they have to trust, if it is one of our own making; where they see it.
    pub authority: Option<PathBuf>,
}

/// Where functions see that certificate.
pub const AUTHORITY: &str = "/var/runtime-ca.pem";

/// The environment of an instance. What the function sets itself is kept where AWS allows it.
#[must_use]
pub fn of(
    launch: &Launch,
    credentials: &Credentials,
    stream: &str,
    endpoint: Option<&Endpoint>,
    places: &Places,
    interpreter: &Interpreter,
) -> Vec<(String, String)> {
    let mut variables = BTreeMap::new();
    let mut set = |name: &str, value: &str| {
        variables.insert(name.to_owned(), value.to_owned());
    };
    let Places { task, opt, runtime, tmp } = places;
    let python = &interpreter.version;
    set("LANG", "C.UTF-8");
    set("TZ", ":UTC");
    set("HOME", tmp);
    set("TMPDIR", tmp);
    set("PATH", &format!("{opt}/bin:/usr/local/bin:/usr/bin:/bin"));
    set("LD_LIBRARY_PATH", &format!("{task}:{task}/lib:{opt}/lib"));
    set("PYTHONPATH", &format!("{opt}/python:{opt}/python/lib/python{python}/site-packages"));
    set("NODE_PATH", &format!("{opt}/nodejs/node_modules:{runtime}/node_modules"));
    if let Some(endpoint) = endpoint {
        set("AWS_ENDPOINT_URL", &endpoint.url);
        // AWS's rotation functions read this one.
        set("SECRETS_MANAGER_ENDPOINT", &endpoint.url);
        if let Some(authority) = &endpoint.authority {
            let authority = authority.to_string_lossy();
            set("AWS_CA_BUNDLE", &authority);
            set("NODE_EXTRA_CA_CERTS", &authority);
        }
    }
    variables.extend(launch.environment.iter().map(|(name, value)| (name.clone(), value.clone())));
    // From here on the runtime has the last word.
    let mut set = |name: &str, value: &str| {
        variables.insert(name.to_owned(), value.to_owned());
    };
    set("_HANDLER", &launch.handler);
    set("LAMBDA_TASK_ROOT", task);
    set("LAMBDA_RUNTIME_DIR", runtime);
    set("AWS_EXECUTION_ENV", &format!("AWS_Lambda_{}", launch.runtime));
    set("AWS_REGION", &launch.region);
    set("AWS_DEFAULT_REGION", &launch.region);
    set("AWS_LAMBDA_FUNCTION_NAME", &launch.name);
    set("AWS_LAMBDA_FUNCTION_VERSION", &launch.version);
    set("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &launch.memory_mib.to_string());
    set("AWS_LAMBDA_LOG_GROUP_NAME", &launch.log_group);
    set("AWS_LAMBDA_LOG_STREAM_NAME", stream);
    set("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    set("AWS_LAMBDA_LOG_FORMAT", &launch.log_format);
    if let Some(level) = &launch.log_level {
        set("AWS_LAMBDA_LOG_LEVEL", level);
    }
    set("AWS_ACCESS_KEY_ID", &credentials.access_key_id);
    set("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key.reveal());
    set("AWS_SESSION_TOKEN", credentials.session_token.reveal());
    variables.into_iter().collect()
}
