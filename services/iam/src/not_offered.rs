//! The operations of AWS's model that are not offered, each with the reason.

use strongroom_api::NotOffered;

/// In the order of their names.
pub(crate) const NOT_OFFERED: &[NotOffered] = &[
    NotOffered { name: "AcceptDelegationRequest", reason: "delegation requests are not offered" },
    NotOffered { name: "AcquireRole", reason: "role templates are not offered" },
    NotOffered {
        name: "AssociateDelegationRequest",
        reason: "delegation requests are not offered",
    },
    NotOffered { name: "ChangePassword", reason: "users have no passwords" },
    NotOffered { name: "CreateDelegationRequest", reason: "delegation requests are not offered" },
    NotOffered { name: "CreateLoginProfile", reason: "users have no passwords" },
    NotOffered { name: "CreateSAMLProvider", reason: "SAML is not offered" },
    NotOffered {
        name: "CreateServiceSpecificCredential",
        reason: "the services with credentials of their own are not offered",
    },
    NotOffered { name: "CreateVirtualMFADevice", reason: "second factors are not offered" },
    NotOffered { name: "DeactivateMFADevice", reason: "second factors are not offered" },
    NotOffered { name: "DeleteSAMLProvider", reason: "SAML is not offered" },
    NotOffered { name: "DeleteSSHPublicKey", reason: "certificates and SSH keys are not kept" },
    NotOffered {
        name: "DeleteServerCertificate",
        reason: "certificates and SSH keys are not kept",
    },
    NotOffered {
        name: "DeleteServiceSpecificCredential",
        reason: "the services with credentials of their own are not offered",
    },
    NotOffered {
        name: "DeleteSigningCertificate",
        reason: "certificates and SSH keys are not kept",
    },
    NotOffered { name: "DeleteVirtualMFADevice", reason: "second factors are not offered" },
    NotOffered {
        name: "DisableOrganizationsRootCredentialsManagement",
        reason: "organization-wide features of IAM are not offered",
    },
    NotOffered {
        name: "DisableOrganizationsRootSessions",
        reason: "organization-wide features of IAM are not offered",
    },
    NotOffered {
        name: "DisableOutboundWebIdentityFederation",
        reason: "no tokens are issued to others",
    },
    NotOffered { name: "EnableMFADevice", reason: "second factors are not offered" },
    NotOffered {
        name: "EnableOrganizationsRootCredentialsManagement",
        reason: "organization-wide features of IAM are not offered",
    },
    NotOffered {
        name: "EnableOrganizationsRootSessions",
        reason: "organization-wide features of IAM are not offered",
    },
    NotOffered {
        name: "EnableOutboundWebIdentityFederation",
        reason: "no tokens are issued to others",
    },
    NotOffered {
        name: "GenerateOrganizationsAccessReport",
        reason: "organization-wide features of IAM are not offered",
    },
    NotOffered {
        name: "GenerateServiceLastAccessedDetails",
        reason: "use of services is not tracked by principal",
    },
    NotOffered { name: "GetAccountProperties", reason: "account properties are not offered" },
    NotOffered { name: "GetDelegationRequest", reason: "delegation requests are not offered" },
    NotOffered { name: "GetHumanReadableSummary", reason: "no summaries are written" },
    NotOffered { name: "GetMFADevice", reason: "second factors are not offered" },
    NotOffered {
        name: "GetOrganizationsAccessReport",
        reason: "organization-wide features of IAM are not offered",
    },
    NotOffered {
        name: "GetOutboundWebIdentityFederationInfo",
        reason: "no tokens are issued to others",
    },
    NotOffered { name: "GetRoleTemplateVersion", reason: "role templates are not offered" },
    NotOffered { name: "GetSAMLProvider", reason: "SAML is not offered" },
    NotOffered { name: "GetSSHPublicKey", reason: "certificates and SSH keys are not kept" },
    NotOffered { name: "GetServerCertificate", reason: "certificates and SSH keys are not kept" },
    NotOffered {
        name: "GetServiceLastAccessedDetails",
        reason: "use of services is not tracked by principal",
    },
    NotOffered {
        name: "GetServiceLastAccessedDetailsWithEntities",
        reason: "use of services is not tracked by principal",
    },
    NotOffered { name: "ListDelegationRequests", reason: "delegation requests are not offered" },
    NotOffered { name: "ListMFADeviceTags", reason: "second factors are not offered" },
    NotOffered {
        name: "ListOrganizationsFeatures",
        reason: "organization-wide features of IAM are not offered",
    },
    NotOffered {
        name: "ListPoliciesGrantingServiceAccess",
        reason: "use of services is not tracked by principal",
    },
    NotOffered { name: "ListSAMLProviderTags", reason: "SAML is not offered" },
    NotOffered { name: "ListSAMLProviders", reason: "SAML is not offered" },
    NotOffered {
        name: "ListServerCertificateTags",
        reason: "certificates and SSH keys are not kept",
    },
    NotOffered { name: "ListServerCertificates", reason: "certificates and SSH keys are not kept" },
    NotOffered { name: "PutAccountProperties", reason: "account properties are not offered" },
    NotOffered { name: "RejectDelegationRequest", reason: "delegation requests are not offered" },
    NotOffered {
        name: "ResetServiceSpecificCredential",
        reason: "the services with credentials of their own are not offered",
    },
    NotOffered { name: "ResyncMFADevice", reason: "second factors are not offered" },
    NotOffered { name: "SendDelegationToken", reason: "delegation requests are not offered" },
    NotOffered {
        name: "SetSecurityTokenServicePreferences",
        reason: "there is one format of session tokens",
    },
    NotOffered { name: "TagMFADevice", reason: "second factors are not offered" },
    NotOffered { name: "TagSAMLProvider", reason: "SAML is not offered" },
    NotOffered { name: "TagServerCertificate", reason: "certificates and SSH keys are not kept" },
    NotOffered { name: "UntagMFADevice", reason: "second factors are not offered" },
    NotOffered { name: "UntagSAMLProvider", reason: "SAML is not offered" },
    NotOffered { name: "UntagServerCertificate", reason: "certificates and SSH keys are not kept" },
    NotOffered { name: "UpdateDelegationRequest", reason: "delegation requests are not offered" },
    NotOffered { name: "UpdateLoginProfile", reason: "users have no passwords" },
    NotOffered { name: "UpdateSAMLProvider", reason: "SAML is not offered" },
    NotOffered { name: "UpdateSSHPublicKey", reason: "certificates and SSH keys are not kept" },
    NotOffered {
        name: "UpdateServerCertificate",
        reason: "certificates and SSH keys are not kept",
    },
    NotOffered {
        name: "UpdateServiceSpecificCredential",
        reason: "the services with credentials of their own are not offered",
    },
    NotOffered {
        name: "UpdateSigningCertificate",
        reason: "certificates and SSH keys are not kept",
    },
    NotOffered { name: "UploadSSHPublicKey", reason: "certificates and SSH keys are not kept" },
    NotOffered {
        name: "UploadServerCertificate",
        reason: "certificates and SSH keys are not kept",
    },
    NotOffered {
        name: "UploadSigningCertificate",
        reason: "certificates and SSH keys are not kept",
    },
];
