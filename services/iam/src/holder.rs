//! What entities have in common: a name in a path, an ARN, tags; and what policies attach to.

use strongroom_api::Error;
use strongroom_records::Record;

use crate::entity::{Attached, Group, InstanceProfile, ManagedPolicy, Provider, Role, Sort, User};
use crate::error;
use crate::tag::Tag;

/// A user, group or role: what policies are attached to.
pub trait Holder: Entity {
    /// Which of the three.
    const HOLDER: Sort;
    /// The characters that its inline policies may have together.
    const INLINE_LIMIT: usize;

    /// Its policies.
    fn policies(&self) -> &Attached;
    /// Its policies, to change.
    fn policies_mut(&mut self) -> &mut Attached;
    /// Whether only AWS may change it.
    fn is_protected(&self) -> bool {
        false
    }
}

macro_rules! holders {
    ($($type:ty => $sort:ident, $limit:literal);* $(;)?) => {
        $(impl Holder for $type {
            const HOLDER: Sort = Sort::$sort;
            const INLINE_LIMIT: usize = $limit;

            fn policies(&self) -> &Attached {
                &self.policies
            }

            fn policies_mut(&mut self) -> &mut Attached {
                &mut self.policies
            }
        })*
    };
}

holders! {
    User => User, 2_048;
    Group => Group, 5_120;
}

impl Holder for Role {
    const HOLDER: Sort = Sort::Role;
    const INLINE_LIMIT: usize = 10_240;

    fn policies(&self) -> &Attached {
        &self.policies
    }

    fn policies_mut(&mut self) -> &mut Attached {
        &mut self.policies
    }

    fn is_protected(&self) -> bool {
        self.is_service_linked()
    }
}

/// Something with a name in a path, and the words by which its sort is known.
pub trait Entity: Record + Clone {
    /// As ARNs spell it.
    const SORT: &'static str;

    /// What a caller is told when there is none of this name.
    fn missing(name: &str) -> Error;
    /// The 12 digits of the account that owns it.
    fn account(&self) -> &str;
    /// Its ARN.
    fn arn(&self) -> String;
    /// The part of its key behind the sort, in any case.
    fn key_name(&self) -> &str;
    /// Its path, as `/division/`.
    fn path(&self) -> &str;
    /// Its tags; groups have none.
    fn tags(&self) -> &[Tag];

    /// The key of its record.
    fn key(&self) -> String {
        crate::path::entity(self.account(), Self::SORT, self.key_name())
    }
}

/// How a denial names an entity that there is, as AWS does: `user anna`, `policy arn:…`.
pub(crate) fn shown<T: Entity>(name: &str, arn: &str) -> String {
    match T::SORT {
        "policy" => format!("policy {arn}"),
        "instance-profile" => format!("instance profile {name}"),
        // No reply of AWS is published for these.
        "oidc-provider" => arn.to_owned(),
        sort => format!("{sort} {name}"),
    }
}

macro_rules! entities {
    ($($type:ty => $sort:literal, $missing:expr, $tags:expr);* $(;)?) => {
        $(impl Entity for $type {
            const SORT: &'static str = $sort;

            fn missing(name: &str) -> Error {
                let missing: fn(&str) -> Error = $missing;
                missing(name)
            }

            fn account(&self) -> &str {
                &self.account
            }

            fn arn(&self) -> String {
                arn(&self.account, $sort, &self.path, &self.name)
            }

            fn key_name(&self) -> &str {
                &self.name
            }

            fn path(&self) -> &str {
                &self.path
            }

            fn tags(&self) -> &[Tag] {
                let tags: fn(&Self) -> &[Tag] = $tags;
                tags(self)
            }
        })*
    };
}

entities! {
    User => "user", |name| error::no_such("user", name), |user| &user.tags;
    Group => "group", |name| error::no_such("group", name), |_| &[];
    Role => "role", |name| error::no_such("role", name), |role| &role.tags;
    ManagedPolicy => "policy", error::no_such_policy, |policy| &policy.tags;
    InstanceProfile => "instance-profile", error::no_such_profile, |profile| &profile.tags;
}

impl Entity for Provider {
    const SORT: &'static str = "oidc-provider";

    fn missing(name: &str) -> Error {
        error::no_such_provider(name)
    }

    fn account(&self) -> &str {
        &self.account
    }

    fn arn(&self) -> String {
        arn(&self.account, "oidc-provider", "/", &self.url)
    }

    fn key_name(&self) -> &str {
        &self.url
    }

    fn path(&self) -> &'static str {
        "/"
    }

    fn tags(&self) -> &[Tag] {
        &self.tags
    }
}

/// `arn:aws:iam::123456789012:user/path/name`.
pub(crate) fn arn(account: &str, sort: &str, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:{sort}{path}{name}")
}
