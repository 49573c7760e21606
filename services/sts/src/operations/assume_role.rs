//! AssumeRole: gives the caller a session of a role that trusts it.

use strongroom_api::{
    Audit, Authorized, Demand, Demands, Operation, PrincipalKind, Reply, Result, Shape, Values,
};

use crate::limits::PolicyDescriptor;
use crate::principals::Role;
use crate::role::{Arn, AssumedRoleUser, SessionName};
use crate::session::{Credentials, Draft, Origin};
use crate::tag::{self, Tag, TagKey};
use crate::{Call, Sts, error};

/// The operation.
pub struct AssumeRole;

/// The request.
#[derive(Shape)]
pub struct Input {
    role_arn: Arn,
    role_session_name: SessionName,
    policy_arns: Option<Vec<PolicyDescriptor>>,
    #[shape(length = 1.., pattern = r"[\u0009\u000A\u000D\u0020-\u00FF]+")]
    policy: Option<String>,
    #[shape(range = 900..=43200)]
    duration_seconds: Option<i32>,
    #[shape(length = 0..=50)]
    tags: Option<Vec<Tag>>,
    #[shape(length = 0..=50)]
    transitive_tag_keys: Option<Vec<TagKey>>,
    #[shape(length = 2..=1224, pattern = r"[\w+=,.@:\/-]*")]
    external_id: Option<String>,
    #[shape(length = 9..=256, pattern = r"[\w+=/:,.@-]*")]
    serial_number: Option<String>,
    #[shape(length = 6..=6, pattern = r"[\d]*")]
    token_code: Option<String>,
    #[shape(length = 2..=64, pattern = r"[\w+=,.@-]*")]
    source_identity: Option<String>,
    #[shape(length = 1..=5)]
    provided_contexts: Option<Vec<ProvidedContext>>,
}

/// A context that a trusted token service vouches for.
#[derive(Shape)]
pub struct ProvidedContext {
    provider_arn: Option<Arn>,
    #[shape(length = 4..=2048)]
    context_assertion: Option<String>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    /// What the session is used with.
    pub credentials: Credentials,
    /// Who the session is.
    pub assumed_role_user: AssumedRoleUser,
    /// How much of the space for policies and tags is taken, in percent.
    pub packed_policy_size: Option<i64>,
    source_identity: Option<String>,
}

/// What a session carries beside its role.
#[derive(Default)]
pub struct Carried {
    /// A policy that limits it.
    pub policy: Option<String>,
    /// Managed policies that limit it.
    pub policy_arns: Vec<PolicyDescriptor>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// Its source identity.
    pub source_identity: Option<String>,
}

/// The longest session that is made from another session, and the usual length, in seconds.
const HOUR: i64 = 3_600;

impl AssumeRole {
    /// The request for a session of `role`, as services make it that act on somebody's behalf.
    #[must_use]
    pub fn input(role: &str, session: &str, seconds: i32) -> Input {
        Self::carrying(role, session, seconds, Carried::default())
    }

    /// The same for a session that carries more than its role.
    #[must_use]
    pub fn carrying(role: &str, session: &str, seconds: i32, carried: Carried) -> Input {
        Input {
            role_arn: Arn(role.to_owned()),
            role_session_name: SessionName(session.to_owned()),
            policy_arns: Some(carried.policy_arns).filter(|arns| !arns.is_empty()),
            policy: carried.policy,
            duration_seconds: Some(seconds),
            tags: Some(carried.tags).filter(|tags| !tags.is_empty()),
            transitive_tag_keys: None,
            external_id: None,
            serial_number: None,
            token_code: None,
            source_identity: carried.source_identity,
            provided_contexts: None,
        }
    }
}

impl Operation for AssumeRole {
    const NAME: &'static str = "AssumeRole";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str =
        r#"{"RoleArn": "arn:aws:iam::123456789012:role/app", "RoleSessionName": "anna"}"#;

    type Service = Sts;
    type Input = Input;
    type Target = Role;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Role> {
        let arn = &input.role_arn.0;
        if call.caller.kind() == PrincipalKind::Root {
            return Err(error::root_assumes_no_role());
        }
        let role = call.service.find_role(arn).await?;
        role.ok_or_else(|| error::may_not(call.caller.arn(), "sts:AssumeRole", arn))
    }

    fn demands<'t>(input: &'t Input, role: &'t Role) -> Demands<'t> {
        let mut demands = Demands::from_iter([Demand::own::<Self>(role)]);
        if input.tags.as_ref().is_some_and(|tags| !tags.is_empty()) {
            demands.push(Demand::of("sts:TagSession", role));
        }
        if input.source_identity.is_some() {
            demands.push(Demand::of("sts:SetSourceIdentity", role));
        }
        demands
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Role>, key: &str) -> Option<Values<'v>> {
        match key {
            "sts:externalid" => input.external_id.as_deref().map(Values::one),
            "sts:rolesessionname" => Some(Values::one(&input.role_session_name.0)),
            "sts:sourceidentity" => input.source_identity.as_deref().map(Values::one),
            "sts:durationseconds" => Some(Values::One(input.duration_seconds?.to_string().into())),
            key => {
                let transitive = input.transitive_tag_keys.as_deref();
                tag::condition(input.tags.as_deref(), transitive, key)
            }
        }
    }

    async fn run(call: &Call<'_>, input: &Input, role: Authorized<Role>) -> Result<Output> {
        if input.serial_number.is_some() || input.token_code.is_some() {
            return Err(error::no_mfa());
        }
        if input.provided_contexts.is_some() {
            return Err(error::no_provided_contexts());
        }
        let details = &call.caller.details;
        let calling = details.session.as_ref();
        let seconds = input.duration_seconds.map_or(HOUR, i64::from);
        if calling.is_some() && seconds > HOUR {
            return Err(error::chained_too_long());
        }
        if seconds > role.max_session_seconds {
            return Err(error::too_long_for_role());
        }
        let mut tags = tag::pairs(input.tags.as_deref())?;
        let mut transitive = tag::transitive(input.transitive_tag_keys.as_deref(), &tags)?;
        let inherited = tag::inherited(calling, &details.tags, &tags)?;
        transitive.extend(inherited.iter().map(|(key, _)| key.clone()));
        let account = &role.principal.account;
        let policies = input.policy_arns.as_deref();
        let limits = call.service.limits(account, input.policy.as_deref(), policies).await?;
        let packed_policy_size = limits.packed_size(&tags)?;
        tags.extend(inherited);
        let source_identity = source_identity(call, input)?;
        let draft = Draft {
            origin: Origin::Role,
            principal: &role.principal,
            name: &input.role_session_name.0,
            seconds,
            limits,
            tags,
            transitive_tag_keys: transitive,
            source_identity: source_identity.clone(),
            provider: None,
            // A session made from a host's ends with the host, too.
            host: calling.and_then(|session| session.host.clone()),
        };
        Ok(Output {
            credentials: call.service.issue(draft, call.now, call.entropy)?,
            assumed_role_user: AssumedRoleUser::of(&role, &input.role_session_name.0),
            packed_policy_size,
            source_identity,
        })
    }
}

/// A source identity, once set, stays along the chain.
fn source_identity(call: &Call<'_>, input: &Input) -> Result<Option<String>> {
    let set = call.caller.details.session.as_ref().and_then(|one| one.source_identity.as_ref());
    match (set, &input.source_identity) {
        (Some(set), Some(asked)) if set != asked => Err(error::source_identity_is_set()),
        (set, asked) => Ok(set.or(asked.as_ref()).cloned()),
    }
}
