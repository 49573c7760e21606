//! Every AWS error that Organizations can say.
//!
//! Where AWS's words are not on record, they are those of the error's description in its model.

use strongroom_records::RecordError;
use strongroom_wire::Error;

use crate::organization::Organization;

/// A fault of ours.
pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    said(
        "ServiceException",
        "AWS Organizations can't complete your request because of an internal service error. Try \
         again later.",
    )
    .status_is(500)
    .because(cause)
}

/// What a record error is to the caller.
pub fn of_record(error: RecordError) -> Error {
    match error {
        RecordError::Conflict => Error::conflict(),
        other => internal(other),
    }
}

/// The caller's account is in no organization.
pub fn not_in_use() -> Error {
    said("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
        .about("*")
}

/// The caller's account is a member that asks for what only the management account may do.
pub fn not_management() -> Error {
    said("AccessDeniedException", "You don't have permissions to access this resource.")
}

/// The account has an organization already.
pub fn already_in_organization() -> Error {
    said(
        "AlreadyInOrganizationException",
        "The provided account is already a member of an organization.",
    )
}

/// There are members left.
pub fn organization_not_empty() -> Error {
    said(
        "OrganizationNotEmptyException",
        "To delete an organization you must first remove all member accounts (except the master).",
    )
}

/// There is no such account in the organization.
pub fn no_such_account(organization: &Organization, id: &str) -> Error {
    said("AccountNotFoundException", "You specified an account that doesn't exist.")
        .about(organization.account_arn(id))
}

/// The address belongs to another account of the organization; said to operators, since AWS says it
/// in the status of the request.
pub fn email_exists() -> Error {
    said("DuplicateAccountException", "An account with the same email address already exists.")
}

/// The account is closed.
pub fn already_closed() -> Error {
    said("AccountAlreadyClosedException", "The provided account is already closed.")
}

/// There is no such request to create an account.
pub fn no_such_creation() -> Error {
    said(
        "CreateAccountStatusNotFoundException",
        "We can't find an create account request with the CreateAccountRequestId that you specified.",
    )
    .about("*")
}

/// There is no such organizational unit.
pub fn no_such_unit(organization: &Organization, id: &str) -> Error {
    said(
        "OrganizationalUnitNotFoundException",
        "You specified an organizational unit that doesn't exist.",
    )
    .about(organization.arn_of(id))
}

/// There is no such root.
pub fn no_such_root(organization: &Organization, id: &str) -> Error {
    said("RootNotFoundException", "You specified a root that doesn't exist.")
        .about(organization.arn_of(id))
}

/// There is no such parent.
pub fn no_such_parent(organization: &Organization, id: &str) -> Error {
    said("ParentNotFoundException", "You specified a parent that doesn't exist.")
        .about(organization.arn_of(id))
}

/// There is no such child.
pub fn no_such_child(organization: &Organization, id: &str) -> Error {
    said(
        "ChildNotFoundException",
        "You specified an organizational unit or an account that doesn't exist.",
    )
    .about(organization.arn_of(id))
}

/// There is no such root, unit, account or policy.
pub fn no_such_target(organization: &Organization, id: &str) -> Error {
    said("TargetNotFoundException", "You specified a target that doesn't exist.")
        .about(organization.arn_of(id))
}

/// MoveAccount: there is no such source.
pub fn no_such_source(organization: &Organization, id: &str) -> Error {
    said(
        "SourceParentNotFoundException",
        "We can't find a source root or OU with the ParentId that you specified.",
    )
    .about(organization.arn_of(id))
}

/// MoveAccount: there is no such destination.
pub fn no_such_destination(organization: &Organization, id: &str) -> Error {
    said(
        "DestinationParentNotFoundException",
        "We can't find the destination container (a root or OU) with the ParentId that you \
         specified.",
    )
    .about(organization.arn_of(id))
}

/// MoveAccount: the account is there already.
pub fn duplicate_account() -> Error {
    said(
        "DuplicateAccountException",
        "That account is already present in the specified destination.",
    )
}

/// A unit of that name is there already.
pub fn duplicate_unit() -> Error {
    said("DuplicateOrganizationalUnitException", "An OU with the same name already exists.")
}

/// Something hangs under the unit.
pub fn unit_not_empty() -> Error {
    said(
        "OrganizationalUnitNotEmptyException",
        "The specified OU is not empty. Move all accounts to another root or to other OUs, remove \
         all child OUs, and try the operation again.",
    )
}

/// There is no such policy.
pub fn no_such_policy(organization: &Organization, id: &str) -> Error {
    said("PolicyNotFoundException", "You specified a policy that doesn't exist.")
        .about(organization.arn_of(id))
}

/// A policy of that name is there already.
pub fn duplicate_policy() -> Error {
    said("DuplicatePolicyException", "A policy with the same name already exists.")
}

/// The policy is attached there already.
pub fn duplicate_attachment() -> Error {
    said(
        "DuplicatePolicyAttachmentException",
        "The selected policy is already attached to the specified target.",
    )
}

/// The policy is not attached there.
pub fn not_attached() -> Error {
    said(
        "PolicyNotAttachedException",
        "The policy isn't attached to the specified target in the specified root.",
    )
}

/// The policy is attached somewhere.
pub fn policy_in_use() -> Error {
    said(
        "PolicyInUseException",
        "The policy is attached to one or more entities. You must detach it from all roots, OUs, \
         and accounts before performing this operation.",
    )
}

/// A document that is not one of a service control policy. AWS does not say what is wrong with it.
pub fn malformed_policy(cause: strongroom_policy::Malformed) -> Error {
    said(
        "MalformedPolicyDocumentException",
        "The provided policy document does not meet the requirements of the specified policy type.",
    )
    .because(cause)
}

/// The type of policy cannot be had: another feature set is needed, or it is not offered.
pub fn policy_type_not_available() -> Error {
    said(
        "PolicyTypeNotAvailableForOrganizationException",
        "You can't use the specified policy type with the feature set currently enabled for this \
         organization.",
    )
}

/// The type is enabled already.
pub fn policy_type_already_enabled() -> Error {
    said("PolicyTypeAlreadyEnabledException", "The specified policy type is already enabled.")
}

/// The type is not enabled.
pub fn policy_type_not_enabled() -> Error {
    said(
        "PolicyTypeNotEnabledException",
        "This operation can be performed only for enabled policy types.",
    )
}

/// The management account stays in its organization.
pub fn management_cannot_leave() -> Error {
    said(
        "MasterCannotLeaveOrganizationException",
        "You can't remove a management account from an organization.",
    )
}

/// The management account is not closed this way.
pub fn management_cannot_be_closed() -> Error {
    constraint("You attempted to close the management account.", "CANNOT_CLOSE_MANAGEMENT_ACCOUNT")
}

/// Only an organization with all features does this.
pub fn not_in_all_features_mode() -> Error {
    constraint(
        "You attempted to perform an operation that requires the organization to be configured to \
         support all features.",
        "ORGANIZATION_NOT_IN_ALL_FEATURES_MODE",
    )
}

/// The tree is as deep as it may be.
pub fn too_deep() -> Error {
    constraint(
        "You attempted to create an OU tree that is too many levels deep.",
        "OU_DEPTH_LIMIT_EXCEEDED",
    )
}

/// There are as many units as there may be.
pub fn too_many_units() -> Error {
    constraint(
        "You attempted to exceed the number of OUs that you can have in an organization.",
        "OU_NUMBER_LIMIT_EXCEEDED",
    )
}

/// There are as many policies as there may be.
pub fn too_many_policies() -> Error {
    constraint(
        "You attempted to exceed the number of policies that you can have in an organization.",
        "POLICY_NUMBER_LIMIT_EXCEEDED",
    )
}

/// The document is too long.
pub fn policy_too_long() -> Error {
    constraint("You have exceeded the maximum policy size.", "POLICY_CONTENT_LIMIT_EXCEEDED")
}

/// The target has as many policies as it may have.
pub fn too_many_attached() -> Error {
    constraint(
        "You have attached the maximum number of policies to the specified target.",
        "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
    )
}

/// The target must keep one policy.
pub fn last_attached() -> Error {
    constraint(
        "You cannot remove the last policy attached to the specified target. You must have at \
         least one attached at all times.",
        "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
    )
}

/// The resource has as many tags as it may have.
pub fn too_many_tags() -> Error {
    constraint(
        "You have exceeded the number of tags allowed on this resource.",
        "MAX_TAG_LIMIT_EXCEEDED",
    )
}

/// AWS's own policy does not change.
pub fn immutable_policy() -> Error {
    invalid(
        "You specified a policy that is managed by AWS and can't be modified.",
        "IMMUTABLE_POLICY",
    )
}

/// A tag twice in one request.
pub fn duplicate_tag() -> Error {
    invalid(
        "Tag keys must be unique among the tags attached to the same entity.",
        "DUPLICATE_TAG_KEY",
    )
}

/// `aws:…` belongs to AWS.
pub fn system_tag() -> Error {
    invalid(
        "You specified a tag key that is a system tag. You can't add, edit, or delete system tag \
         keys because they're reserved for AWS use.",
        "INVALID_SYSTEM_TAGS_PARAMETER",
    )
}

/// A role name that belongs to service-linked roles.
pub fn reserved_role_name() -> Error {
    invalid(
        "You provided a role name that isn't valid. A role name can't begin with the reserved \
         prefix AWSServiceRoleFor.",
        "INVALID_ROLE_NAME",
    )
}

/// A token that no list of ours gave out.
pub fn invalid_token() -> Error {
    invalid("You specified an invalid value for NextToken.", "INVALID_NEXT_TOKEN")
}

fn constraint(message: &str, reason: &'static str) -> Error {
    said("ConstraintViolationException", message).with("Reason", reason)
}

fn invalid(message: &str, reason: &'static str) -> Error {
    said("InvalidInputException", message).with("Reason", reason)
}

fn said(code: &'static str, message: &str) -> Error {
    Error::new(code, message).capital_message()
}
