//! CreateSecret: a new secret, with or without a first value.

use std::borrow::Cow;

use strongroom_api::{
    Audit, Authorized, Blob, Demand, Error, Operation, Reply, ResourceRule, Result, Sensitive,
    Shape, Target, Values,
};

use crate::id::{self, Name, VersionId};
use crate::replication::ReplicationStatus;
use crate::secret::{Found, Secret};
use crate::tag::{self, Tag};
use crate::value::Value;
use crate::write::{self, KmsKeyId};
use crate::{Call, SecretsManager, error, replicate};

/// The operation.
pub struct CreateSecret;

/// The request.
#[derive(Shape)]
pub struct Input {
    name: Name,
    client_request_token: Option<VersionId>,
    #[shape(length = 0..=2048)]
    description: Option<String>,
    kms_key_id: Option<KmsKeyId>,
    #[shape(length = 1..=65536)]
    secret_binary: Option<Sensitive<Blob>>,
    #[shape(length = 1..=65536)]
    secret_string: Option<Sensitive<String>>,
    tags: Option<Vec<Tag>>,
    #[shape(length = 1..)]
    add_replica_regions: Option<Vec<replicate::ReplicaRegion>>,
    force_overwrite_replica_secret: Option<bool>,
    #[shape(name = "Type", length = 0..=256)]
    secret_type: Option<String>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    #[shape(name = "ARN")]
    arn: String,
    name: String,
    version_id: Option<String>,
    replication_status: Option<Vec<ReplicationStatus>>,
}

/// The secret to be, or the one that has its name.
pub struct Place {
    secret: Secret,
    taken: Option<Found>,
    kms_key_arn: Option<String>,
}

impl Target for Place {
    fn arn(&self) -> Cow<'_, str> {
        Target::arn(&self.secret)
    }

    fn shown(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.secret.name)
    }

    fn account(&self) -> &str {
        &self.secret.account
    }

    fn rule(&self) -> ResourceRule<'_> {
        ResourceRule::Ordinary(None)
    }
}

impl Operation for CreateSecret {
    const NAME: &'static str = "CreateSecret";
    const AUDIT: Audit = Audit::WriteOf(&["ARN"]);
    const EXAMPLE: &'static str = r#"{
        "Name": "prod/db", "ClientRequestToken": "EXAMPLE1-90ab-cdef-fedc-ba987SECRET1",
        "Description": "the database", "SecretString": "PLANTED-hunter2-VALUE",
        "Tags": [{"Key": "team", "Value": "core"}]
    }"#;

    type Service = SecretsManager;
    type Input = Input;
    type Target = Place;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Place> {
        id::check_name(&input.name.0)?;
        if has_value(input) && input.client_request_token.is_none() {
            return Err(error::no_token());
        }
        let taken = call.service.named(call, &input.name.0).await?;
        let mut random = [0; 16];
        call.entropy.fill(&mut random);
        let account = call.caller.account();
        let suffix = id::suffix(random);
        let secret = Secret::new(account, call.region, &input.name.0, suffix, call.now);
        let kms_key_arn = write::key_arn(call, &secret, input.kms_key_id.as_ref()).await;
        Ok(Place { secret, taken, kms_key_arn })
    }

    fn demands<'t>(input: &'t Input, place: &'t Place) -> strongroom_api::Demands<'t> {
        let mut demands = strongroom_api::Demands::from_iter([Demand::own::<Self>(place)]);
        if input.tags.as_ref().is_some_and(|tags| !tags.is_empty()) {
            demands.push(Demand::of("secretsmanager:TagResource", place));
        }
        if input.add_replica_regions.is_some() {
            demands.push(Demand::of("secretsmanager:ReplicateSecretToRegions", place));
        }
        demands
    }

    fn condition<'v>(input: &'v Input, place: Option<&'v Place>, key: &str) -> Option<Values<'v>> {
        let text = |text: &'v Option<String>| text.as_deref().map(Values::one);
        match key {
            "secretsmanager:name" => Some(Values::one(&input.name.0)),
            "secretsmanager:description" => text(&input.description),
            "secretsmanager:type" => text(&input.secret_type),
            "secretsmanager:kmskeyid" => input.kms_key_id.as_ref().map(|id| Values::one(&id.0)),
            "secretsmanager:kmskeyarn" => place?.kms_key_arn.as_deref().map(Values::one),
            "secretsmanager:addreplicaregions" => {
                input.add_replica_regions.as_deref().map(replicate::region_values)
            }
            "secretsmanager:forceoverwritereplicasecret" => {
                Some(write::truth(input.force_overwrite_replica_secret.unwrap_or(false)))
            }
            key => tag::request_condition(input.tags.as_deref().unwrap_or_default(), key),
        }
    }

    async fn run(call: &Call<'_>, input: &Input, place: Authorized<Place>) -> Result<Output> {
        let value = Value::of(input.secret_string.as_ref(), input.secret_binary.as_ref())?;
        let tags = input.tags.as_deref().unwrap_or_default();
        tag::check(tags)?;
        write::check_type(input.secret_type.as_deref())?;
        let Place { mut secret, taken, .. } = place.into_inner();
        if let Some(taken) = taken {
            return repeat(call, input, &taken, value).await;
        }
        secret.description = input.description.clone().filter(|text| !text.is_empty());
        secret.kms_key_id = write::chosen_key(input.kms_key_id.as_ref());
        secret.tags = (!tags.is_empty()).then(|| tags.to_vec());
        let regions = input.add_replica_regions.as_deref().unwrap_or_default();
        let overwrites = input.force_overwrite_replica_secret.unwrap_or(false);
        replicate::enter(&mut secret, regions, overwrites, call.now)?;
        write::probe_key(call, &secret).await?;
        let mut version_id = None;
        let mut fresh = Vec::new();
        if let (Some(value), Some(VersionId(token))) = (&value, &input.client_request_token) {
            let added = write::add_value(call, &mut secret, token, value, None).await?;
            fresh.push((token.clone(), added.envelope));
            version_id = Some(token.clone());
        }
        let output = Output {
            arn: secret.arn().to_owned(),
            name: secret.name.clone(),
            version_id,
            replication_status: secret.replication.status(),
        };
        call.service.save(None, secret, fresh).await?;
        if !regions.is_empty() {
            replicate::start(call, call.caller.account(), call.region, &input.name.0).await;
        }
        Ok(output)
    }
}

fn has_value(input: &Input) -> bool {
    input.secret_string.is_some() || input.secret_binary.is_some()
}

/// The name is taken: a repeat of the call that took it succeeds and changes nothing.
async fn repeat(
    call: &Call<'_>,
    input: &Input,
    taken: &Found,
    value: Option<Value>,
) -> Result<Output, Error> {
    if taken.deletion.is_some() {
        return Err(error::name_scheduled_for_deletion());
    }
    let token = input.client_request_token.as_ref().map(|token| token.0.as_str());
    let version = token.and_then(|token| taken.version(token));
    let (Some(version), Some(value)) = (version, value) else {
        return Err(error::already_exists(&taken.name));
    };
    write::must_be_the_same(call, taken, version, &value).await?;
    Ok(Output {
        arn: taken.0.arn().to_owned(),
        name: taken.name.clone(),
        version_id: Some(version.id.clone()),
        replication_status: taken.replication.status(),
    })
}

#[cfg(test)]
mod tests;
