//! Whose rights are simulated: a user, group or role of the account, with its policies.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use strongroom_api::{Result, Shape, Target};
use strongroom_policy::{Attachment, Kind, Named, Policy};

use crate::entity::{Group, Role, User};
use crate::found::Found;
use crate::service_control::Control;
use crate::shape::Document;
use crate::{Call, Iam, error, path};

/// A user, group or role.
pub enum Subject {
    /// A user.
    User(Found<User>),
    /// A group.
    Group(Found<Group>),
    /// A role.
    Role(Found<Role>),
}

impl Subject {
    fn target(&self) -> &dyn Target {
        match self {
            Self::User(user) => user,
            Self::Group(group) => group,
            Self::Role(role) => role,
        }
    }
}

impl Target for Subject {
    fn arn(&self) -> Cow<'_, str> {
        self.target().arn()
    }

    fn account(&self) -> &str {
        self.target().account()
    }

    fn tag(&self, key: &str) -> Option<&str> {
        self.target().tag(key)
    }
}

/// The service control policies of one level of an organization.
#[derive(Clone, Debug, Shape)]
pub struct OrganizationPolicies {
    service_control_policy_input_list: Option<Vec<Document>>,
}

/// The policies that decide in a simulation.
#[derive(Default)]
pub(crate) struct SubjectPolicies {
    pub(crate) identity: Vec<Arc<Named>>,
    pub(crate) boundary: Option<Arc<Named>>,
    pub(crate) service_control: Arc<[Vec<Arc<Named>>]>,
}

impl SubjectPolicies {
    /// Adds policies that a request brings.
    ///
    /// # Errors
    /// `MalformedPolicyDocument`.
    pub(crate) fn add(&mut self, documents: &[Document]) -> Result<()> {
        for (position, document) in documents.iter().enumerate() {
            let name = format!("PolicyInputList.{}", position + 1);
            self.identity.push(brought(&name, document, Attachment::Inline)?);
        }
        Ok(())
    }

    /// Puts a boundary that a request brings in place of the subject's own; AWS takes one at most.
    ///
    /// # Errors
    /// `MalformedPolicyDocument`, `InvalidInput`.
    pub(crate) fn bound_by(&mut self, documents: &[Document]) -> Result<()> {
        match documents {
            [] => Ok(()),
            [document] => {
                let name = "PermissionsBoundaryPolicyInputList.1";
                self.boundary = Some(brought(name, document, Attachment::Boundary)?);
                Ok(())
            }
            _ => Err(error::invalid_simulation(
                "PermissionsBoundaryPolicyInputList can contain one policy only.",
            )),
        }
    }

    /// Puts service control policies above, one list for each level.
    ///
    /// # Errors
    /// `MalformedPolicyDocument`.
    pub(crate) fn controlled_by(&mut self, levels: &[OrganizationPolicies]) -> Result<()> {
        let level = |level: &OrganizationPolicies| {
            let documents = level.service_control_policy_input_list.iter().flatten();
            let name = "ServiceControlPolicyInputList";
            let parsed =
                documents.map(|document| brought(name, document, Attachment::ServiceControl));
            parsed.collect::<Result<Vec<_>>>()
        };
        self.service_control = levels.iter().map(level).collect::<Result<_>>()?;
        Ok(())
    }

    /// The condition keys and policy variables that the policies mention, in order.
    pub(crate) fn context_keys(&self) -> Vec<String> {
        let mut keys = BTreeSet::new();
        for named in self.identity.iter().chain(&self.boundary) {
            collect_keys(&named.policy, &mut keys);
        }
        keys.into_iter().collect()
    }
}

/// Adds the condition keys and policy variables that a policy mentions.
pub(crate) fn collect_keys(policy: &Policy, keys: &mut BTreeSet<String>) {
    for statement in policy.statements() {
        for (_, key, values) in statement.conditions() {
            keys.insert(key.to_owned());
            values.iter().for_each(|value| collect_variables(value, keys));
        }
        statement.resources().for_each(|resource| collect_variables(resource, keys));
    }
}

/// `${aws:username}`, but not `${*}`, which stands for a character.
fn collect_variables(text: &str, keys: &mut BTreeSet<String>) {
    for part in text.split("${").skip(1) {
        let Some((variable, _)) = part.split_once('}') else { continue };
        let key = variable.split(',').next().unwrap_or(variable).trim();
        if key.contains(':') {
            keys.insert(key.to_owned());
        }
    }
}

fn brought(name: &str, document: &str, attachment: Attachment) -> Result<Arc<Named>> {
    let kind = match attachment {
        Attachment::ServiceControl => Kind::ServiceControl,
        _ => Kind::Identity,
    };
    let parsed = Policy::parse(document, kind);
    let policy = parsed.map_err(|malformed| error::malformed_policy(&malformed))?;
    Ok(Arc::new(Named { policy, name: name.into(), arn: None, attachment }))
}

impl Iam {
    /// The user, group or role of this ARN.
    pub(crate) async fn find_subject(&self, call: &Call<'_>, arn: &str) -> Result<Subject> {
        let own = format!("arn:aws:iam::{}:", call.caller.account());
        let resource = arn.strip_prefix(&own).ok_or_else(|| error::arn_not_valid(arn))?;
        let name = path::tail(resource);
        match resource.split_once('/').map(|(sort, _)| sort) {
            Some("user") => self.find(call, name).await.map(Subject::User),
            Some("group") => self.find(call, name).await.map(Subject::Group),
            Some("role") => self.find(call, name).await.map(Subject::Role),
            _ => Err(error::arn_not_valid(arn)),
        }
    }

    /// The policies of a subject.
    pub(crate) async fn policies_of(&self, subject: &Subject) -> Result<SubjectPolicies> {
        let control: Control = self.control(subject.account()).await?;
        let policies = match subject {
            Subject::User(user) => self.policies_of_user(user, &control).await?,
            Subject::Role(role) => self.policies_of_role(role, &control).await?,
            Subject::Group(group) => {
                let identity = self.policies_of_group(group).await?;
                return Ok(SubjectPolicies { identity, ..SubjectPolicies::default() });
            }
        };
        Ok(SubjectPolicies {
            identity: policies.identity,
            boundary: policies.boundary,
            service_control: policies.service_control,
        })
    }
}
