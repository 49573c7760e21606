//! CreateGrant: lets a principal use a key, without touching the key's policy.

use std::borrow::Cow;

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};
use strongroom_records::Changes;

use crate::data_key::stop_if_dry;
use crate::grant::{
    Constraints, Grant, GrantConstraints, GrantOperation, PrincipalId, ServicePrincipal, Token,
};
use crate::key::Key;
use crate::shapes::GrantToken;
use crate::spec::{KeySpec, KeyUsage};
use crate::state::Act;
use crate::subject::Subject;
use crate::{Call, EncryptionContext, KeyId, Kms, encryption_context, error, find, paths};

/// CreateGrant.
pub struct CreateGrant;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The key, by id or ARN.
    pub key_id: KeyId,
    /// Who may, unless it is a service.
    pub grantee_principal: Option<PrincipalId>,
    /// Which service may.
    pub grantee_service_principal: Option<ServicePrincipal>,
    /// Who may give the grant up, unless it is a service.
    pub retiring_principal: Option<PrincipalId>,
    /// Which service may give it up.
    pub retiring_service_principal: Option<ServicePrincipal>,
    /// What may be done.
    pub operations: Vec<GrantOperation>,
    /// With which encryption contexts.
    pub constraints: Option<GrantConstraints>,
    /// Grants that were made a moment ago.
    #[shape(length = 0..=10)]
    pub grant_tokens: Option<Vec<GrantToken>>,
    /// What people call it; with the same name and parameters it is made only once.
    #[shape(length = 1..=256, pattern = "^[a-zA-Z0-9:/_-]+$")]
    pub name: Option<String>,
    /// Whether to stop before anything is done.
    pub dry_run: Option<bool>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// A text that names the grant.
    pub grant_token: String,
    /// Its id.
    pub grant_id: String,
}

impl Input {
    fn grantee(&self) -> Option<&str> {
        let principal = self.grantee_principal.as_ref().map(|principal| &*principal.0);
        principal.or(self.grantee_service_principal.as_ref().map(|service| &*service.0))
    }

    fn retiring(&self) -> Option<&str> {
        let principal = self.retiring_principal.as_ref().map(|principal| &*principal.0);
        principal.or(self.retiring_service_principal.as_ref().map(|service| &*service.0))
    }

    /// # Errors
    /// ValidationException unless there is one grantee, and at most one to retire the grant.
    fn check_principals(&self) -> Result<()> {
        let both = self.grantee_principal.is_some() && self.grantee_service_principal.is_some();
        let two = self.retiring_principal.is_some() && self.retiring_service_principal.is_some();
        if both || two || self.grantee().is_none() {
            return Err(error::grant_principals());
        }
        Ok(())
    }
}

const MOST_GRANTS_OF_A_KEY: u32 = 50_000;

impl Operation for CreateGrant {
    const NAME: &'static str = "CreateGrant";
    const AUDIT: Audit = Audit::WriteOf(&["GrantId"]);
    const EXAMPLE: &'static str = r#"{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "GranteePrincipal": "arn:aws:iam::123456789012:role/reader", "Operations": ["Decrypt"]}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        let subject = call.service.find_key_by_id(call, &input.key_id).await?;
        // Who may create grants only by a grant can hand on no more than that grant gives.
        let wanted = grant(call, input, String::new());
        let subject = subject.with_grants(call.caller, |parent| wanted.is_within(parent));
        Ok(subject.about_grants(call))
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Subject>, key: &str) -> Option<Values<'v>> {
        let constraints = input.constraints.as_ref();
        match key {
            "kms:grantoperations" => Some(Values::Many(
                input.operations.iter().map(|one| Cow::Borrowed(one.text())).collect(),
            )),
            "kms:granteeprincipal" => input.grantee().map(Values::one),
            "kms:retiringprincipal" => input.retiring().map(Values::one),
            "kms:grantconstrainttype" => {
                let constraints = constraints?;
                let equals = constraints.encryption_context_equals.as_ref();
                let subset = constraints.encryption_context_subset.as_ref();
                equals
                    .map(|_| Values::one("EncryptionContextEquals"))
                    .or_else(|| subset.map(|_| Values::one("EncryptionContextSubset")))
            }
            _ => encryption_context::condition(context(constraints), key),
        }
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<Output> {
        input.check_principals()?;
        subject.check_state(Act::Use, call.now)?;
        let mut grant = grant(call, input, Grant::new_id(call.entropy));
        check(&subject, &grant)?;
        identify(call, &mut grant).await?;
        stop_if_dry(input.dry_run)?;
        let known = subject.grants_at_hand().and_then(|grants| {
            grants.all.iter().find(|known| known.name.is_some() && known.is_like(&grant))
        });
        if let Some(known) = known {
            return Ok(reply(&subject, &known.id));
        }
        if subject.grants >= MOST_GRANTS_OF_A_KEY {
            return Err(error::too_many_grants());
        }
        let mut changes = call.service.records.changes();
        let path = paths::grant(&subject.account, &subject.region, &subject.id, &grant.id);
        changes.create(&path, &grant).map_err(error::of_record)?;
        if let Some(place) = retirable_place(&subject, &grant) {
            changes.index(&place, "");
        }
        let changed = Key { grants: subject.grants + 1, ..Key::clone(&subject) };
        find::put(&mut changes, &subject, &changed)?;
        call.service.commit(changes).await?;
        Ok(reply(&subject, &grant.id))
    }
}

fn grant(call: &Call<'_>, input: &Input, id: String) -> Grant {
    Grant {
        id,
        name: input.name.clone(),
        grantee: input.grantee().unwrap_or_default().to_owned(),
        grantee_id: None,
        retiring: input.retiring().map(str::to_owned),
        retiring_id: None,
        operations: input.operations.clone(),
        constraints: Constraints::read(input.constraints.as_ref()),
        issuing_account: format!("arn:aws:iam::{}:root", call.caller.account()),
        created: call.now,
    }
}

/// # Errors
/// InvalidArnException for a user or role that does not exist.
async fn identify(call: &Call<'_>, grant: &mut Grant) -> Result<()> {
    for (principal, id) in [
        (Some(&grant.grantee), &mut grant.grantee_id),
        (grant.retiring.as_ref(), &mut grant.retiring_id),
    ] {
        let Some(principal) = principal.filter(|principal| !Grant::is_service(principal)) else {
            continue;
        };
        let known = call.service.directory.identify(principal).await?;
        let known = known.ok_or_else(|| error::invalid_principal(principal))?;
        *id = Some(known).filter(|known| known != principal);
    }
    Ok(())
}

fn context(constraints: Option<&GrantConstraints>) -> Option<&EncryptionContext> {
    let constraints = constraints?;
    let equals = constraints.encryption_context_equals.as_ref();
    equals.or(constraints.encryption_context_subset.as_ref())
}

fn reply(subject: &Subject, grant_id: &str) -> Output {
    let token = Token {
        account: subject.account.clone(),
        key_id: subject.id.clone(),
        grant_id: grant_id.to_owned(),
    };
    Output { grant_token: token.text(), grant_id: grant_id.to_owned() }
}

fn check(key: &Key, grant: &Grant) -> Result<()> {
    grant.compiled()?;
    if let Some(retiring) = &grant.retiring {
        // It is read like a grantee when its time comes.
        Grant { grantee: retiring.clone(), ..grant.clone() }.compiled()?;
    }
    for operation in &grant.operations {
        if !suits(key, *operation) {
            return Err(error::validation(format!(
                "Grant operation {} is not supported for key spec {} and key usage {}.",
                operation.text(),
                key.spec.text(),
                key.usage.text()
            )));
        }
    }
    if grant.constraints.source_arn.is_some() && !Grant::is_service(&grant.grantee) {
        return Err(error::source_arn_without_service());
    }
    let constrained = grant.constraints.equals.is_some() || grant.constraints.subset.is_some();
    let with_context = |operation: &GrantOperation| {
        !matches!(operation, GrantOperation::DescribeKey | GrantOperation::RetireGrant)
    };
    if constrained
        && (key.spec != KeySpec::SymmetricDefault || !grant.operations.iter().any(with_context))
    {
        return Err(error::constraints_without_context());
    }
    Ok(())
}

/// Whether the key can do such a thing at all.
fn suits(key: &Key, operation: GrantOperation) -> bool {
    use GrantOperation as Grants;
    let symmetric = key.spec == KeySpec::SymmetricDefault;
    match operation {
        Grants::CreateGrant | Grants::RetireGrant | Grants::DescribeKey => true,
        Grants::Encrypt | Grants::Decrypt | Grants::ReEncryptFrom | Grants::ReEncryptTo => {
            key.usage == KeyUsage::EncryptDecrypt
        }
        Grants::GenerateDataKey
        | Grants::GenerateDataKeyWithoutPlaintext
        | Grants::GenerateDataKeyPair
        | Grants::GenerateDataKeyPairWithoutPlaintext => symmetric,
        Grants::Sign | Grants::Verify => key.usage == KeyUsage::SignVerify,
        Grants::GetPublicKey => key.spec.random_bytes().is_none(),
        Grants::GenerateMac | Grants::VerifyMac => key.usage == KeyUsage::GenerateVerifyMac,
        Grants::Encapsulate | Grants::Decapsulate => key.usage == KeyUsage::EncapsulateDecapsulate,
        Grants::DeriveSharedSecret => key.usage == KeyUsage::KeyAgreement,
    }
}

/// Where a grant stands among those that its retiring principal may retire.
fn retirable_place(key: &Key, grant: &Grant) -> Option<String> {
    let retiring = grant.retiring.as_deref()?;
    let account = retiring.split(':').nth(4).filter(|account| !account.is_empty());
    let account = account.unwrap_or(&key.account);
    let place = (key.account.as_str(), key.id.as_str(), grant.id.as_str());
    Some(paths::retirable_grant(account, &key.region, retiring, place))
}

/// Adds to `changes` that a grant of `key` goes. The key's own count is the caller's matter.
pub(crate) fn remove_grant(changes: &mut Changes<'_>, key: &Key, grant: &Grant) {
    changes.delete(&paths::grant(&key.account, &key.region, &key.id, &grant.id));
    if let Some(place) = retirable_place(key, grant) {
        changes.delete(&place);
    }
}
