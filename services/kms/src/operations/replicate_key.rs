//! ReplicateKey: makes a replica of a multi-Region key in another region.

use std::borrow::Cow;

use strongroom_api::{
    Account, Audit, Authorized, Demand, Demands, Operation, Reply, Result, Shape, Target, Values,
};

use crate::conditions::truth;
use crate::key::{Key, Plan};
use crate::shapes::PolicyText;
use crate::spec::Origin;
use crate::state::{Act, KeyState};
use crate::subject::Subject;
use crate::tag::{self, Tag};
use crate::{Call, KeyId, KeyMetadata, Kms, error, find, key_policy, paths};

/// ReplicateKey.
pub struct ReplicateKey;

/// A region.
#[derive(Clone, Debug, Shape)]
#[shape(length = 1..=32, pattern = "^([a-z]+-){2,3}\\d+$")]
pub struct Region(pub String);

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The primary, by id or ARN.
    pub key_id: KeyId,
    /// Where the replica shall be.
    pub replica_region: Region,
    /// The replica's policy; everything is left to IAM if absent.
    pub policy: Option<PolicyText>,
    /// Whether the policy may lock its author out.
    pub bypass_policy_lockout_safety_check: Option<bool>,
    /// What people say about the replica.
    #[shape(length = 0..=8192)]
    pub description: Option<String>,
    /// The replica's tags.
    pub tags: Option<Vec<Tag>>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The replica.
    pub replica_key_metadata: KeyMetadata,
    /// Its policy.
    pub replica_policy: String,
    /// Its tags.
    pub replica_tags: Vec<Tag>,
}

/// The primary, and the account in which a key is made.
#[derive(Debug)]
pub struct Replicated {
    primary: Subject,
    account: Account,
}

impl Target for Replicated {
    fn arn(&self) -> Cow<'_, str> {
        Target::arn(&self.primary)
    }

    fn account(&self) -> &str {
        Target::account(&self.primary)
    }
}

impl Input {
    fn tags(&self) -> &[Tag] {
        self.tags.as_deref().unwrap_or_default()
    }
}

impl Operation for ReplicateKey {
    const NAME: &'static str = "ReplicateKey";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"KeyId": "mrk-1234abcd12ab34cd56ef1234567890ab", "ReplicaRegion": "eu-west-1"}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Replicated;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Replicated> {
        let primary = call.service.find_key_by_id(call, &input.key_id).await?;
        Ok(Replicated { primary, account: Account(call.caller.account().to_owned()) })
    }

    fn demands<'t>(input: &'t Input, target: &'t Replicated) -> Demands<'t> {
        let mut demands = Demands::from_iter([
            Demand::of("kms:ReplicateKey", &target.primary),
            Demand::of("kms:CreateKey", &target.account),
        ]);
        if !input.tags().is_empty() {
            demands.push(Demand::of("kms:TagResource", &target.account));
        }
        demands
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Replicated>, key: &str) -> Option<Values<'v>> {
        match key {
            "kms:replicaregion" => Some(Values::one(&input.replica_region.0)),
            "kms:bypasspolicylockoutsafetycheck" => {
                truth(input.bypass_policy_lockout_safety_check == Some(true))
            }
            _ => tag::condition(input.tags(), key),
        }
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Replicated>) -> Result<Output> {
        let primary = &target.primary;
        primary.check_primary()?;
        primary.check_state(Act::Use, call.now)?;
        let region = &input.replica_region.0;
        let mut replica = replica(call, input, primary).await?;
        let path = replica.path();
        if call.service.records.get::<Key>(&path).await.map_err(error::of_record)?.is_some() {
            return Err(error::key_exists(&paths::key_arn(&primary.account, region, &primary.id)));
        }
        let mut multi = primary.multi_region.clone();
        if let Some(multi) = &mut multi {
            multi.replicas.insert(region.clone());
        }
        replica.multi_region.clone_from(&multi);
        let mut changes = call.service.records.changes();
        let share = |sibling: &mut Key| sibling.multi_region.clone_from(&multi);
        call.service.share(&mut changes, primary, share).await?;
        let changed = Key { multi_region: multi.clone(), ..Key::clone(primary) };
        find::put(&mut changes, primary, &changed)?;
        changes.create(&path, &replica).map_err(error::of_record)?;
        call.service.commit(changes).await?;
        Ok(Output {
            // AWS answers before the replica is there.
            replica_key_metadata: KeyMetadata {
                enabled: false,
                key_state: KeyState::Creating,
                ..KeyMetadata::of(&replica, call.now)
            },
            replica_policy: key_policy::shown(call, &replica).await?,
            replica_tags: input.tags().to_vec(),
        })
    }
}

/// The replica as it will be, but for its kin.
async fn replica(call: &Call<'_>, input: &Input, primary: &Key) -> Result<Key> {
    let policy = match &input.policy {
        Some(policy) => key_policy::read(call, &policy.0).await?,
        None => key_policy::default_policy(&primary.account),
    };
    let plan = Plan {
        id: primary.id.clone(),
        account: primary.account.clone(),
        region: input.replica_region.0.clone(),
        spec: primary.spec,
        usage: primary.usage,
        origin: primary.origin,
        policy,
    };
    let mut replica = Key::new(plan, call.now);
    replica.description = input.description.clone().unwrap_or_default();
    replica.rotation = primary.rotation;
    tag::add(&mut replica.tags, input.tags())?;
    if input.bypass_policy_lockout_safety_check != Some(true) {
        key_policy::check_lockout(call, replica.clone())?;
    }
    replica.materials.clone_from(&primary.materials);
    if replica.origin == Origin::External {
        // Imported material is to be imported into every region.
        replica.materials.clear();
    }
    Ok(replica)
}
