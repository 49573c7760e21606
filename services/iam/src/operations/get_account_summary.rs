//! GetAccountSummary: counts what the account has, beside its quotas.

use std::collections::BTreeMap;
use strongroom_api::{Account, Audit, Authorized, Operation, Reply, Result, Shape};

use crate::{Call, Iam};

/// The operation.
pub struct GetAccountSummary;

/// The request.
#[derive(Shape)]
pub struct Input;

/// The reply.
#[derive(Reply)]
pub struct Output {
    summary_map: BTreeMap<String, i64>,
}

/// What does not change: AWS's quotas, and what accounts here never have.
const QUOTAS: &[(&str, i64)] = &[
    ("AccessKeysPerUserQuota", 2),
    ("AccountMFAEnabled", 0),
    ("AccountPasswordPresent", 0),
    ("AccountSigningCertificatesPresent", 0),
    ("AssumeRolePolicySizeQuota", 2_048),
    ("AttachedPoliciesPerGroupQuota", 10),
    ("AttachedPoliciesPerRoleQuota", 10),
    ("AttachedPoliciesPerUserQuota", 10),
    ("GlobalEndpointTokenVersion", 2),
    ("GroupPolicySizeQuota", 5_120),
    ("GroupsPerUserQuota", 10),
    ("GroupsQuota", 300),
    ("InstanceProfilesQuota", 1_000),
    ("MFADevices", 0),
    ("MFADevicesInUse", 0),
    ("PoliciesQuota", 1_500),
    ("PolicySizeQuota", 6_144),
    ("PolicyVersionsInUseQuota", 10_000),
    ("RolePolicySizeQuota", 10_240),
    ("RolesQuota", 1_000),
    ("ServerCertificates", 0),
    ("ServerCertificatesQuota", 20),
    ("SigningCertificatesPerUserQuota", 2),
    ("UserPolicySizeQuota", 2_048),
    ("UsersQuota", 5_000),
    ("VersionsPerPolicyQuota", 5),
];

impl Operation for GetAccountSummary {
    const NAME: &'static str = "GetAccountSummary";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = "{}";

    type Service = Iam;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_>, _: &Input, target: Authorized<Account>) -> Result<Output> {
        let ledger = call.service.ledger(&target.0).await?;
        let ledger = ledger.map(|ledger| ledger.value.clone()).unwrap_or_default();
        let used = call.service.all_usage(&target.0).await?;
        let in_use = used.values().filter(|usage| usage.attachments > 0).count() as i64;
        let has_root_keys = i64::from(!ledger.root_access_keys.is_empty());
        let counted = [
            ("Users", i64::from(ledger.users)),
            ("Groups", i64::from(ledger.groups)),
            ("Roles", i64::from(ledger.roles)),
            ("Policies", i64::from(ledger.policies)),
            ("PolicyVersionsInUse", i64::from(ledger.policy_versions) + in_use),
            ("InstanceProfiles", i64::from(ledger.instance_profiles)),
            ("Providers", i64::from(ledger.providers)),
            ("AccountAccessKeysPresent", has_root_keys),
        ];
        let all = counted.into_iter().chain(QUOTAS.iter().copied());
        let summary_map = all.map(|(name, count)| (name.to_owned(), count)).collect();
        Ok(Output { summary_map })
    }
}
