//! ListRetirableGrants: lists the grants that a principal of the account may retire.

use strongroom_api::{Account, Audit, Authorized, Operation, Result, Shape};
use strongroom_store::Direction;

use super::list_grants::{Entry, Output};
use crate::grant::{PrincipalId, ServicePrincipal};
use crate::shapes::{Limit, Marker};
use crate::{Call, Kms, error, page, paths};

/// ListRetirableGrants.
pub struct ListRetirableGrants;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// How many grants a page may have; 50 if absent.
    pub limit: Option<Limit>,
    /// Where to go on.
    pub marker: Option<Marker>,
    /// The principal, unless it is a service.
    pub retiring_principal: Option<PrincipalId>,
    /// The service.
    pub retiring_service_principal: Option<ServicePrincipal>,
}

impl Operation for ListRetirableGrants {
    const NAME: &'static str = "ListRetirableGrants";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str =
        r#"{"RetiringPrincipal": "arn:aws:iam::123456789012:role/admin"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, input: &Input, account: Authorized<Account>) -> Result<Output> {
        let behind = page::behind(input.marker.as_ref())?;
        let size = page::size(input.limit, 50, 100);
        // Under the caller's account stand the principals of that account, and no others.
        let principal = match (&input.retiring_principal, &input.retiring_service_principal) {
            (Some(principal), None) => &principal.0,
            (None, Some(service)) => &service.0,
            _ => return Err(error::retiring_principal()),
        };
        let place = paths::retirable(&account.0, call.region, principal);
        let range = page::rest(&place, behind.as_deref());
        let found = call.service.records.scan_index(range, Direction::Forward, size).await;
        let found = found.map_err(error::of_record)?;
        let mut grants = Vec::with_capacity(found.entries.len());
        for (entry, _) in &found.entries {
            grants.extend(read(call, &entry[place.len()..]).await?);
        }
        let last = found.entries.last().map(|(entry, _)| page::marker(&entry[place.len()..]));
        let next_marker = last.filter(|_| found.more);
        Ok(Output { grants, truncated: next_marker.is_some(), next_marker })
    }
}

/// The grant that stands at `<account>/<key id>/<grant id>`, if it is still there.
async fn read(call: &Call<'_>, place: &str) -> Result<Option<Entry>> {
    let mut parts = place.splitn(3, '/');
    let (Some(account), Some(key_id), Some(grant_id)) = (parts.next(), parts.next(), parts.next())
    else {
        return Ok(None);
    };
    let key = call.service.stored_key(call, account, key_id).await?;
    Ok(key.and_then(|key| {
        let grant = key.grants_at_hand()?.find(grant_id)?;
        Some(Entry::of(&key, grant))
    }))
}
