//! GetKeyPolicy: shows a key's policy.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::shapes::PolicyName;
use crate::subject::Subject;
use crate::{Call, KeyId, Kms, error, key_policy};

/// GetKeyPolicy.
pub struct GetKeyPolicy;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, by id or ARN.
    pub key_id: KeyId,
    /// The only name is `default`.
    pub policy_name: Option<PolicyName>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The policy.
    pub policy: String,
    /// Its name.
    pub policy_name: &'static str,
}

impl Operation for GetKeyPolicy {
    const NAME: &'static str = "GetKeyPolicy";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str =
        r#"{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "PolicyName": "default"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key_by_id(call, &input.key_id).await
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<Output> {
        check_name(input.policy_name.as_ref())?;
        Ok(Output {
            policy: key_policy::shown(call, &subject).await?,
            policy_name: key_policy::NAME,
        })
    }
}

/// # Errors
/// NotFoundException for another name than `default`.
pub(super) fn check_name(name: Option<&PolicyName>) -> Result<()> {
    if name.is_none_or(|name| name.0 == key_policy::NAME) {
        return Ok(());
    }
    Err(error::no_such_policy())
}
