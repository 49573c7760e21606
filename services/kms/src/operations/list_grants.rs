//! ListGrants: lists the grants of a key.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Timestamp};

use crate::grant::{
    Grant, GrantConstraints, GrantId, GrantOperation, PrincipalId, ServicePrincipal,
};
use crate::shapes::{Limit, Marker};
use crate::subject::Subject;
use crate::{Call, Key, KeyId, Kms, error, page};

/// ListGrants.
pub struct ListGrants;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// How many grants a page may have; 50 if absent.
    pub limit: Option<Limit>,
    /// Where to go on.
    pub marker: Option<Marker>,
    /// The key, by id or ARN.
    pub key_id: KeyId,
    /// Only this grant.
    pub grant_id: Option<GrantId>,
    /// Only grants for this principal.
    pub grantee_principal: Option<PrincipalId>,
    /// Only grants for this service.
    pub grantee_service_principal: Option<ServicePrincipal>,
}

/// Its reply, and that of ListRetirableGrants.
#[derive(Debug, Reply)]
pub struct Output {
    /// The grants.
    pub grants: Vec<Entry>,
    /// Where to go on.
    pub next_marker: Option<String>,
    /// Whether there are more.
    pub truncated: bool,
}

/// A grant of the list.
#[derive(Debug, Reply)]
pub struct Entry {
    /// The key's ARN.
    pub key_id: String,
    /// The grant's id.
    pub grant_id: String,
    /// What people call it; empty if they call it nothing.
    pub name: String,
    /// When it was made.
    pub creation_date: Timestamp,
    /// Who may, unless it is a service.
    pub grantee_principal: Option<String>,
    /// Which service may.
    pub grantee_service_principal: Option<String>,
    /// Who may give it up, unless it is a service.
    pub retiring_principal: Option<String>,
    /// Which service may give it up.
    pub retiring_service_principal: Option<String>,
    /// The account that made it.
    pub issuing_account: String,
    /// What may be done.
    pub operations: Vec<GrantOperation>,
    /// With which encryption contexts.
    pub constraints: Option<GrantConstraints>,
}

impl Entry {
    pub(super) fn of(key: &Key, grant: &Grant) -> Self {
        let service = |principal: &String| Grant::is_service(principal);
        let grantee = Some(grant.grantee.clone());
        Self {
            key_id: key.arn().to_owned(),
            grant_id: grant.id.clone(),
            name: grant.name.clone().unwrap_or_default(),
            creation_date: grant.created,
            grantee_principal: grantee.clone().filter(|grantee| !service(grantee)),
            grantee_service_principal: grantee.filter(service),
            retiring_principal: grant.retiring.clone().filter(|retiring| !service(retiring)),
            retiring_service_principal: grant.retiring.clone().filter(service),
            issuing_account: grant.issuing_account.clone(),
            operations: grant.operations.clone(),
            constraints: grant.constraints.reply(),
        }
    }
}

impl Operation for ListGrants {
    const NAME: &'static str = "ListGrants";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        let subject = call.service.find_key_by_id(call, &input.key_id).await?;
        Ok(subject.about_grants(call))
    }

    async fn run(_: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<Output> {
        let behind = page::behind(input.marker.as_ref())?;
        let size = page::size(input.limit, 50, 100);
        let all = subject.grants_at_hand().map(|grants| grants.all.as_slice()).unwrap_or_default();
        if let Some(GrantId(id)) = &input.grant_id
            && !all.iter().any(|grant| grant.id == *id)
        {
            return Err(error::no_such_grant(id));
        }
        let wanted = all.iter().filter(|grant| {
            let grantee = input.grantee_principal.as_ref();
            let service = input.grantee_service_principal.as_ref();
            input.grant_id.as_ref().is_none_or(|id| id.0 == grant.id)
                && grantee.is_none_or(|grantee| grantee.0 == grant.grantee)
                && service.is_none_or(|service| service.0 == grant.grantee)
        });
        let (found, next_marker) =
            page::cut(wanted, |grant| grant.id.clone(), behind.as_deref(), size);
        let grants = found.into_iter().map(|grant| Entry::of(&subject, grant)).collect();
        Ok(Output { grants, truncated: next_marker.is_some(), next_marker })
    }
}
