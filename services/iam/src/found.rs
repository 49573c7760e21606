//! What a call acts on: entities found, entities to be, and AWS's own policies.

use std::borrow::Cow;
use std::sync::Arc;

use strongroom_api::{Error, Result, Target};
use strongroom_records::Stored;

use crate::aws_managed::{self, AwsManaged};
use crate::entity::{InstanceProfile, ManagedPolicy, Provider, Role, User};
use crate::holder::{Entity, arn, shown};
use crate::{Call, Iam, error, path, tag};

/// An entity that a call found, as policies see it.
pub struct Found<T: Entity> {
    pub(crate) stored: Arc<Stored<T>>,
    arn: String,
}

impl<T: Entity> Found<T> {
    pub(crate) fn new(stored: Arc<Stored<T>>) -> Self {
        let arn = stored.arn();
        Self { stored, arn }
    }
}

impl<T: Entity> std::ops::Deref for Found<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.stored.value
    }
}

impl<T: Entity> Target for Found<T> {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn shown(&self) -> Cow<'_, str> {
        Cow::Owned(shown::<T>(self.stored.value.key_name(), &self.arn))
    }

    fn account(&self) -> &str {
        self.stored.value.account()
    }

    fn tag(&self, key: &str) -> Option<&str> {
        tag::value(self.stored.value.tags(), key)
    }
}

/// Something that does not exist yet: its ARN to be, and its account.
#[derive(Debug)]
pub struct Nascent {
    pub(crate) arn: String,
    pub(crate) account: String,
}

impl Target for Nascent {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.account
    }
}

impl Nascent {
    /// Something that `call` is about to make.
    pub(crate) fn new(call: &Call<'_>, sort: &str, path: &str, name: &str) -> Self {
        let account = call.caller.account().to_owned();
        Self { arn: arn(&account, sort, path, name), account }
    }
}

/// A managed policy: a customer's or one of AWS's.
pub enum AnyPolicy {
    /// A customer's.
    Own(Found<ManagedPolicy>),
    /// AWS's, and the account that asks about it.
    Aws(&'static AwsManaged, String),
}

impl Target for AnyPolicy {
    fn arn(&self) -> Cow<'_, str> {
        match self {
            Self::Own(policy) => Cow::Borrowed(&policy.arn),
            Self::Aws(policy, _) => Cow::Owned(policy.arn()),
        }
    }

    fn shown(&self) -> Cow<'_, str> {
        Cow::Owned(shown::<ManagedPolicy>("", &self.arn()))
    }

    fn account(&self) -> &str {
        match self {
            Self::Own(policy) => policy.account(),
            Self::Aws(_, account) => account,
        }
    }

    fn tag(&self, key: &str) -> Option<&str> {
        match self {
            Self::Own(policy) => Target::tag(policy, key),
            Self::Aws(..) => None,
        }
    }
}

/// A user, or the root user, as the owner of access keys.
pub enum KeyOwner {
    /// A user.
    User(Found<User>),
    /// The root user of an account.
    Root(String),
}

impl Target for KeyOwner {
    fn arn(&self) -> Cow<'_, str> {
        match self {
            Self::User(user) => Cow::Borrowed(&user.arn),
            Self::Root(account) => Cow::Owned(format!("arn:aws:iam::{account}:root")),
        }
    }

    fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::User(user) => Target::shown(user),
            Self::Root(_) => self.arn(),
        }
    }

    fn account(&self) -> &str {
        match self {
            Self::User(user) => user.account(),
            Self::Root(account) => account,
        }
    }

    fn tag(&self, key: &str) -> Option<&str> {
        match self {
            Self::User(user) => Target::tag(user, key),
            Self::Root(_) => None,
        }
    }
}

/// An instance profile and a role that is put into it or taken out.
pub struct ProfileAndRole {
    pub(crate) profile: Found<InstanceProfile>,
    pub(crate) role: PassedRole,
}

/// A role that is given to something else; a denial names it by its ARN.
pub struct PassedRole(pub(crate) Found<Role>);

impl std::ops::Deref for PassedRole {
    type Target = Found<Role>;

    fn deref(&self) -> &Found<Role> {
        &self.0
    }
}

impl Target for PassedRole {
    fn arn(&self) -> Cow<'_, str> {
        self.0.arn.as_str().into()
    }

    fn account(&self) -> &str {
        self.0.account()
    }

    fn tag(&self, key: &str) -> Option<&str> {
        Target::tag(&self.0, key)
    }
}

impl Target for ProfileAndRole {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.profile.arn)
    }

    fn shown(&self) -> Cow<'_, str> {
        Target::shown(&self.profile)
    }

    fn account(&self) -> &str {
        self.profile.account()
    }

    fn tag(&self, key: &str) -> Option<&str> {
        Target::tag(&self.profile, key)
    }
}

/// An entity and what it is to be called.
pub struct Renamed<T: Entity> {
    pub(crate) entity: Found<T>,
    pub(crate) new: Nascent,
}

impl<T: Entity> Target for Renamed<T> {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.entity.arn)
    }

    fn shown(&self) -> Cow<'_, str> {
        Target::shown(&self.entity)
    }

    fn account(&self) -> &str {
        self.entity.account()
    }

    fn tag(&self, key: &str) -> Option<&str> {
        Target::tag(&self.entity, key)
    }
}

impl Iam {
    /// The entity of this name in the caller's account.
    pub(crate) async fn find<T: Entity>(&self, call: &Call<'_>, name: &str) -> Result<Found<T>> {
        let account = call.caller.account();
        let found = self.get::<T>(account, name).await?;
        let missing = || {
            let arn = arn(account, T::SORT, "/", name);
            T::missing(name).shown_as(shown::<T>(name, &arn)).about(arn)
        };
        Ok(Found::new(found.ok_or_else(missing)?))
    }

    /// The entity of this name, if there is one.
    pub(crate) async fn get<T: Entity>(
        &self,
        account: &str,
        name: &str,
    ) -> Result<Option<Arc<Stored<T>>>> {
        let key = path::entity(account, T::SORT, name);
        self.records.get(&key).await.map_err(error::storage)
    }

    /// The managed policy of this ARN, for a call that reads.
    pub(crate) async fn find_policy(&self, call: &Call<'_>, arn: &str) -> Result<AnyPolicy> {
        if let Some(policy) = aws_managed::find(arn) {
            return Ok(AnyPolicy::Aws(policy, call.caller.account().to_owned()));
        }
        if arn.starts_with(aws_managed::PREFIX) {
            // Everybody may know which policies AWS has; it is asked about as the caller's own.
            let shown = shown::<ManagedPolicy>("", arn);
            return Err(error::no_such_policy(arn).about("*").shown_as(shown));
        }
        self.find_own_policy(call, arn).await.map(AnyPolicy::Own)
    }

    /// The customer managed policy of this ARN, for a call that changes it. AWS's own policies are
    /// nobody's to change: such a call is denied.
    pub(crate) async fn find_own_policy(
        &self,
        call: &Call<'_>,
        arn: &str,
    ) -> Result<Found<ManagedPolicy>> {
        check_arn(arn, "policy/")?;
        let found = self.policy_of_arn(call.caller.account(), arn).await?;
        let shown = shown::<ManagedPolicy>("", arn);
        let missing = || error::no_such_policy(arn).about(arn).shown_as(shown);
        Ok(Found::new(found.ok_or_else(missing)?))
    }

    /// The OpenID Connect provider of this ARN.
    pub(crate) async fn find_provider(
        &self,
        call: &Call<'_>,
        arn: &str,
    ) -> Result<Found<Provider>> {
        let url = check_arn(arn, "oidc-provider/")?;
        let found = self.get::<Provider>(call.caller.account(), url).await?;
        let found = found.filter(|provider| provider.arn() == arn);
        let missing = || error::no_such_provider(arn).about(arn);
        Ok(Found::new(found.ok_or_else(missing)?))
    }

    /// The user of this name; without a name the user who calls.
    pub(crate) async fn find_user_or_self(
        &self,
        call: &Call<'_>,
        name: Option<&str>,
    ) -> Result<Found<User>> {
        match self.find_key_owner(call, name).await? {
            KeyOwner::User(user) => Ok(user),
            KeyOwner::Root(_) => Err(error::must_name_user()),
        }
    }

    /// The user of this name; without a name the user or root user who calls.
    pub(crate) async fn find_key_owner(
        &self,
        call: &Call<'_>,
        name: Option<&str>,
    ) -> Result<KeyOwner> {
        use strongroom_api::PrincipalKind;
        let own = call.caller.details.user_name.as_deref();
        match (name, call.caller.kind(), own) {
            (Some(name), ..) | (None, PrincipalKind::User, Some(name)) => {
                self.find(call, name).await.map(KeyOwner::User)
            }
            (None, PrincipalKind::Root, _) => Ok(KeyOwner::Root(call.caller.account().to_owned())),
            _ => Err(error::must_name_user()),
        }
    }
}

/// What follows `sort` in an IAM ARN.
fn check_arn<'a>(arn: &'a str, sort: &str) -> Result<&'a str, Error> {
    let mut parts = arn.splitn(6, ':');
    let (Some("arn"), Some(_), Some("iam"), Some(""), Some(_), Some(resource)) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(error::invalid_arn());
    };
    resource.strip_prefix(sort).ok_or_else(|| error::arn_not_valid(arn))
}
