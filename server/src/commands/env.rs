//! `strongroom env`: what AWS SDKs and the AWS CLI need in the environment.

use std::process::ExitCode;

use clap::ArgMatches;
use serde_json::{Map, Value};
use strongroom_api::Sensitive;

use crate::adapters::dev_identities::TEST;
use crate::admin::{Order, ask};
use crate::commands::office::runtime;
use crate::config::{Config, Tls};
use crate::credentials;
use crate::failure::Failure;
use crate::ports::NewAccessKey;
use crate::tls::Generated;

/// Prints the variables.
///
/// # Errors
/// For the operator: there is no such access key.
pub fn run(config: &Config, matches: &ArgMatches) -> Result<ExitCode, Failure> {
    let profile = matches.get_one::<String>("profile").map_or(credentials::DEFAULT, String::as_str);
    let (endpoint, region) = server(config)?;
    let key = access_key(config, profile)?;
    let mut variables = vec![
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ACCESS_KEY_ID", key.id),
        ("AWS_SECRET_ACCESS_KEY", key.secret.reveal().clone()),
        ("AWS_REGION", region.clone()),
        ("AWS_DEFAULT_REGION", region),
        // SDKs would ask `stream-HOST` for Live Tail, which is nobody's name here.
        ("AWS_DISABLE_HOST_PREFIX_INJECTION", "true".to_owned()),
    ];
    if config.tls == Tls::Generated {
        let authority = Generated::in_folder(&config.data.tls()).authority;
        let authority = std::path::absolute(&authority).unwrap_or(authority);
        variables.push(("AWS_CA_BUNDLE", authority.display().to_string()));
    }
    if matches.get_flag("json") {
        let object = variables.into_iter().map(|(name, value)| (name.to_owned(), value.into()));
        println!("{:#}", Value::Object(object.collect::<Map<_, _>>()));
    } else {
        for (name, value) in variables {
            println!("export {name}={}", quoted(&value));
        }
        // A session token of before would not go with this access key.
        println!("unset AWS_SESSION_TOKEN AWS_PROFILE");
    }
    Ok(ExitCode::SUCCESS)
}

/// Endpoint and region: the running server's, or else as configured.
fn server(config: &Config) -> Result<(String, String), Failure> {
    let configured = (config.endpoint(config.listen), config.region.clone());
    if config.dev {
        return Ok(configured);
    }
    let status = runtime()?.block_on(ask(&config.data.admin_socket(), &Order::Status));
    let Some(Ok(status)) = status else { return Ok(configured) };
    let text = |name: &str, or: String| status[name].as_str().map_or(or, str::to_owned);
    Ok((text("endpoint", configured.0), text("region", configured.1)))
}

fn access_key(config: &Config, profile: &str) -> Result<NewAccessKey, Failure> {
    if config.dev {
        return Ok(NewAccessKey { id: TEST.to_owned(), secret: Sensitive::new(TEST.to_owned()) });
    }
    let path = config.data.credentials();
    credentials::read(&path, profile)?.ok_or_else(|| {
        Failure::new(format!("there is no access key [{profile}] in {}", path.display()))
            .hint("start a server with `strongroom serve`, or name its folder with --data-dir")
    })
}

/// Quoted for a POSIX shell where that is needed.
fn quoted(value: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@".contains(&byte);
    if value.bytes().all(is_plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn values_survive_the_shell() {
        assert_eq!(quoted("http://127.0.0.1:4566"), "http://127.0.0.1:4566");
        assert_eq!(quoted("a+b/c="), "'a+b/c='");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
