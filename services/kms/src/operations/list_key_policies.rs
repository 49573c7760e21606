//! ListKeyPolicies: lists the names of a key's policies, of which there is one.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::shapes::{Limit, Marker};
use crate::subject::Subject;
use crate::{Call, KeyId, Kms, key_policy, page};

/// ListKeyPolicies.
pub struct ListKeyPolicies;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, by id or ARN.
    pub key_id: KeyId,
    /// How many names a page may have.
    pub limit: Option<Limit>,
    /// Where to go on.
    pub marker: Option<Marker>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The names.
    pub policy_names: Vec<&'static str>,
    /// Whether there are more.
    pub truncated: bool,
}

impl Operation for ListKeyPolicies {
    const NAME: &'static str = "ListKeyPolicies";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key_by_id(call, &input.key_id).await
    }

    async fn run(_: &Call<'_>, input: &Input, _: Authorized<Subject>) -> Result<Output> {
        let behind = page::behind(input.marker.as_ref())?;
        let policy_names = match behind {
            None => vec![key_policy::NAME],
            Some(_) => Vec::new(),
        };
        Ok(Output { policy_names, truncated: false })
    }
}
