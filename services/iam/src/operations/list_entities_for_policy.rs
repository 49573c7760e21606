//! ListEntitiesForPolicy: lists whom a managed policy is attached to and whom it bounds.

use std::collections::BTreeSet;
use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};

use crate::entity::{Group, Role, User};
use crate::found::{AnyPolicy};
use crate::page::{Wanted};
use crate::shape::{Arn, EntityFilter, Marker, MaxItems, Path, PolicyUsage};
use crate::{Call, Iam, path};

/// The operation.
pub struct ListEntitiesForPolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    policy_arn: Arn,
    entity_filter: Option<EntityFilter>,
    path_prefix: Option<Path>,
    policy_usage_filter: Option<PolicyUsage>,
    marker: Option<Marker>,
    max_items: Option<MaxItems>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    policy_groups: Vec<PolicyGroup>,
    policy_users: Vec<PolicyUser>,
    policy_roles: Vec<PolicyRole>,
    is_truncated: bool,
    marker: Option<String>,
}

/// A group that the policy is attached to.
#[derive(Reply)]
pub struct PolicyGroup {
    group_name: String,
    group_id: String,
}

/// A user whom the policy is attached to.
#[derive(Reply)]
pub struct PolicyUser {
    user_name: String,
    user_id: String,
}

/// A role that the policy is attached to.
#[derive(Reply)]
pub struct PolicyRole {
    role_name: String,
    role_id: String,
}

impl Input {
    /// Whether an entry of the index (`user/anna`) is of the sort asked for.
    fn wants(&self, entry: &str) -> bool {
        let sort = match self.entity_filter {
            None | Some(EntityFilter::LocalManagedPolicy | EntityFilter::AWSManagedPolicy) => "",
            Some(EntityFilter::User) => "user/",
            Some(EntityFilter::Group) => "group/",
            Some(EntityFilter::Role) => "role/",
        };
        entry.starts_with(sort)
    }
}

impl Output {
    async fn add(&mut self, iam: &Iam, account: &str, entry: &str, beneath: &str) -> Result<()> {
        let (sort, name) = entry.split_once('/').unwrap_or_default();
        match sort {
            "user" => {
                let user = iam.get::<User>(account, name).await?;
                let user = user.filter(|user| user.path.starts_with(beneath));
                self.policy_users.extend(user.map(|user| PolicyUser {
                    user_name: user.name.clone(),
                    user_id: user.id.clone(),
                }));
            }
            "group" => {
                let group = iam.get::<Group>(account, name).await?;
                let group = group.filter(|group| group.path.starts_with(beneath));
                self.policy_groups.extend(group.map(|group| PolicyGroup {
                    group_name: group.name.clone(),
                    group_id: group.id.clone(),
                }));
            }
            _ => {
                let role = iam.get::<Role>(account, name).await?;
                let role = role.filter(|role| role.path.starts_with(beneath));
                self.policy_roles.extend(role.map(|role| PolicyRole {
                    role_name: role.name.clone(),
                    role_id: role.id.clone(),
                }));
            }
        }
        Ok(())
    }
}

impl Operation for ListEntitiesForPolicy {
    const NAME: &'static str = "ListEntitiesForPolicy";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"PolicyArn": "arn:aws:iam::123456789012:policy/readers"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = AnyPolicy;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<AnyPolicy> {
        call.service.find_policy(call, &input.policy_arn).await
    }

    async fn run(call: &Call<'_>, input: &Input, _: Authorized<AnyPolicy>) -> Result<Output> {
        let wanted = Wanted::read(input.marker.as_ref(), input.max_items)?;
        let account = call.caller.account();
        let prefixes = [
            (PolicyUsage::PermissionsPolicy, path::attachments(account, &input.policy_arn)),
            (PolicyUsage::PermissionsBoundary, path::bounded(account, &input.policy_arn)),
        ];
        let mut entries = BTreeSet::new();
        for (usage, prefix) in prefixes {
            if input.policy_usage_filter.is_none_or(|wanted| wanted == usage) {
                entries.extend(call.service.whole_index(&prefix).await?);
            }
        }
        let entries: Vec<_> = entries.into_iter().filter(|entry| input.wants(entry)).collect();
        let page = wanted.of(&entries)?;
        let mut output = Output {
            policy_groups: Vec::new(),
            policy_users: Vec::new(),
            policy_roles: Vec::new(),
            is_truncated: page.is_truncated(),
            marker: page.marker,
        };
        let beneath = input.path_prefix.as_deref().unwrap_or("/");
        for entry in &page.items {
            output.add(call.service, account, entry, beneath).await?;
        }
        Ok(output)
    }
}
