//! RetireGrant: gives a grant up, on behalf of whom it names for that.

use std::borrow::Cow;

use strongroom_api::{
    Audit, Authorized, Demand, Demands, Operation, ResourceRule, Result, Shape, Target, Values,
};

use super::revoke_grant::end;
use crate::grant::{Constraints, Grant, GrantId, GrantOperation, Token};
use crate::shapes::GrantToken;
use crate::subject::Subject;
use crate::{Call, Key, KeyId, Kms, error, paths};

/// RetireGrant.
pub struct RetireGrant;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// A text that names the grant.
    pub grant_token: Option<GrantToken>,
    /// The key by its ARN, with the grant's id.
    pub key_id: Option<KeyId>,
    /// The grant, with the key.
    pub grant_id: Option<GrantId>,
    /// Whether to stop before anything is done.
    pub dry_run: Option<bool>,
}

/// A grant of a key.
#[derive(Debug)]
pub struct Retired {
    key: Subject,
    grant_id: String,
}

impl Operation for RetireGrant {
    const NAME: &'static str = "RetireGrant";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"KeyId": "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab", "GrantId": "0c237476b39f8bc44e45212e08498fbe3151305030726c0590dd8d3e9f3d6a60"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Retired;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Retired> {
        let (key_id, grant_id) = named(call, input)?;
        let subject = call.service.find_key_by_id(call, &key_id).await?;
        let grant = subject.grants_at_hand().and_then(|grants| grants.find(&grant_id)).cloned();
        // A grant may give the right to retire itself, and none but itself.
        let key = subject.with_grants(call.caller, |own| own.id == grant_id);
        let key = match grant.and_then(right_of_the_retiring) {
            Some(right) => key.with_grant(right.compiled()?),
            None => key,
        };
        Ok(Retired { key: key.about_grants(call), grant_id })
    }

    fn demands<'t>(_: &'t Input, retired: &'t Retired) -> Demands<'t> {
        Demands::from_iter([Demand::of("kms:RetireGrant", &retired.key)])
    }

    async fn run(call: &Call<'_>, input: &Input, retired: Authorized<Retired>) -> Result<()> {
        end(call, &retired.key, &retired.grant_id, input.dry_run).await
    }
}

fn named(call: &Call<'_>, input: &Input) -> Result<(KeyId, String)> {
    match (&input.grant_token, &input.key_id, &input.grant_id) {
        (Some(token), _, _) => {
            let token = Token::read(token.0.reveal())?;
            let key = paths::key_arn(&token.account, call.region, &token.key_id);
            Ok((KeyId(key), token.grant_id))
        }
        (None, Some(key), Some(id)) => Ok((key.clone(), id.0.clone())),
        _ => Err(error::no_grant_named()),
    }
}

/// What the grant gives its retiring principal.
fn right_of_the_retiring(grant: Grant) -> Option<Grant> {
    Some(Grant {
        grantee: grant.retiring.clone()?,
        grantee_id: grant.retiring_id.clone(),
        operations: vec![GrantOperation::RetireGrant],
        constraints: Constraints::default(),
        ..grant
    })
}

impl Target for Retired {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(Key::arn(&self.key))
    }

    fn account(&self) -> &str {
        Target::account(&self.key)
    }

    fn rule(&self) -> ResourceRule<'_> {
        self.key.rule()
    }

    fn condition(&self, key: &str) -> Option<Values<'_>> {
        self.key.condition(key)
    }
}
