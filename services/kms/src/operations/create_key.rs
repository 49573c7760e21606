//! CreateKey: makes a key.

use std::collections::BTreeSet;

use strongroom_api::{
    Account, Audit, Authorized, Demand, Demands, Operation, Reply, Result, Shape, Values,
    random_uuid,
};

use crate::conditions::truth;
use crate::key::{Key, Plan};
use crate::material::{Material, Secret, Source};
use crate::multi_region::MultiRegion;
use crate::shapes::PolicyText;
use crate::spec::{CustomerMasterKeySpec, Origin};
use crate::tag::{self, Tag};
use crate::workers::compute;
use crate::{Call, KeyMetadata, KeySpec, KeyUsage, Kms, asymmetric, error, key_policy};

/// CreateKey.
pub struct CreateKey;

/// Its request.
#[derive(Debug, Default, Shape)]
pub struct Input {
    /// The key policy; everything is left to IAM if absent.
    pub policy: Option<PolicyText>,
    /// What people say about the key.
    #[shape(length = 0..=8192)]
    pub description: Option<String>,
    /// What the key is for.
    pub key_usage: Option<KeyUsage>,
    /// The spec under its old name.
    pub customer_master_key_spec: Option<CustomerMasterKeySpec>,
    /// What the key is made of; SYMMETRIC_DEFAULT if absent.
    pub key_spec: Option<KeySpec>,
    /// Where its material comes from.
    pub origin: Option<Origin>,
    /// Refused: there are no key stores.
    #[shape(length = 1..=64)]
    pub custom_key_store_id: Option<String>,
    /// Whether the policy may lock its author out.
    pub bypass_policy_lockout_safety_check: Option<bool>,
    /// Its first tags.
    pub tags: Option<Vec<Tag>>,
    /// Whether it can be replicated into other regions.
    pub multi_region: Option<bool>,
    /// Refused: there are no external key stores.
    #[shape(length = 1..=128, pattern = "^[a-zA-Z0-9-_.]+$")]
    pub xks_key_id: Option<String>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The key.
    pub key_metadata: KeyMetadata,
}

impl CreateKey {
    /// A request for a symmetric key of the account's own.
    #[must_use]
    pub fn input() -> Input {
        Input::default()
    }
}

impl Input {
    fn spec(&self) -> KeySpec {
        let legacy = self.customer_master_key_spec.map(CustomerMasterKeySpec::modern);
        self.key_spec.or(legacy).unwrap_or(KeySpec::SymmetricDefault)
    }

    fn usage(&self) -> KeyUsage {
        self.key_usage.unwrap_or(KeyUsage::EncryptDecrypt)
    }

    fn origin(&self) -> Origin {
        self.origin.unwrap_or(Origin::AwsKms)
    }

    fn tags(&self) -> &[Tag] {
        self.tags.as_deref().unwrap_or_default()
    }
}

impl Operation for CreateKey {
    const NAME: &'static str = "CreateKey";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"Description": "for secrets", "Tags": [{"TagKey": "team", "TagValue": "payments"}]}"#;

    type Service = Kms;
    type Input = Input;
    type Target = Account;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    fn demands<'t>(input: &'t Input, account: &'t Account) -> Demands<'t> {
        let mut demands = Demands::from_iter([Demand::own::<Self>(account)]);
        if !input.tags().is_empty() {
            demands.push(Demand::of("kms:TagResource", account));
        }
        demands
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Account>, key: &str) -> Option<Values<'v>> {
        match key {
            "kms:keyspec" => Some(Values::one(input.spec().text())),
            "kms:keyusage" => Some(Values::one(input.usage().text())),
            "kms:customermasterkeyspec" => Some(Values::one(input.spec().legacy()?.text())),
            "kms:customermasterkeyusage" => Some(Values::one(input.usage().text())),
            "kms:keyorigin" => Some(Values::one(input.origin().text())),
            "kms:multiregion" => truth(input.multi_region == Some(true)),
            "kms:multiregionkeytype" if input.multi_region == Some(true) => {
                Some(Values::one("PRIMARY"))
            }
            "kms:bypasspolicylockoutsafetycheck" => {
                truth(input.bypass_policy_lockout_safety_check == Some(true))
            }
            _ => tag::condition(input.tags(), key),
        }
    }

    async fn run(call: &Call<'_>, input: &Input, account: Authorized<Account>) -> Result<Output> {
        let (spec, usage) = (input.spec(), input.usage());
        check(input)?;
        let policy = match &input.policy {
            Some(policy) => key_policy::read(call, &policy.0).await?,
            None => key_policy::default_policy(&account.0),
        };
        let plan = Plan {
            id: id(call, input),
            account: account.0.clone(),
            region: call.region.to_owned(),
            spec,
            usage,
            origin: input.origin(),
            policy,
        };
        let mut key = Key::new(plan, call.now);
        key.description = input.description.clone().unwrap_or_default();
        tag::add(&mut key.tags, input.tags())?;
        if input.bypass_policy_lockout_safety_check != Some(true) {
            key_policy::check_lockout(call, key.clone())?;
        }
        if input.multi_region == Some(true) {
            let primary = call.region.to_owned();
            key.multi_region = Some(MultiRegion { primary, replicas: BTreeSet::new() });
        }
        if key.origin == Origin::AwsKms {
            let secret = secret(call, spec).await?;
            key.materials.push(Material::new(&key.id, secret, call.now, Source::Created));
        }
        let mut changes = call.service.records.changes();
        changes.create(&key.path(), &key).map_err(error::of_record)?;
        call.service.commit(changes).await?;
        Ok(Output { key_metadata: KeyMetadata::of(&key, call.now) })
    }
}

fn id(call: &Call<'_>, input: &Input) -> String {
    let uuid = random_uuid(call.entropy).to_string();
    match input.multi_region {
        Some(true) => format!("mrk-{}", uuid.replace('-', "")),
        _ => uuid,
    }
}

async fn secret(call: &Call<'_>, spec: KeySpec) -> Result<Secret> {
    if let Some(length) = spec.random_bytes() {
        return Ok(Secret::random(length, call.entropy));
    }
    let made = compute(&*call.service.workers, move || asymmetric::generate(spec)).await?;
    made.ok_or_else(|| error::unsupported(format!("KeySpec {} is not supported.", spec.text())))?
        .map_err(|_| error::internal("no key pair was made"))
}

fn check(input: &Input) -> Result<()> {
    let spec = input.spec();
    if input.key_usage.is_none() && spec != KeySpec::SymmetricDefault {
        return Err(error::validation(
            "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.",
        ));
    }
    if !spec.allows(input.usage()) {
        return Err(error::validation(format!(
            "KeyUsage {} is not compatible with KeySpec {}",
            input.usage().text(),
            spec.text()
        )));
    }
    if input.customer_master_key_spec.is_some_and(|legacy| legacy.modern() != spec) {
        return Err(error::validation(
            "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. \
             CustomerMasterKeySpec is deprecated.",
        ));
    }
    let stores = input.custom_key_store_id.is_some() || input.xks_key_id.is_some();
    if stores || !matches!(input.origin(), Origin::AwsKms | Origin::External) {
        return Err(error::unsupported("Custom key stores are not supported."));
    }
    // Of these, AWS-LC can make no key pair.
    if spec == KeySpec::Sm2 {
        return Err(error::unsupported("KeySpec SM2 is not supported."));
    }
    Ok(())
}
