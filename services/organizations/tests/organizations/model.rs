//! The operations and inputs against AWS's model.

use std::collections::BTreeSet;

use strongroom_api::{Host, Service};
use strongroom_organizations::Organizations;

use crate::Scene;

/// Every operation of AWS's model, API version 2016-11-28.
const MODEL: &str = "AcceptHandshake AttachPolicy CancelHandshake CloseAccount CreateAccount \
    CreateGovCloudAccount CreateOrganization CreateOrganizationalUnit CreatePolicy DeclineHandshake \
    DeleteOrganization DeleteOrganizationalUnit DeletePolicy DeleteResourcePolicy \
    DeregisterDelegatedAdministrator DescribeAccount DescribeCreateAccountStatus \
    DescribeEffectivePolicy DescribeHandshake DescribeOrganization DescribeOrganizationalUnit \
    DescribePolicy DescribeResourcePolicy DescribeResponsibilityTransfer DetachPolicy \
    DisableAWSServiceAccess DisablePolicyType EnableAWSServiceAccess EnableAllFeatures \
    EnablePolicyType InviteAccountToOrganization InviteOrganizationToTransferResponsibility \
    LeaveOrganization ListAWSServiceAccessForOrganization ListAccounts ListAccountsForParent \
    ListAccountsWithInvalidEffectivePolicy ListChildren ListCreateAccountStatus \
    ListDelegatedAdministrators ListDelegatedServicesForAccount ListEffectivePolicyValidationErrors \
    ListHandshakesForAccount ListHandshakesForOrganization ListInboundResponsibilityTransfers \
    ListOrganizationalUnitsForParent ListOutboundResponsibilityTransfers ListParents ListPolicies \
    ListPoliciesForTarget ListRoots ListTagsForResource ListTargetsForPolicy MoveAccount \
    PutResourcePolicy RegisterDelegatedAdministrator RemoveAccountFromOrganization TagResource \
    TerminateResponsibilityTransfer UntagResource UpdateOrganizationalUnit UpdatePolicy \
    UpdateResponsibilityTransfer";

#[test]
fn every_operation_of_the_model_is_offered_or_has_a_reason() {
    let scene = Scene::new(10);
    let offered: Vec<_> = scene.host.operations().iter().map(|one| one.name).collect();
    let refused: Vec<_> = Organizations::FACTS.not_offered.iter().map(|one| one.name).collect();
    let both: BTreeSet<_> = offered.iter().chain(&refused).copied().collect();
    assert_eq!(both.len(), offered.len() + refused.len(), "nothing is in both lists");
    assert_eq!(both, MODEL.split_whitespace().collect());
}
