//! Everything about an account's rights in one list.

use strongroom_api::{Reply, Result, Timestamp};

use crate::entity::{Attached, Group, InstanceProfile, ManagedPolicy, Role, User};
use crate::holder::Entity;
use crate::page::Wanted;
use crate::shape::EntityFilter;
use crate::shown::{self, AttachedPolicy, Boundary, PolicyVersion, Profile, encoded};
use crate::tag::Tag;
use crate::{Iam, aws_managed, path};

/// A page of the list.
#[derive(Default, Reply)]
pub struct Details {
    user_detail_list: Vec<UserDetail>,
    group_detail_list: Vec<GroupDetail>,
    role_detail_list: Vec<RoleDetail>,
    policies: Vec<PolicyDetail>,
    is_truncated: bool,
    marker: Option<String>,
}

/// An inline policy.
#[derive(Reply)]
pub struct Inline {
    policy_name: String,
    policy_document: String,
}

/// A user.
#[derive(Reply)]
pub struct UserDetail {
    path: String,
    user_name: String,
    user_id: String,
    arn: String,
    create_date: Timestamp,
    user_policy_list: Vec<Inline>,
    group_list: Vec<String>,
    attached_managed_policies: Vec<AttachedPolicy>,
    permissions_boundary: Option<Boundary>,
    tags: Vec<Tag>,
}

/// A group.
#[derive(Reply)]
pub struct GroupDetail {
    path: String,
    group_name: String,
    group_id: String,
    arn: String,
    create_date: Timestamp,
    group_policy_list: Vec<Inline>,
    attached_managed_policies: Vec<AttachedPolicy>,
}

/// A role.
#[derive(Reply)]
pub struct RoleDetail {
    path: String,
    role_name: String,
    role_id: String,
    arn: String,
    create_date: Timestamp,
    assume_role_policy_document: String,
    instance_profile_list: Vec<Profile>,
    role_policy_list: Vec<Inline>,
    attached_managed_policies: Vec<AttachedPolicy>,
    permissions_boundary: Option<Boundary>,
    tags: Vec<Tag>,
    role_last_used: shown::LastUsed,
}

/// A managed policy.
#[derive(Reply)]
pub struct PolicyDetail {
    policy_name: String,
    policy_id: String,
    arn: String,
    path: String,
    default_version_id: String,
    attachment_count: i32,
    permissions_boundary_usage_count: i32,
    is_attachable: bool,
    description: Option<String>,
    create_date: Timestamp,
    update_date: Timestamp,
    policy_version_list: Vec<PolicyVersion>,
}

/// The parts of the list in order, and what markers begin with while the list is in them.
const PARTS: [(EntityFilter, &str); 5] = [
    (EntityFilter::User, "user|"),
    (EntityFilter::Group, "group|"),
    (EntityFilter::Role, "role|"),
    (EntityFilter::LocalManagedPolicy, "policy|"),
    (EntityFilter::AWSManagedPolicy, "aws|"),
];

impl Iam {
    /// A page of the list, with those sorts that `wants` lets through.
    pub(crate) async fn details(
        &self,
        account: &str,
        wanted: &Wanted,
        wants: &(dyn Fn(EntityFilter) -> bool + Sync),
    ) -> Result<Details> {
        let mut details = Details::default();
        let (mut place, mut within) = wanted.within(&PARTS.map(|(_, part)| part))?;
        while place < PARTS.len() {
            let (sort, part) = PARTS[place];
            let rest = match wants(sort) {
                true => self.add(&mut details, sort, account, &within).await?,
                false => None,
            };
            if let Some(rest) = rest {
                return Ok(details.broken_off(part, &rest));
            }
            place += 1;
            within = Wanted::first(wanted.items - details.len());
            if within.items == 0 {
                // Whether the parts to come have anything is for the next page to say.
                let next = PARTS[place..].iter().find(|(sort, _)| wants(*sort));
                return Ok(match next {
                    Some((_, part)) => details.broken_off(part, ""),
                    None => details,
                });
            }
        }
        Ok(details)
    }

    /// Adds what fits of one part; the answer is the last item if there is more.
    async fn add(
        &self,
        details: &mut Details,
        sort: EntityFilter,
        account: &str,
        within: &Wanted,
    ) -> Result<Option<String>> {
        Ok(match sort {
            EntityFilter::User => {
                let page = self.list::<User>(account, within, |_| true).await?;
                for user in &page.items {
                    details.user_detail_list.push(self.user_detail(user).await?);
                }
                page.last()?
            }
            EntityFilter::Group => {
                let page = self.list::<Group>(account, within, |_| true).await?;
                details.group_detail_list.extend(page.items.iter().map(|g| group_detail(g)));
                page.last()?
            }
            EntityFilter::Role => {
                let page = self.list::<Role>(account, within, |_| true).await?;
                for role in &page.items {
                    details.role_detail_list.push(self.role_detail(role).await?);
                }
                page.last()?
            }
            EntityFilter::LocalManagedPolicy => {
                let page = self.list::<ManagedPolicy>(account, within, |_| true).await?;
                for policy in &page.items {
                    details.policies.push(self.policy_detail(policy).await?);
                }
                page.last()?
            }
            EntityFilter::AWSManagedPolicy => self.add_aws(details, account, within).await?,
        })
    }

    /// Of AWS's policies only those in use are shown, as AWS does it.
    async fn add_aws(
        &self,
        details: &mut Details,
        account: &str,
        within: &Wanted,
    ) -> Result<Option<String>> {
        let used = self.all_usage(account).await?;
        let usage = |arn: &str| used.get(arn).copied().unwrap_or_default();
        let in_use = |arn: &str| usage(arn).attachments > 0 || usage(arn).boundaries > 0;
        let all: Vec<_> =
            aws_managed::POLICIES.iter().filter(|policy| in_use(&policy.arn())).collect();
        let page = within.of(&all)?;
        for policy in &page.items {
            let shown = shown::Policy::of_aws(policy, usage(&policy.arn()), true);
            let versions = vec![PolicyVersion::of_aws(policy, true)];
            details.policies.push(PolicyDetail::of(shown, versions));
        }
        page.last()
    }

    async fn user_detail(&self, user: &User) -> Result<UserDetail> {
        let mut group_list = Vec::with_capacity(user.groups.len());
        for id in &user.groups {
            group_list.extend(self.group_of_id(id).await?.map(|group| group.name));
        }
        Ok(UserDetail {
            path: user.path.clone(),
            user_name: user.name.clone(),
            user_id: user.id.clone(),
            arn: user.arn(),
            create_date: user.created,
            user_policy_list: inline(&user.policies),
            group_list,
            attached_managed_policies: attached(&user.policies),
            permissions_boundary: Boundary::of(user.boundary.as_ref()),
            tags: user.tags.clone(),
        })
    }

    async fn role_detail(&self, role: &Role) -> Result<RoleDetail> {
        let trust = self.trust_to_show(&role.trust).await?;
        let mut instance_profile_list = Vec::new();
        for name in self.whole_index(&path::profiles_of(&role.account, &role.name)).await? {
            let Some(profile) = self.get::<InstanceProfile>(&role.account, &name).await? else {
                continue;
            };
            let inside = Some(shown::Role::created(role, &trust));
            instance_profile_list.push(Profile::brief(&profile, inside));
        }
        Ok(RoleDetail {
            path: role.path.clone(),
            role_name: role.name.clone(),
            role_id: role.id.clone(),
            arn: role.arn(),
            create_date: role.created,
            assume_role_policy_document: encoded(&trust),
            instance_profile_list,
            role_policy_list: inline(&role.policies),
            attached_managed_policies: attached(&role.policies),
            permissions_boundary: Boundary::of(role.boundary.as_ref()),
            tags: role.tags.clone(),
            role_last_used: shown::LastUsed::of(self.last_use(&role.id).await?),
        })
    }

    async fn policy_detail(&self, policy: &ManagedPolicy) -> Result<PolicyDetail> {
        let usage = self.usage(&policy.account, &policy.arn()).await?;
        let latest_first = policy.versions.iter().rev();
        let versions = latest_first.map(|version| PolicyVersion::of(policy, version, true));
        Ok(PolicyDetail::of(shown::Policy::whole(policy, usage), versions.collect()))
    }
}

impl Details {
    fn len(&self) -> usize {
        let principals = self.user_detail_list.len() + self.role_detail_list.len();
        principals + self.group_detail_list.len() + self.policies.len()
    }

    fn broken_off(mut self, part: &str, last: &str) -> Self {
        self.is_truncated = true;
        self.marker = Some(Wanted::marker(part, last));
        self
    }
}

impl PolicyDetail {
    fn of(policy: shown::Policy, policy_version_list: Vec<PolicyVersion>) -> Self {
        Self {
            policy_name: policy.policy_name,
            policy_id: policy.policy_id,
            arn: policy.arn,
            path: policy.path,
            default_version_id: policy.default_version_id,
            attachment_count: policy.attachment_count,
            permissions_boundary_usage_count: policy.permissions_boundary_usage_count,
            is_attachable: policy.is_attachable,
            description: policy.description,
            create_date: policy.create_date,
            update_date: policy.update_date,
            policy_version_list,
        }
    }
}

fn group_detail(group: &Group) -> GroupDetail {
    GroupDetail {
        path: group.path.clone(),
        group_name: group.name.clone(),
        group_id: group.id.clone(),
        arn: group.arn(),
        create_date: group.created,
        group_policy_list: inline(&group.policies),
        attached_managed_policies: attached(&group.policies),
    }
}

fn inline(policies: &Attached) -> Vec<Inline> {
    let show = |(name, document): (&String, &String)| Inline {
        policy_name: name.clone(),
        policy_document: encoded(document),
    };
    policies.inline.iter().map(show).collect()
}

fn attached(policies: &Attached) -> Vec<AttachedPolicy> {
    policies.managed.iter().map(|arn| AttachedPolicy::of(arn)).collect()
}
