//! PutParameter: makes a parameter, or a new version of one.

use std::collections::BTreeMap;

use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Reply, Result, Shape, Values};

use crate::find::{Found, Slot};
use crate::keys::KeyChoice;
use crate::name::{Named, Place};
use crate::parameter::{Parameter, Version};
use crate::shapes::{KeyId, Name, ParameterType, ParameterValue, Tier};
use crate::tag::{self, Tag};
use crate::value::Value;
use crate::{Call, Ssm, error, name, paths, reading, rules};

/// PutParameter.
pub struct PutParameter;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The name.
    pub name: Name,
    /// What people say about it.
    #[shape(length = 0..=1024)]
    pub description: Option<String>,
    /// The value.
    pub value: ParameterValue,
    /// The type; needed for a new parameter.
    pub r#type: Option<ParameterType>,
    /// The key of a SecureString.
    pub key_id: Option<KeyId>,
    /// Whether there may be a parameter already.
    pub overwrite: Option<bool>,
    /// What the value has to match.
    #[shape(length = 0..=1024)]
    pub allowed_pattern: Option<String>,
    /// Tags of a new parameter.
    #[shape(length = 0..=1000)]
    pub tags: Option<Vec<Tag>>,
    /// The tier.
    pub tier: Option<Tier>,
    /// Policies, of which none is taken.
    #[shape(length = 1..=4096)]
    pub policies: Option<String>,
    /// What the value stands for.
    #[shape(length = 0..=128)]
    pub data_type: Option<String>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    version: i64,
    tier: Tier,
}

impl Operation for PutParameter {
    const NAME: &'static str = "PutParameter";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{
        "Name": "/prod/db/password", "Type": "SecureString", "Value": "PLANTED-hunter2-VALUE",
        "Tags": [{"Key": "team", "Value": "payments"}]
    }"#;

    type Service = Ssm;
    type Input = Input;
    type Target = Slot;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Slot> {
        let place = Place::of(&input.name.0, call.caller.account(), call.region);
        name::check_new(&place)?;
        call.service.slot(call, &input.name.0).await
    }

    fn demands<'t>(input: &'t Input, slot: &'t Slot) -> Demands<'t> {
        let mut demands = Demands::from_iter([Demand::own::<Self>(slot)]);
        if input.tags.as_ref().is_some_and(|tags| !tags.is_empty()) {
            demands.push(Demand::of("ssm:AddTagsToResource", slot));
        }
        demands
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Slot>, key: &str) -> Option<Values<'v>> {
        match key {
            "ssm:overwrite" => {
                Some(Values::one(if input.overwrite == Some(true) { "true" } else { "false" }))
            }
            "ssm:policies" => input.policies.as_deref().map(Values::one),
            key => tag::condition(input.tags.as_deref()?, key),
        }
    }

    async fn run(call: &Call<'_>, input: &Input, slot: Authorized<Slot>) -> Result<Output> {
        let value = input.value.0.reveal();
        rules::value(value)?;
        rules::policies(input.policies.as_deref())?;
        let (mut parameter, pattern) = match &slot.found {
            Some(found) => overwritten(input, found)?,
            None => (made(call, input, &slot).await?, input.allowed_pattern.clone()),
        };
        let before = slot.found.as_ref().and_then(|found| found.latest());
        let tier = rules::tier(input.tier, before, value.len())?;
        let key = input.key_id.as_ref().map(|key| key.0.as_str());
        rules::key(parameter.kind, key)?;
        rules::pattern(pattern.as_deref().unwrap_or_default(), value)?;
        let key_id = key.or_else(|| before?.key_id.as_deref()).map(str::to_owned);
        let version = Version {
            number: before.map_or(1, |before| before.number + 1),
            modified: call.now.millis(),
            user: call.caller.arn().to_owned(),
            description: input.description.clone().or_else(|| before?.description.clone()),
            allowed_pattern: pattern,
            labels: Vec::new(),
            tier,
            data_type: rules::data_type(input.data_type.as_deref(), before)?,
            key_id,
        };
        let choice = KeyChoice { account: call.caller.account(), key: version.key_id.as_deref() };
        let sealing = reading::sealing(call, slot.arn());
        let sealed = sealing.seal(&input.value.0, (parameter.kind, tier), choice).await?;
        let output = Output { version: version.number, tier };
        parameter.versions.push(version);
        save(call, slot.found.as_ref(), parameter, &sealed).await?;
        Ok(output)
    }
}

/// A parameter of which a new version is made, and the pattern that holds for it.
fn overwritten(input: &Input, found: &Found) -> Result<(Parameter, Option<String>)> {
    if input.overwrite != Some(true) {
        return Err(error::already_exists());
    }
    must_not_have_tags(input)?;
    if input.r#type.is_some_and(|kind| kind != found.kind) {
        return Err(error::type_change());
    }
    let had = found.latest().and_then(|version| version.allowed_pattern.clone());
    Ok((found.value.clone(), input.allowed_pattern.clone().or(had)))
}

/// A new parameter, without versions.
async fn made(call: &Call<'_>, input: &Input, slot: &Slot) -> Result<Parameter> {
    let Named::Parameter(place, _) = &slot.named else { return Err(error::invalid_name()) };
    // The same name with or without the slash in front would have the same ARN.
    if call.service.under(&place.account, &place.region, &place.name).await?.is_some() {
        return Err(error::already_exists());
    }
    if input.overwrite == Some(true) {
        must_not_have_tags(input)?;
    }
    let kind = input.r#type.ok_or_else(|| {
        error::invalid("A parameter type is required when you create a parameter.")
    })?;
    let mut tags = BTreeMap::new();
    tag::add(&mut tags, input.tags.as_deref().unwrap_or_default())?;
    Ok(Parameter {
        name: place.name.clone(),
        id: call.ids.next().to_string(),
        kind,
        tags,
        versions: Vec::new(),
    })
}

fn must_not_have_tags(input: &Input) -> Result<()> {
    if input.tags.as_ref().is_some_and(|tags| !tags.is_empty()) {
        return Err(error::invalid(
            "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
        ));
    }
    Ok(())
}

/// Writes a parameter with the value of its last version; the oldest one goes when there are too many.
async fn save(
    call: &Call<'_>,
    read: Option<&Found>,
    mut parameter: Parameter,
    value: &Value,
) -> Result<()> {
    let (account, region) = (call.caller.account(), call.region);
    let latest = parameter.latest().ok_or_else(|| error::internal("there is no version"))?.clone();
    let records = &call.service.records;
    let mut changes = records.changes();
    while parameter.is_overfull() {
        let oldest = parameter.versions.remove(0);
        if !oldest.labels.is_empty() {
            return Err(error::oldest_is_labelled(&parameter.name, oldest.number));
        }
        changes.delete(&paths::value(account, region, &parameter.id, oldest.number));
    }
    let had = read.and_then(|read| read.latest()).map(|version| version.tier);
    if had != Some(latest.tier) {
        let mut census = call.service.census(account, region).await?;
        if let Some(had) = had {
            census.take(had);
        }
        census.add(latest.tier)?;
        census.write(&mut changes)?;
    }
    match read {
        Some(read) => changes.replace(read, &parameter),
        None => changes.create(&paths::parameter(account, region, &parameter.name), &parameter),
    }
    .map_err(error::of_record)?;
    let key = paths::value(account, region, &parameter.id, latest.number);
    changes.create(&key, value).map_err(error::of_record)?;
    records.commit(changes).await.map(drop).map_err(error::of_record)
}
