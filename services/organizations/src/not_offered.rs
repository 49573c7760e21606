//! What AWS's model has and we do not, with the reasons.

use strongroom_api::NotOffered;

const NO_HANDSHAKES: &str = "accounts join by being created, with CreateAccount or with `strongroom \
     account create` for an id of one's own, or by `strongroom account enroll`; there are no \
     invitations to answer";
const NO_DELEGATION: &str = "no service here takes a delegated administrator; the management account \
     administers the organization";
const NO_SERVICE_ACCESS: &str = "no service here acts across an organization on its own behalf";
const NO_RESOURCE_POLICY: &str =
    "the management account alone administers the organization, so there is nothing to delegate";
const NO_TRANSFERS: &str = "nothing is billed here, so there is no responsibility to transfer";
const NO_MANAGEMENT_POLICIES: &str = "of AWS's policy types only service control policies are in force here, and those are not merged";

pub const NOT_OFFERED: &[NotOffered] = &[
    NotOffered { name: "AcceptHandshake", reason: NO_HANDSHAKES },
    NotOffered { name: "CancelHandshake", reason: NO_HANDSHAKES },
    NotOffered {
        name: "CreateGovCloudAccount",
        reason: "there is one partition here, not a second one for governments",
    },
    NotOffered { name: "DeclineHandshake", reason: NO_HANDSHAKES },
    NotOffered { name: "DeleteResourcePolicy", reason: NO_RESOURCE_POLICY },
    NotOffered { name: "DeregisterDelegatedAdministrator", reason: NO_DELEGATION },
    NotOffered { name: "DescribeEffectivePolicy", reason: NO_MANAGEMENT_POLICIES },
    NotOffered { name: "DescribeHandshake", reason: NO_HANDSHAKES },
    NotOffered { name: "DescribeResourcePolicy", reason: NO_RESOURCE_POLICY },
    NotOffered { name: "DescribeResponsibilityTransfer", reason: NO_TRANSFERS },
    NotOffered { name: "DisableAWSServiceAccess", reason: NO_SERVICE_ACCESS },
    NotOffered { name: "EnableAWSServiceAccess", reason: NO_SERVICE_ACCESS },
    NotOffered {
        name: "EnableAllFeatures",
        reason: "it takes a handshake with every member; create the organization with all features",
    },
    NotOffered { name: "InviteAccountToOrganization", reason: NO_HANDSHAKES },
    NotOffered { name: "InviteOrganizationToTransferResponsibility", reason: NO_TRANSFERS },
    NotOffered { name: "ListAccountsWithInvalidEffectivePolicy", reason: NO_MANAGEMENT_POLICIES },
    NotOffered { name: "ListDelegatedServicesForAccount", reason: NO_DELEGATION },
    NotOffered { name: "ListEffectivePolicyValidationErrors", reason: NO_MANAGEMENT_POLICIES },
    NotOffered { name: "ListHandshakesForAccount", reason: NO_HANDSHAKES },
    NotOffered { name: "ListHandshakesForOrganization", reason: NO_HANDSHAKES },
    NotOffered { name: "ListInboundResponsibilityTransfers", reason: NO_TRANSFERS },
    NotOffered { name: "ListOutboundResponsibilityTransfers", reason: NO_TRANSFERS },
    NotOffered { name: "PutResourcePolicy", reason: NO_RESOURCE_POLICY },
    NotOffered { name: "RegisterDelegatedAdministrator", reason: NO_DELEGATION },
    NotOffered { name: "TerminateResponsibilityTransfer", reason: NO_TRANSFERS },
    NotOffered { name: "UpdateResponsibilityTransfer", reason: NO_TRANSFERS },
];
