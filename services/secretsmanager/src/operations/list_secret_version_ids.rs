//! ListSecretVersionIds: the versions of a secret.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Timestamp, Values};

use crate::id::SecretId;
use crate::page::{NextToken, Scope};
use crate::secret::{Found, Secret};
use crate::version::Version;
use crate::write::DEFAULT_KEY_SHOWN;
use crate::{Call, SecretsManager, error};

/// The operation.
pub struct ListSecretVersionIds;

/// The request.
#[derive(Shape)]
pub struct Input {
    secret_id: SecretId,
    #[shape(range = 1..=100)]
    max_results: Option<i32>,
    next_token: Option<NextToken>,
    include_deprecated: Option<bool>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    versions: Vec<Entry>,
    next_token: Option<String>,
    #[shape(name = "ARN")]
    arn: String,
    name: String,
}

/// A version as the list shows it.
#[derive(Reply)]
pub struct Entry {
    version_id: String,
    version_stages: Option<Vec<String>>,
    last_accessed_date: Option<Timestamp>,
    created_date: Timestamp,
    kms_key_ids: Vec<String>,
}

impl Operation for ListSecretVersionIds {
    const NAME: &'static str = "ListSecretVersionIds";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"SecretId": "prod/db", "IncludeDeprecated": true}"#;

    type Service = SecretsManager;
    type Input = Input;
    type Target = Found;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found> {
        call.service.find(call, &input.secret_id).await
    }

    fn condition<'v>(_: &'v Input, secret: Option<&'v Found>, key: &str) -> Option<Values<'v>> {
        secret?.condition(key)
    }

    async fn run(call: &Call<'_>, input: &Input, secret: Authorized<Found>) -> Result<Output> {
        let secret = call.service.with_notes(&secret.0.key, &secret.0.value);
        let all = input.include_deprecated.unwrap_or(false);
        let query = format!("{}/{all}", secret.arn());
        let scope = Scope {
            operation: Self::NAME,
            account: call.caller.account(),
            region: call.region,
            query: &query,
        };
        let after: Option<String> = match &input.next_token {
            Some(token) => Some(scope.open(call.service.records(), token)?),
            None => None,
        };
        let rest = rest(&secret, after.as_deref())?;
        let mut shown = rest.iter().filter(|version| all || !version.is_deprecated());
        let limit = input.max_results.map_or(100, |n| usize::try_from(n).unwrap_or(1));
        let page: Vec<&Version> = shown.by_ref().take(limit).collect();
        let next_token = match (page.last(), shown.next()) {
            (Some(last), Some(_)) => Some(scope.token(call.service.records(), &last.id)?),
            _ => None,
        };
        Ok(Output {
            versions: page.into_iter().map(entry).collect(),
            next_token,
            arn: secret.arn().to_owned(),
            name: secret.name.clone(),
        })
    }
}

/// The versions after the one that ended the last page.
fn rest<'s>(secret: &'s Secret, after: Option<&str>) -> Result<&'s [Version]> {
    let Some(after) = after else { return Ok(&secret.versions) };
    let position = secret.versions.iter().position(|version| version.id == after);
    // It may have been cleaned up meanwhile; then the client has to start anew.
    position.map(|p| &secret.versions[p + 1..]).ok_or_else(error::invalid_next_token)
}

fn entry(version: &Version) -> Entry {
    let kms_key_ids = match version.kms_keys.as_slice() {
        [] => vec![DEFAULT_KEY_SHOWN.to_owned()],
        keys => keys.to_vec(),
    };
    Entry {
        version_id: version.id.clone(),
        version_stages: (!version.is_deprecated()).then(|| version.stages.clone()),
        last_accessed_date: version.last_accessed,
        created_date: version.created,
        kms_key_ids,
    }
}

#[cfg(test)]
mod tests;
