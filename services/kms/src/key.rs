//! A key as it is stored.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use strongroom_api::Entropy;
use strongroom_policy::{Kind, Policy};
use strongroom_records::Record;
use strongroom_wire::{Error, Result, Timestamp};

use crate::grant::Grants;
use crate::last_use::Noted;
use crate::material::{Material, Role, Secret, Source};
use crate::multi_region::MultiRegion;
use crate::spec::{KeyManager, KeySpec, KeyUsage, Origin};
use crate::{error, paths};

/// A key: everything that decides what may be done with it, and its material.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Key {
    /// A UUID, or `mrk-` and 32 hexadecimal digits.
    pub id: String,
    /// The account that owns it.
    pub account: String,
    /// The region it is in.
    pub region: String,
    /// What it is made of.
    pub spec: KeySpec,
    /// What it is for.
    pub usage: KeyUsage,
    /// Where its material comes from.
    pub origin: Origin,
    /// Who manages it.
    pub manager: KeyManager,
    /// What people say about it.
    pub description: String,
    /// When it was made.
    pub created: Timestamp,
    /// Whether it may be used, as far as EnableKey and DisableKey say.
    pub enabled: bool,
    /// When it is to be deleted.
    pub deletion: Option<Deletion>,
    /// The key policy as it was given.
    pub policy: String,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Its aliases, without `alias/`. Each has a record of its own, by which it is found.
    pub aliases: BTreeSet<String>,
    /// How many grants it has. Each has a record of its own; whoever changes one changes this as well,
    /// so that grants that were read with the key are as true as the key.
    #[serde(default)]
    pub grants: u32,
    /// When it is rotated by itself.
    #[serde(default)]
    pub rotation: Option<Rotation>,
    /// Where else it is.
    #[serde(default)]
    pub multi_region: Option<MultiRegion>,
    /// Every version of its material, in the order of their coming.
    pub materials: Vec<Material>,
    /// What follows from the rest by computing.
    #[serde(skip)]
    pub(crate) prepared: Prepared,
}

/// The length of the secret of a symmetric encryption key.
pub const SYMMETRIC_BYTES: usize = 32;
/// The days between rotations of a key whose owner does not say otherwise, or that AWS manages.
pub const DEFAULT_ROTATION_DAYS: i32 = 365;
/// Milliseconds of a day.
pub const DAY_MILLIS: i64 = 86_400_000;

impl Rotation {
    /// A rotation every `period_days`, counted from `now`.
    pub fn from(now: Timestamp, period_days: i32) -> Self {
        Self { period_days, next: now.plus_millis(i64::from(period_days) * DAY_MILLIS) }
    }
}

/// The end of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    /// From then on the key does not exist; `None` while the replicas of a primary have to go first.
    pub at: Option<Timestamp>,
    /// The waiting period that was asked for.
    pub window_days: i32,
}

/// The rotation of a key by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rotation {
    /// How long one material encrypts.
    pub period_days: i32,
    /// When the next one takes over.
    pub next: Timestamp,
}

impl Record for Key {
    const KIND: &'static str = "key";
}

/// What makes a new key what it is.
pub struct Plan {
    /// Its id.
    pub id: String,
    /// The account that will own it.
    pub account: String,
    /// The region it will be in.
    pub region: String,
    /// What it is made of.
    pub spec: KeySpec,
    /// What it is for.
    pub usage: KeyUsage,
    /// Where its material comes from.
    pub origin: Origin,
    /// The key policy.
    pub policy: String,
}

impl Key {
    /// A new key without material.
    pub fn new(plan: Plan, created: Timestamp) -> Self {
        Self {
            id: plan.id,
            account: plan.account,
            region: plan.region,
            spec: plan.spec,
            usage: plan.usage,
            origin: plan.origin,
            manager: KeyManager::Customer,
            description: String::new(),
            created,
            enabled: true,
            deletion: None,
            policy: plan.policy,
            tags: BTreeMap::new(),
            aliases: BTreeSet::new(),
            grants: 0,
            rotation: None,
            multi_region: None,
            materials: Vec::new(),
            prepared: Prepared::default(),
        }
    }

    /// Where it stands.
    pub fn path(&self) -> String {
        paths::key(&self.account, &self.region, &self.id)
    }

    /// Its ARN.
    pub fn arn(&self) -> &str {
        self.prepared
            .arn
            .get_or_init(|| paths::key_arn(&self.account, &self.region, &self.id).into())
    }

    /// Its policy, compiled when it is first asked for.
    ///
    /// # Errors
    /// Internal only: policies are checked before they are stored.
    pub fn compiled_policy(&self) -> Result<&Policy> {
        if let Some(policy) = self.prepared.policy.get() {
            return Ok(policy);
        }
        let policy = Policy::parse(&self.policy, Kind::KeyPolicy).map_err(error::internal)?;
        Ok(self.prepared.policy.get_or_init(|| policy))
    }

    /// Its policy if [`compiled_policy`](Self::compiled_policy) was asked for before.
    pub fn policy_at_hand(&self) -> Option<&Policy> {
        self.prepared.policy.get()
    }

    /// The material that encrypts.
    pub fn current_material(&self) -> Option<&Material> {
        self.materials.iter().rfind(|material| material.role == Role::Current)
    }

    /// The same with its secret at hand.
    ///
    /// # Errors
    /// Internal only: a key without it is pending import, which is checked before.
    pub fn usable_material(&self) -> Result<&Material> {
        self.current_material()
            .filter(|material| material.secret.is_some())
            .ok_or_else(|| error::internal(format!("{} has no material", self.arn())))
    }

    /// Its grants; none if they were not asked for when it was found.
    pub fn grants_at_hand(&self) -> Option<&Grants> {
        self.prepared.grants.get()
    }

    /// Replaces the material that encrypts by a new one; the old one goes on to decrypt.
    pub fn rotate(&mut self, now: Timestamp, source: Source, entropy: &dyn Entropy) {
        for material in &mut self.materials {
            material.role = Role::Former;
        }
        let secret = Secret::random(SYMMETRIC_BYTES, entropy);
        self.materials.push(Material::new(&self.id, secret, now, source));
    }

    /// Whether every material that it needs is there at `now`. One that is missing makes the key useless,
    /// also when it is not the one that encrypts.
    pub fn has_its_materials(&self, now: Timestamp) -> bool {
        let mut needed = self.materials.iter().filter(|material| material.role != Role::Pending);
        self.current_material().is_some() && needed.all(|material| material.is_at_hand(now))
    }

    /// Whether its time is over, whether or not anybody has swept it away yet.
    pub fn is_gone(&self, now: Timestamp) -> bool {
        self.deletion.and_then(|deletion| deletion.at).is_some_and(|at| at <= now)
    }

    /// # Errors
    /// InvalidKeyUsageException unless the key is for `usage`.
    pub fn check_usage(&self, usage: KeyUsage, operation: &str) -> Result<()> {
        if self.usage == usage {
            return Ok(());
        }
        Err(error::invalid_key_usage(self.arn(), self.usage, operation))
    }

    /// # Errors
    /// AWS lets nobody change the keys that it manages.
    pub fn check_customer_managed(&self) -> Result<(), Error> {
        match self.manager {
            KeyManager::Customer => Ok(()),
            KeyManager::Aws => Err(error::managed_by_aws(self.arn())),
        }
    }
}

/// What follows from a record by computing. A changed record starts anew.
#[derive(Default)]
pub(crate) struct Prepared {
    arn: OnceLock<Box<str>>,
    policy: OnceLock<Policy>,
    pub(crate) grants: OnceLock<Grants>,
    pub(crate) noted: OnceLock<Arc<Noted>>,
}

impl Clone for Prepared {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}
