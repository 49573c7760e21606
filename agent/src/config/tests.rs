//! What the configuration says, key by key (the names and bounds are AWS's).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::Arc;

use super::*;

fn with(text: &str, pairs: &'static [(&'static str, &'static str)]) -> Result<Config, Failure> {
    let variables: Variables = Arc::new(move |wanted| {
        pairs.iter().find(|(name, _)| *name == wanted).map(|(_, value)| (*value).to_owned())
    });
    parse(text, &variables)
}

#[test]
fn what_is_not_said_is_as_in_aws_s_agent() {
    let config = with("", &[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:2773");
    assert_eq!(
        (config.ttl.as_secs(), config.cache_size, config.max_connections),
        (300, 1_000, 800)
    );
    assert_eq!(config.token_variables[..2], ["AWS_TOKEN", "AWS_SESSION_TOKEN"]);
    assert_eq!(config.form, Form::Agent);
}

#[test]
fn the_flat_and_the_nested_form_say_the_same() {
    let flat = with(
        "http_port = 3000\nttl_seconds = 5\nmax_conn = 7\nlog_level = 'DEBUG'\nssrf_headers = ['X-A']",
        &[],
    );
    let nested = with(
        "[logging]\nlog_level = 'debug'\n[capabilities.secrets_manager]\nenabled = true\n\
         http_port = 3000\nmax_conn = 7\n[capabilities.secrets_manager.cache]\nttl_seconds = 5\n\
         [capabilities.secrets_manager.security]\nssrf_headers = ['X-A']\n\
         [[capabilities.secrets_manager.prefetch.secrets]]\nsecret_id = 'a'\n",
        &[],
    );
    for config in [flat.unwrap(), nested.as_ref().unwrap().clone()] {
        assert_eq!(config.listen.port(), 3_000);
        assert_eq!((config.ttl.as_secs(), config.max_connections), (5, 7));
        assert_eq!(
            (config.log_level.as_str(), config.token_headers.as_slice()),
            ("debug", &["X-A".to_owned()][..])
        );
    }
    assert_eq!(nested.unwrap().prefetch.secrets, [("a".to_owned(), None)]);
}

#[test]
fn unknown_keys_and_values_out_of_range_are_named() {
    for (text, named) in [
        ("htpp_port = 1", "htpp_port"),
        ("[capabilities.secrets_manager]\nttl = 1", "ttl"),
        ("http_port = 80", "http_port has to be from 1024 to 65535"),
        ("ttl_seconds = 3601", "ttl_seconds has to be from 0 to 3600"),
        ("cache_size = -1", "cache_size has to be from 1 to 1000"),
        ("path_prefix = 'x'", "path_prefix"),
        ("[[clients]]\nname = 'a'", "neither token_file nor uid"),
    ] {
        let message = with(text, &[]).unwrap_err().message;
        assert!(message.contains(named), "{message}");
    }
}

#[test]
fn the_variables_of_the_extension_are_taken_and_choose_its_form() {
    let config = with(
        "",
        &[
            ("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", "2774"),
            ("PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED", "false"),
            ("SECRETS_MANAGER_TTL", "0"),
            ("SSM_PARAMETER_STORE_TIMEOUT_MILLIS", "50"),
        ],
    )
    .unwrap();
    assert_eq!((config.listen.port(), config.cache_size, config.ttl.as_secs()), (2774, 0, 0));
    assert_eq!((config.parameter_timeout.as_millis(), config.form), (50, Form::Extension));
    let error = with("", &[("SECRETS_MANAGER_TTL", "301")]).unwrap_err();
    assert_eq!(error.message, "SECRETS_MANAGER_TTL has to be a number from 0 to 300");
}
