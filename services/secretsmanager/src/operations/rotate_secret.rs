//! RotateSecret: sets up the rotation of a secret, and starts one.
//!
//! The function is not invoked here: the rotation is entered as due, and the engine ([`crate::rotate`])
//! takes it from there.

use std::borrow::Cow;

use strongroom_api::{
    Audit, Authorized, Demand, Demands, Operation, Reply, ResourceRule, Result, Shape, Target,
    Values, random_uuid,
};

use crate::functions::{Access, FunctionArn, Origin};
use crate::id::{SecretId, VersionId};
use crate::operations::get_secret_value;
use crate::rotation::{Rules, Run};
use crate::secret::{Found, Secret};
use crate::staging::{CURRENT, PENDING};
use crate::write::{Added, Aftermath};
use crate::{Call, SecretsManager, error, events, replicate, write};

/// The operation.
pub struct RotateSecret;

/// The request.
#[derive(Shape)]
pub struct Input {
    secret_id: SecretId,
    client_request_token: Option<VersionId>,
    #[shape(name = "RotationLambdaARN", length = 0..=2048)]
    rotation_lambda_arn: Option<String>,
    rotation_rules: Option<RotationRules>,
    external_secret_rotation_metadata: Option<Vec<ExternalMetadata>>,
    #[shape(length = 20..=2048)]
    external_secret_rotation_role_arn: Option<String>,
    rotate_immediately: Option<bool>,
}

/// When to rotate.
#[derive(Clone, Debug, Shape)]
pub struct RotationRules {
    #[shape(range = 1..=1000)]
    automatically_after_days: Option<i64>,
    #[shape(length = 2..=3, pattern = r"[0-9]+h")]
    duration: Option<String>,
    #[shape(length = 1..=256, pattern = r"[0-9A-Za-z\(\)#\?\*\-\/, ]+")]
    schedule_expression: Option<String>,
}

/// What a partner of AWS wants to know to rotate a secret of its own.
#[derive(Clone, Debug, Shape)]
pub struct ExternalMetadata {
    #[shape(length = 1..=256)]
    key: Option<String>,
    #[shape(length = 1..=2048)]
    value: Option<String>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    #[shape(name = "ARN")]
    arn: String,
    name: String,
    version_id: String,
}

/// The secret, and the function that is to rotate it.
pub struct Subject {
    secret: Found,
    function: Option<Function>,
}

/// A function as its ARN names it, which need not be one.
struct Function {
    text: String,
    arn: Option<FunctionArn>,
}

impl Target for Function {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.text)
    }

    fn account(&self) -> &str {
        self.arn.as_ref().map_or("", FunctionArn::account)
    }
}

impl Target for Subject {
    fn arn(&self) -> Cow<'_, str> {
        Target::arn(&self.secret)
    }

    fn account(&self) -> &str {
        Target::account(&self.secret)
    }

    fn tag(&self, key: &str) -> Option<&str> {
        self.secret.tag(key)
    }

    fn rule(&self) -> ResourceRule<'_> {
        self.secret.rule()
    }
}

impl Operation for RotateSecret {
    const NAME: &'static str = "RotateSecret";
    const AUDIT: Audit = Audit::WriteOf(&["ARN"]);
    const EXAMPLE: &'static str = r#"{
        "SecretId": "prod/db", "ClientRequestToken": "EXAMPLE4-90ab-cdef-fedc-ba987SECRET4",
        "RotationLambdaARN": "arn:aws:lambda:us-east-1:123456789012:function:rotate",
        "RotationRules": {"ScheduleExpression": "cron(0 8 * * ? *)", "Duration": "2h"}
    }"#;

    type Service = SecretsManager;
    type Input = Input;
    type Target = Subject;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Subject> {
        input.secret_id.resolve(call.caller.account(), call.region)?;
        if input.client_request_token.is_none() {
            return Err(error::rotation::no_token());
        }
        let secret = call.service.find(call, &input.secret_id).await?;
        let stored = || secret.rotation.as_ref()?.function.as_deref();
        let named = input.rotation_lambda_arn.as_deref().filter(|arn| !arn.is_empty());
        let function = named
            .or_else(stored)
            .map(|text| Function { text: text.to_owned(), arn: FunctionArn::parse(text) });
        Ok(Subject { secret, function })
    }

    fn demands<'t>(_: &'t Input, subject: &'t Subject) -> Demands<'t> {
        let mut demands = Demands::from_iter([Demand::own::<Self>(subject)]);
        // A function of another account is that account's to open, to this service; see `Functions`.
        let is_ours =
            |function: &&Function| Target::account(*function) == Target::account(&subject.secret);
        if let Some(function) = subject.function.as_ref().filter(is_ours) {
            demands.push(Demand::of("lambda:InvokeFunction", function));
        }
        demands
    }

    fn condition<'v>(
        input: &'v Input,
        subject: Option<&'v Subject>,
        key: &str,
    ) -> Option<Values<'v>> {
        match key {
            "secretsmanager:rotationlambdaarn" => {
                input.rotation_lambda_arn.as_deref().map(Values::one)
            }
            "secretsmanager:rotateimmediately" => input.rotate_immediately.map(write::truth),
            "secretsmanager:modifyrotationrules" => {
                Some(write::truth(input.rotation_rules.is_some()))
            }
            "secretsmanager:externalsecretrotationrolearn" => {
                input.external_secret_rotation_role_arn.as_deref().map(Values::one)
            }
            key => subject?.secret.condition(key),
        }
    }

    async fn run(call: &Call<'_>, input: &Input, subject: Authorized<Subject>) -> Result<Output> {
        let secret = &subject.secret;
        secret.must_be_changeable()?;
        let VersionId(token) =
            input.client_request_token.as_ref().ok_or_else(error::rotation::no_token)?;
        if is_repeat(secret, token) {
            return Ok(output(secret, token));
        }
        let rules = rules(input)?;
        let function = subject.function.as_ref().ok_or_else(error::rotation::no_function)?;
        check_function(call, secret, function).await?;
        if secret.version(token).is_some() {
            return Err(error::token_in_use(token, secret.0.arn()));
        }
        let mut changed = secret.0.value.clone();
        // Complete by its labels, even if the function has not come back from the last step.
        let completed = changed
            .complete_rotation(call.now)
            .map(|token| changed.announce(events::ROTATION_SUCCEEDED, &token, None, call.now));
        if changed.unfinished().is_some() || changed.rotating().is_some() {
            return Err(reattempt(call, secret).await?);
        }
        let is_immediate = input.rotate_immediately.unwrap_or(true);
        set_up(&mut changed, call, &function.text, rules, is_immediate);
        let run = Run::new(token, &random_uuid(call.entropy).to_string(), call.now);
        let mut fresh = Vec::new();
        let mut aftermath = Aftermath::default();
        if is_immediate {
            aftermath = Aftermath::cleaned(changed.prepare_version(token, call.now)?);
            enter(&mut changed, run);
        } else if let Some(copy) = copy_current(call, &mut changed, token).await? {
            fresh.push((token.clone(), copy.envelope));
            aftermath = copy.aftermath;
            enter(&mut changed, run.as_test());
        }
        call.service.save(Some(secret), changed, fresh).await?;
        call.service.publish(call.circumstances(), secret, completed.as_slice()).await?;
        aftermath.record(call.service, call.circumstances(), secret).await?;
        replicate::propagate(call, secret).await;
        Ok(output(secret, token))
    }
}

fn output(secret: &Secret, token: &str) -> Output {
    let (arn, name) = (secret.arn().to_owned(), secret.name.clone());
    Output { arn, name, version_id: token.to_owned() }
}

/// Whether the token began the rotation that is in progress, or the last one.
fn is_repeat(secret: &Secret, token: &str) -> bool {
    let ended = secret.rotation.as_ref().and_then(|rotation| rotation.ended.as_deref());
    secret.rotating() == Some(token) || ended == Some(token)
}

/// The rules of the request, checked; none if it brings none.
fn rules(input: &Input) -> Result<Option<Rules>> {
    let metadata = input.external_secret_rotation_metadata.as_ref();
    if metadata.is_some_and(|metadata| !metadata.is_empty())
        || input.external_secret_rotation_role_arn.is_some()
    {
        return Err(error::rotation::not_external());
    }
    let Some(sent) = &input.rotation_rules else { return Ok(None) };
    let rules = Rules {
        days: sent.automatically_after_days,
        expression: sent.schedule_expression.clone(),
        duration: sent.duration.clone(),
    };
    match (rules.days, &rules.expression) {
        (Some(_), Some(_)) => return Err(error::rotation::days_and_expression()),
        (None, None) if rules.duration.is_some() => return Err(error::rotation::duration_alone()),
        // Rules that say nothing leave those that there are.
        (None, None) => return Ok(None),
        _ => {}
    }
    rules.schedule().map_err(error::rotation::invalid_schedule)?;
    Ok(Some(rules))
}

async fn check_function(call: &Call<'_>, secret: &Secret, function: &Function) -> Result<()> {
    let origin = Origin { arn: secret.arn(), account: &secret.account };
    let access = match &function.arn {
        Some(arn) => call.service.functions.access(call.circumstances(), arn, origin).await?,
        None => Access::Denied,
    };
    if access == Access::Denied { Err(error::rotation::cannot_invoke()) } else { Ok(()) }
}

/// What AWS says of a rotation that is not complete, and does: it is tried again.
async fn reattempt(call: &Call<'_>, secret: &Found) -> Result<strongroom_api::Error> {
    let mut changed = secret.0.value.clone();
    let rotation_token = random_uuid(call.entropy).to_string();
    if changed.reattempt_rotation(call.now, &rotation_token) {
        call.service.save(Some(secret), changed, Vec::new()).await?;
    }
    Ok(error::rotation::not_complete())
}

fn set_up(
    secret: &mut Secret,
    call: &Call<'_>,
    function: &str,
    rules: Option<Rules>,
    is_immediate: bool,
) {
    let now = call.now;
    let rotation = secret.rotation.get_or_insert_default();
    let is_new = rules.is_some() || !rotation.enabled;
    rotation.enabled = true;
    rotation.function = Some(function.to_owned());
    if let Some(rules) = rules {
        rotation.rules = Some(rules);
        rotation.since = now;
    }
    if is_immediate {
        rotation.plan(now);
    } else if is_new {
        rotation.plan_first(now);
    }
    secret.mark_changed(now);
}

fn enter(secret: &mut Secret, run: Run) {
    if let Some(rotation) = &mut secret.rotation {
        rotation.run = Some(run);
    }
}

/// For a test: the current value once more, as the version that is tested. None if there is no value.
async fn copy_current(call: &Call<'_>, secret: &mut Secret, token: &str) -> Result<Option<Added>> {
    let Some(current) = secret.labelled(CURRENT).filter(|version| version.has_value).cloned()
    else {
        return Ok(None);
    };
    let value = get_secret_value::open(call, secret, &current).await?;
    let stages = [PENDING.to_owned()];
    write::add_value(call, secret, token, &value, Some(&stages)).await.map(Some)
}

#[cfg(test)]
mod tests;
