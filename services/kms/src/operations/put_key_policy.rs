//! PutKeyPolicy: replaces a key's policy.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape, Values};

use super::get_key_policy::check_name;
use crate::conditions::truth;
use crate::shapes::{PolicyName, PolicyText};
use crate::state::Act;
use crate::subject::Subject;
use crate::{Call, Key, KeyId, Kms, key_policy};

/// PutKeyPolicy.
pub struct PutKeyPolicy;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, by id or ARN.
    pub key_id: KeyId,
    /// The only name is `default`.
    pub policy_name: Option<PolicyName>,
    /// The new policy.
    pub policy: PolicyText,
    /// Whether the policy may lock its author out.
    pub bypass_policy_lockout_safety_check: Option<bool>,
}

impl Operation for PutKeyPolicy {
    const NAME: &'static str = "PutKeyPolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "PolicyName": "default", "Policy": "{}"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        call.service.find_key_by_id(call, &input.key_id).await
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Subject>, key: &str) -> Option<Values<'v>> {
        match key {
            "kms:bypasspolicylockoutsafetycheck" => {
                truth(input.bypass_policy_lockout_safety_check == Some(true))
            }
            _ => None,
        }
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<()> {
        check_name(input.policy_name.as_ref())?;
        subject.check_customer_managed()?;
        subject.check_state(Act::Look, call.now)?;
        let policy = key_policy::read(call, &input.policy.0).await?;
        let changed = Key { policy, ..Key::clone(&subject) };
        if input.bypass_policy_lockout_safety_check != Some(true) {
            key_policy::check_lockout(call, changed.clone())?;
        }
        call.service.save(&subject, &changed).await
    }
}
