//! RevokeGrant: takes a grant away, on behalf of whoever manages the key.

use strongroom_api::{Audit, Authorized, Operation, Result, Shape};

use super::create_grant::remove_grant;
use crate::data_key::stop_if_dry;
use crate::grant::GrantId;
use crate::subject::Subject;
use crate::{Call, Key, KeyId, Kms, error, find};

/// RevokeGrant.
pub struct RevokeGrant;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, by id or ARN.
    pub key_id: KeyId,
    /// The grant.
    pub grant_id: GrantId,
    /// Whether to stop before anything is done.
    pub dry_run: Option<bool>,
}

impl Operation for RevokeGrant {
    const NAME: &'static str = "RevokeGrant";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "GrantId": "0c237476b39f8bc44e45212e08498fbe3151305030726c0590dd8d3e9f3d6a60"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        let subject = call.service.find_key_by_id(call, &input.key_id).await?;
        Ok(subject.about_grants(call))
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<()> {
        end(call, &subject, &input.grant_id.0, input.dry_run).await
    }
}

/// Ends the grant `id`.
pub(super) async fn end(
    call: &Call<'_>,
    subject: &Subject,
    id: &str,
    dry_run: Option<bool>,
) -> Result<()> {
    let grant = subject.grants_at_hand().and_then(|grants| grants.find(id));
    let grant = grant.ok_or_else(|| error::no_such_grant(id))?;
    stop_if_dry(dry_run)?;
    let mut changes = call.service.records.changes();
    remove_grant(&mut changes, subject, grant);
    let changed = Key { grants: subject.grants.saturating_sub(1), ..Key::clone(subject) };
    find::put(&mut changes, subject, &changed)?;
    call.service.commit(changes).await
}
