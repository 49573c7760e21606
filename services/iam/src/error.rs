//! Every AWS error that IAM can say, one constructor per message.
//!
//! Texts are quoted from replies of the real service where such are published; the wording of the
//! others is ours and is listed in `docs/divergences.md`.

use strongroom_api::Error;
use strongroom_policy::Malformed;
use strongroom_records::RecordError;

fn no_such_entity(message: impl Into<String>) -> Error {
    Error::new("NoSuchEntity", message).status_is(404)
}

fn already_exists(message: impl Into<String>) -> Error {
    Error::new("EntityAlreadyExists", message).status_is(409)
}

fn delete_conflict(message: &str) -> Error {
    Error::new("DeleteConflict", message).status_is(409)
}

fn invalid_input(message: impl Into<String>) -> Error {
    Error::new("InvalidInput", message)
}

/// No such user, role or group; `sort` is `user`, `role` or `group`.
pub fn no_such(sort: &str, name: &str) -> Error {
    no_such_entity(format!("The {sort} with name {name} cannot be found."))
}

/// No such inline policy.
pub fn no_such_inline_policy(sort: &str, name: &str) -> Error {
    no_such_entity(format!("The {sort} policy with name {name} cannot be found."))
}

/// No such managed policy.
pub fn no_such_policy(arn: &str) -> Error {
    no_such_entity(format!("Policy {arn} was not found."))
}

/// A managed policy that cannot be attached because there is none.
pub fn not_attachable(arn: &str) -> Error {
    no_such_entity(format!("Policy {arn} does not exist or is not attachable."))
}

/// A managed policy that is not attached.
pub fn not_attached(arn: &str) -> Error {
    no_such_entity(format!("Policy {arn} was not found."))
}

/// No such version of a managed policy.
pub fn no_such_version(arn: &str, version: &str) -> Error {
    no_such_entity(format!("Policy {arn} version {version} does not exist or is not attachable."))
}

/// No such access key.
pub fn no_such_access_key(id: &str) -> Error {
    no_such_entity(format!("The Access Key with id {id} cannot be found."))
}

/// No such instance profile.
pub fn no_such_profile(name: &str) -> Error {
    no_such_entity(format!("Instance Profile {name} cannot be found."))
}

/// The role is not in the instance profile.
pub fn role_not_in_profile(role: &str, profile: &str) -> Error {
    no_such_entity(format!("Role {role} in Instance Profile {profile} cannot be found."))
}

/// No such OpenID Connect provider.
pub fn no_such_provider(arn: &str) -> Error {
    no_such_entity(format!("OpenIDConnect Provider not found for arn {arn}"))
}

/// The user has no password.
pub fn no_login_profile(user: &str) -> Error {
    no_such_entity(format!("Login Profile for User {user} cannot be found."))
}

/// The entity has no permissions boundary.
pub fn no_boundary(sort: &str, name: &str) -> Error {
    no_such_entity(format!("The {sort} {name} does not have a permissions boundary."))
}

/// The account has no password policy.
pub fn no_password_policy(account: &str) -> Error {
    no_such_entity(format!("The Password Policy with domain name {account} cannot be found."))
}

/// The account has no such alias.
pub fn no_such_alias(alias: &str) -> Error {
    no_such_entity(format!("The account alias {alias} cannot be found."))
}

/// No such deletion of a service-linked role.
pub fn no_such_task(task: &str) -> Error {
    no_such_entity(format!("Deletion task {task} cannot be found."))
}

/// The name is taken; `sort` is `User`, `Role` or `Group`.
pub fn name_taken(sort: &str, name: &str) -> Error {
    already_exists(format!("{sort} with name {name} already exists."))
}

/// The policy's name is taken.
pub fn policy_name_taken(name: &str) -> Error {
    already_exists(format!(
        "A policy called {name} already exists. Duplicate names are not allowed."
    ))
}

/// The instance profile's name is taken.
pub fn profile_name_taken(name: &str) -> Error {
    already_exists(format!("Instance Profile {name} already exists."))
}

/// The provider is registered already.
pub fn provider_exists(url: &str) -> Error {
    already_exists(format!("Provider with url https://{url} already exists."))
}

/// Another account has the alias.
pub fn alias_taken(alias: &str) -> Error {
    already_exists(format!("The account alias {alias} already exists."))
}

/// Something still depends on what should go.
pub fn still_referenced() -> Error {
    delete_conflict("Cannot delete entity, must remove referenced objects first.")
}

/// Managed policies are still attached.
pub fn still_attached() -> Error {
    delete_conflict("Cannot delete entity, must detach all policies first.")
}

/// Inline policies are still there.
pub fn still_has_policies() -> Error {
    delete_conflict("Cannot delete entity, must delete policies first.")
}

/// The role is in an instance profile.
pub fn still_in_profile() -> Error {
    delete_conflict("Cannot delete entity, must remove roles from instance profile first.")
}

/// The user still has access keys.
pub fn still_has_access_keys() -> Error {
    delete_conflict("Cannot delete entity, must delete access keys first.")
}

/// The user is in groups, or the group has users.
pub fn still_in_group(who: &str) -> Error {
    delete_conflict(&format!("Cannot delete entity, must remove {who} from group first."))
}

/// The policy is attached.
pub fn policy_in_use() -> Error {
    delete_conflict("Cannot delete a policy attached to entities.")
}

/// The policy has versions beside the default one.
pub fn policy_has_versions() -> Error {
    delete_conflict(
        "This policy has more than one version. Before you delete a policy, you must delete the \
         policy's versions. The default version is deleted with the policy.",
    )
}

/// The default version of a policy cannot go alone.
pub fn default_version() -> Error {
    delete_conflict("Cannot delete the default version of a policy.")
}

/// A quota is used up.
pub fn limit_exceeded(quota: &str, limit: usize) -> Error {
    Error::new("LimitExceeded", format!("Cannot exceed quota for {quota}: {limit}")).status_is(409)
}

/// A policy has as many versions as it may have.
pub fn too_many_versions() -> Error {
    let message = "A managed policy can have up to 5 versions. Before you create a new version, you \
                   must delete an existing version.";
    Error::new("LimitExceeded", message).status_is(409)
}

/// Inline policies together are too long.
pub fn inline_too_long(sort: &str, name: &str, limit: usize) -> Error {
    let message = format!("Maximum policy size of {limit} bytes exceeded for {sort} {name}");
    Error::new("LimitExceeded", message).status_is(409)
}

/// A policy document with a flaw.
pub fn malformed_policy(malformed: &Malformed) -> Error {
    Error::new("MalformedPolicyDocument", malformed.to_string())
}

/// A managed policy in the former version of the language.
pub fn old_version() -> Error {
    let message = "Policy document must be version 2012-10-17 or greater.";
    Error::new("MalformedPolicyDocument", message)
}

/// A trust policy names somebody who does not exist.
pub fn invalid_principal(text: &str) -> Error {
    let message = format!("Invalid principal in policy: \"AWS\":\"{text}\"");
    Error::new("MalformedPolicyDocument", message)
}

/// A tag key stands twice.
pub fn duplicate_tag_keys() -> Error {
    invalid_input("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
}

/// A tag key with AWS's own prefix.
pub fn reserved_tag_key() -> Error {
    invalid_input("The provided tag key is reserved: keys must not begin with aws:.")
}

/// A URL that no provider can have.
pub fn invalid_provider_url() -> Error {
    Error::validation("Invalid Open ID Connect Provider URL")
}

/// A thumbprint that is none.
pub fn invalid_thumbprint() -> Error {
    invalid_input("Thumbprint must be 40 hexadecimal characters.")
}

/// More thumbprints than a provider may have.
pub fn too_many_thumbprints() -> Error {
    invalid_input("Thumbprint list must contain fewer than 5 entries.")
}

/// A path that only service-linked roles have.
pub fn service_linked_path() -> Error {
    Error::validation(
        "The path /aws-service-role/ is reserved: use CreateServiceLinkedRole for such roles.",
    )
}

/// An ARN that is none.
pub fn invalid_arn() -> Error {
    // AWS writes two spaces.
    Error::validation("Invalid ARN:  Could not be parsed!")
}

/// An ARN of something that the operation does not take.
pub fn arn_not_valid(arn: &str) -> Error {
    Error::validation(format!("ARN {arn} is not valid."))
}

/// A marker that is none of ours.
pub fn invalid_marker() -> Error {
    Error::validation("Invalid Marker.")
}

/// A caller who is no user left the user name out.
pub fn must_name_user() -> Error {
    Error::validation("Must specify userName when calling with non-User credentials")
}

/// AWS's own policies cannot be changed.
pub fn aws_managed(action: &str, arn: &str) -> Error {
    Error::access_denied(format!(
        "User is not authorized to perform: {action} on resource: {arn}: policies managed by AWS \
         cannot be changed"
    ))
}

/// Service-linked roles are changed by their service only.
pub fn service_linked(role: &str) -> Error {
    Error::new(
        "UnmodifiableEntity",
        format!(
            "Cannot perform the operation on the protected role '{role}' - this role is only modifiable by AWS"
        ),
    )
}

/// The policy grants rights to services only.
pub fn policy_not_attachable(arn: &str) -> Error {
    Error::new(
        "PolicyNotAttachable",
        format!("Cannot attach a Service Role Policy to a Customer Role. {arn}"),
    )
}

/// A role that no service owns.
pub fn not_service_linked(role: &str) -> Error {
    invalid_input(format!("The role {role} is not a service-linked role."))
}

/// A service that has no service-linked role.
pub fn no_service_linked_role(service: &str) -> Error {
    invalid_input(format!("Service role template for {service} was not found."))
}

/// A service-linked role of this service takes no suffix.
pub fn no_custom_suffix(service: &str) -> Error {
    invalid_input(format!("Custom suffix is not allowed for {service}"))
}

/// The service has its role already.
pub fn service_linked_role_taken(name: &str) -> Error {
    invalid_input(format!(
        "Service role name {name} has been taken in this account, please try a different suffix."
    ))
}

/// The status that an access key cannot be given.
pub fn status_not_settable(status: &str) -> Error {
    Error::validation(format!("The status {status} cannot be set; use Active or Inactive."))
}

/// No credential report was made yet.
pub fn no_report() -> Error {
    Error::new("ReportNotPresent", "No report exists. Call GenerateCredentialReport first.")
        .status_is(410)
}

/// The credential report is too old.
pub fn report_expired() -> Error {
    Error::new("ReportExpired", "The report has expired. Call GenerateCredentialReport again.")
        .status_is(410)
}

/// A context entry, an action or another parameter of a simulation that cannot be used.
pub fn invalid_simulation(message: impl Into<String>) -> Error {
    invalid_input(message)
}

/// What a failing record means for a caller.
pub fn storage(error: RecordError) -> Error {
    match error {
        RecordError::Conflict => Error::conflict(),
        cause => Error::internal(cause).query_code("ServiceFailure"),
    }
}
