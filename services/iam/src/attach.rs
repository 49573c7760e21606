//! Policies on users, groups and roles: attached, inline, and as boundary.

use strongroom_api::{Result, Values};
use strongroom_policy::{Kind, Policy, Version};

use crate::edit::Edit;
use crate::entity::{Attached, ManagedPolicy, PolicyVersion};
use crate::found::Found;
use crate::holder::Holder;
use crate::shown::AttachedPolicy;
use crate::{Iam, aws_managed, error};

/// Managed policies that one user, group or role may have.
const MOST_ATTACHED: usize = 10;
/// AWS's quota for the characters of a managed policy.
const LONGEST_MANAGED: usize = 6_144;
/// Inline documents that one entity may have in all, white space included, so that its record stays
/// small. AWS's quotas do not count white space.
const MOST_INLINE_BYTES: usize = 256 << 10;

impl Iam {
    /// Attaches the managed policy `arn`. One that is attached already is left as it is.
    pub(crate) async fn attach<T: Holder>(&self, to: &Found<T>, arn: &str) -> Result<()> {
        refuse_protected(&**to)?;
        let mut edit = self.edit(to.account()).await?;
        self.must_be_attachable(to.account(), arn).await?;
        let mut changed = to.stored.value.clone();
        let managed = &mut changed.policies_mut().managed;
        if managed.iter().any(|had| had == arn) {
            return Ok(());
        }
        if managed.len() >= MOST_ATTACHED {
            let quota = format!("PoliciesPer{}", title(T::HOLDER.word()));
            return Err(error::limit_exceeded(&quota, MOST_ATTACHED));
        }
        managed.push(arn.to_owned());
        edit.replace(&to.stored, &changed)?;
        edit.count_attachment(arn, T::HOLDER, to.key_name(), 1).await?;
        edit.commit().await
    }

    /// Detaches the managed policy `arn`.
    pub(crate) async fn detach<T: Holder>(&self, from: &Found<T>, arn: &str) -> Result<()> {
        refuse_protected(&**from)?;
        let mut edit = self.edit(from.account()).await?;
        let mut changed = from.stored.value.clone();
        let managed = &mut changed.policies_mut().managed;
        let position = managed.iter().position(|had| had == arn);
        managed.remove(position.ok_or_else(|| error::not_attached(arn))?);
        edit.replace(&from.stored, &changed)?;
        edit.count_attachment(arn, T::HOLDER, from.key_name(), -1).await?;
        edit.commit().await
    }

    /// Writes an inline policy, in place of one of the same name.
    pub(crate) async fn put_inline<T: Holder>(
        &self,
        to: &Found<T>,
        name: &str,
        document: &str,
    ) -> Result<()> {
        refuse_protected(&**to)?;
        check_document(document)?;
        let mut edit = self.edit(to.account()).await?;
        let mut changed = to.stored.value.clone();
        changed.policies_mut().inline.insert(name.to_owned(), document.to_owned());
        let documents = || changed.policies().inline.values();
        let counted: usize = documents().map(|document| counted_chars(document)).sum();
        let bytes: usize = documents().map(String::len).sum();
        if counted > T::INLINE_LIMIT || bytes > MOST_INLINE_BYTES {
            return Err(error::inline_too_long(T::SORT, to.key_name(), T::INLINE_LIMIT));
        }
        edit.replace(&to.stored, &changed)?;
        edit.commit().await
    }

    /// Removes an inline policy.
    pub(crate) async fn delete_inline<T: Holder>(&self, from: &Found<T>, name: &str) -> Result<()> {
        refuse_protected(&**from)?;
        let mut edit = self.edit(from.account()).await?;
        let mut changed = from.stored.value.clone();
        if changed.policies_mut().inline.remove(name).is_none() {
            return Err(error::no_such_inline_policy(T::SORT, name));
        }
        edit.replace(&from.stored, &changed)?;
        edit.commit().await
    }

    /// Sets the permissions boundary, or removes it; `field` is where the entity keeps it.
    pub(crate) async fn set_boundary<T: Holder>(
        &self,
        of: &Found<T>,
        boundary: Option<&str>,
        field: fn(&mut T) -> &mut Option<String>,
    ) -> Result<()> {
        refuse_protected(&**of)?;
        let mut edit = self.edit(of.account()).await?;
        if let Some(arn) = boundary {
            self.must_be_attachable(of.account(), arn).await?;
        }
        let mut changed = of.stored.value.clone();
        let had = std::mem::replace(field(&mut changed), boundary.map(str::to_owned));
        edit.replace(&of.stored, &changed)?;
        edit.move_boundary(&changed, had.as_deref(), boundary).await?;
        edit.commit().await
    }

    /// The policy must exist to be attached or to be a boundary.
    pub(crate) async fn must_be_attachable(&self, account: &str, arn: &str) -> Result<()> {
        if !arn.starts_with("arn:") {
            return Err(error::invalid_arn());
        }
        if aws_managed::find(arn).is_some() || self.policy_of_arn(account, arn).await?.is_some() {
            return Ok(());
        }
        Err(error::not_attachable(arn))
    }
}

impl Edit<'_> {
    /// Gives an entity another boundary, or takes it away, as far as the books go.
    pub(crate) async fn move_boundary<T: Holder>(
        &mut self,
        entity: &T,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<()> {
        if from == to {
            return Ok(());
        }
        if let Some(arn) = from {
            self.count_boundary(arn, T::HOLDER, entity.key_name(), -1).await?;
        }
        if let Some(arn) = to {
            self.count_boundary(arn, T::HOLDER, entity.key_name(), 1).await?;
        }
        Ok(())
    }
}

/// The document of an inline policy.
pub(crate) fn inline<'a, T: Holder>(of: &'a Found<T>, name: &str) -> Result<&'a str> {
    let document = of.policies().inline.get(name);
    document.map(String::as_str).ok_or_else(|| error::no_such_inline_policy(T::SORT, name))
}

/// An entity with policies cannot be deleted.
pub(crate) fn must_have_no_policies<T: Holder>(entity: &T) -> Result<()> {
    if !entity.policies().managed.is_empty() {
        return Err(error::still_attached());
    }
    if !entity.policies().inline.is_empty() {
        return Err(error::still_has_policies());
    }
    Ok(())
}

/// Only AWS changes service-linked roles.
pub(crate) fn refuse_protected<T: Holder>(entity: &T) -> Result<()> {
    match entity.is_protected() {
        true => Err(error::service_linked(entity.key_name())),
        false => Ok(()),
    }
}

/// The document of an identity policy must be one.
pub(crate) fn check_document(document: &str) -> Result<Policy> {
    let parsed = Policy::parse(document, Kind::Identity);
    parsed.map_err(|malformed| error::malformed_policy(&malformed))
}

/// The document of a managed policy must be one, of the present version of the language, and within
/// AWS's quota. Inline policies of the former version are taken, as AWS does.
pub(crate) fn check_managed(document: &str) -> Result<()> {
    let policy = check_document(document)?;
    if policy.version() != Version::V2012 {
        return Err(error::old_version());
    }
    match policy.size() > LONGEST_MANAGED {
        true => Err(error::limit_exceeded("PolicySize", LONGEST_MANAGED)),
        false => Ok(()),
    }
}

/// The managed policies among `attached` whose path begins with `prefix`.
pub(crate) fn attached(attached: &Attached, prefix: &str) -> Vec<AttachedPolicy> {
    let beneath = |arn: &&String| {
        let path = arn.split_once(":policy").map_or("", |(_, path)| path);
        path.starts_with(prefix)
    };
    attached.managed.iter().filter(beneath).map(|arn| AttachedPolicy::of(arn)).collect()
}

/// The version `v3` of a policy.
pub(crate) fn version<'p>(policy: &'p ManagedPolicy, id: &str) -> Option<&'p PolicyVersion> {
    policy.version(id.strip_prefix('v')?.parse().ok()?)
}

/// `iam:PolicyARN`.
pub(crate) fn policy_condition<'v>(arn: &'v str, key: &str) -> Option<Values<'v>> {
    (key == "iam:policyarn").then(|| Values::one(arn))
}

/// `iam:PermissionsBoundary`.
pub(crate) fn boundary_condition<'v>(arn: Option<&'v str>, key: &str) -> Option<Values<'v>> {
    arn.filter(|_| key == "iam:permissionsboundary").map(Values::one)
}

fn counted_chars(document: &str) -> usize {
    Policy::parse(document, Kind::Identity).map_or(document.len(), |policy| policy.size())
}

fn title(word: &str) -> String {
    let mut title = word.to_owned();
    title[..1].make_ascii_uppercase();
    title
}
