//! Whatever a caller sends and a file holds: an answer or an error, never a panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::Arc;

use proptest::prelude::*;
use strongroom_agent::{config, wanted};

proptest! {
    #[test]
    fn any_request_is_read_or_refused(path in "/[ -~]{0,80}", query in "[ -~]{0,200}") {
        match wanted::read(&path, &query, "/v1/") {
            Ok(question) => prop_assert!(!question.wanted.item.id().is_empty()),
            Err(refusal) => prop_assert!(matches!(refusal.status, 400 | 404)),
        }
    }

    #[test]
    fn a_name_survives_being_encoded(name in "[a-zA-Z0-9/_+=.@-]{1,200}") {
        let encoded: String = name.bytes().map(|byte| format!("%{byte:02x}")).collect();
        for (path, query) in [
            (format!("/v1/{encoded}"), String::new()),
            ("/secretsmanager/get".to_owned(), format!("secretId={encoded}")),
        ] {
            let question = wanted::read(&path, &query, "/v1/").unwrap();
            prop_assert_eq!(question.wanted.item.id(), &name);
        }
    }

    #[test]
    fn any_configuration_is_read_or_refused(text in "[a-z_]{1,12} = [-0-9a-z'\\[\\].]{1,12}\n") {
        let variables: strongroom_client::Variables = Arc::new(|_| None);
        let _read_or_refused = config::parse(&text, &variables);
    }
}
