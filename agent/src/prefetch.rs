//! Fetches secrets before anyone asks: those of the configuration, in batches as AWS's agent does.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use strongroom_client::Machine;

use crate::config::{Config, Prefetch};
use crate::reader::Reader;
use crate::upstream::Shared;
use crate::value::SecretValue;
use crate::wanted::{Item, Wanted};

const BATCH: usize = 20;
/// Between two batches, so that starting fleets do not use up the rate of an account.
const PAUSE: Duration = Duration::from_millis(34);
/// More pages than a full cache has.
const MAX_PAGES: usize = 60;

/// Fills the cache as configured. What cannot be fetched is logged and left for the first caller.
pub async fn run(config: Config, upstream: Shared, reader: Arc<Reader>, machine: Arc<dyn Machine>) {
    let prefetch = &config.prefetch;
    if prefetch.secrets.is_empty() && prefetch.filter_tags.is_empty() {
        return;
    }
    let jitter = machine.below(prefetch.max_jitter_seconds.saturating_mul(1_000).max(1));
    tokio::time::sleep(Duration::from_millis(jitter)).await;
    let mut left = room(config.cache_size, prefetch);
    for (role, body) in requests(prefetch) {
        left = pages(&upstream, &reader, role, body, left).await;
    }
    tracing::info!(values = reader.remembered_count(), "secrets were fetched in advance");
}

/// The share of the cache that may be filled.
fn room(cache_size: usize, prefetch: &Prefetch) -> usize {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let room = (cache_size as f64 * prefetch.buffer_ratio) as usize;
    room
}

/// The batches to ask for, and as which role each.
fn requests(prefetch: &Prefetch) -> Vec<(Option<&str>, Value)> {
    let mut by_role: BTreeMap<Option<&str>, Vec<&str>> = BTreeMap::new();
    for (id, role) in &prefetch.secrets {
        by_role.entry(role.as_deref()).or_default().push(id);
    }
    let lists = by_role.into_iter().flat_map(|(role, ids)| {
        let batches: Vec<_> =
            ids.chunks(BATCH).map(|ids| (role, json!({ "SecretIdList": ids }))).collect();
        batches
    });
    let tags = prefetch.filter_tags.iter().map(|(key, role)| {
        let filters = json!([{ "Key": "tag-key", "Values": [key] }]);
        (role.as_deref(), json!({ "Filters": filters, "MaxResults": BATCH }))
    });
    lists.chain(tags).collect()
}

async fn pages(
    upstream: &Shared,
    reader: &Reader,
    role: Option<&str>,
    mut body: Value,
    mut left: usize,
) -> usize {
    for _ in 0..MAX_PAGES {
        if left == 0 {
            break;
        }
        let bytes = body.to_string().into_bytes();
        let asked = upstream.ask(role, "secretsmanager.BatchGetSecretValue", bytes).await;
        let reply = match asked {
            Ok(reply) => serde_json::from_slice::<Batch>(&reply).unwrap_or_default(),
            Err(refusal) => {
                tracing::warn!(status = refusal.status, "secrets could not be fetched in advance");
                break;
            }
        };
        for error in &reply.errors {
            tracing::warn!(
                secret = error.secret_id,
                code = error.error_code,
                "not fetched in advance"
            );
        }
        let asked_for = body.get("SecretIdList").and_then(Value::as_array).cloned();
        for value in reply.secret_values.iter().take(left) {
            keep(reader, role, asked_for.as_deref(), value);
        }
        left = left.saturating_sub(reply.secret_values.len());
        tokio::time::sleep(PAUSE).await;
        let Some(token) = reply.next_token else { break };
        body["NextToken"] = token.into();
    }
    left
}

/// Remembers the value under what callers will ask for: the id configured, or the secret's name.
fn keep(reader: &Reader, role: Option<&str>, asked_for: Option<&[Value]>, value: &SecretValue) {
    let is_asked_for = |id: &&Value| id.as_str().is_some_and(|id| id == value.arn);
    let by_arn = asked_for.is_some_and(|ids| ids.iter().any(|id| is_asked_for(&id)));
    let id = if by_arn { &value.arn } else { &value.name };
    let item = Item::Secret { id: id.clone(), version_id: None, version_stage: None };
    reader.put(&Wanted { role: role.map(str::to_owned), item }, value);
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Batch {
    secret_values: Vec<SecretValue>,
    errors: Vec<BatchError>,
    next_token: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct BatchError {
    secret_id: String,
    error_code: String,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use std::sync::Mutex;

    use strongroom_client::{Providing, ThisMachine};
    use zeroize::Zeroizing;

    use super::*;
    use crate::answer::Refusal;
    use crate::upstream::{Body, Upstream};
    use crate::wanted;

    #[derive(Default)]
    struct Service(Mutex<Vec<Value>>);

    impl Upstream for Service {
        fn ask<'a>(
            &'a self,
            _: Option<&'a str>,
            operation: &'a str,
            body: Vec<u8>,
        ) -> Providing<'a, Result<Body, Refusal>> {
            assert_eq!(operation, "secretsmanager.BatchGetSecretValue");
            let body: Value = serde_json::from_slice(&body).unwrap();
            let value = |id: &str| json!({"ARN": format!("arn:{id}"), "Name": id, "VersionId": "v", "SecretString": "s"});
            let values: Vec<Value> = match body["SecretIdList"].as_array() {
                Some(ids) => ids.iter().map(|id| value(id.as_str().unwrap())).collect(),
                None => vec![value("tagged")],
            };
            self.0.lock().unwrap().push(body);
            let text = json!({ "SecretValues": values }).to_string().into_bytes();
            Box::pin(async { Ok(Zeroizing::new(text)) })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn secrets_are_there_before_anyone_asks() {
        let secrets = (0..25).map(|number| (format!("s{number}"), None)).collect();
        let prefetch = Prefetch {
            buffer_ratio: 0.8,
            secrets,
            filter_tags: vec![("team".to_owned(), None)],
            ..Prefetch::default()
        };
        let config = Config { prefetch, ..Config::default() };
        let service = Arc::new(Service::default());
        let upstream: Shared = service.clone();
        let reader = Arc::new(Reader::new(&config, upstream.clone(), ThisMachine::shared(), None));
        run(config, upstream, Arc::clone(&reader), ThisMachine::shared()).await;
        assert_eq!(service.0.lock().unwrap().len(), 3);
        for id in ["s0", "s24", "tagged"] {
            let question = wanted::read(&format!("/v1/{id}"), "", "/v1/").unwrap();
            assert!(reader.remembered(&question).is_some(), "{id}");
        }
    }
}
