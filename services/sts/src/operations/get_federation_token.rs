//! GetFederationToken: gives somebody whom a user vouches for a part of the user's rights.

use std::borrow::Cow;

use strongroom_api::{
    Audit, Authorized, Demand, Demands, Operation, Reply, Result, Shape, Target, Values,
};

use crate::limits::PolicyDescriptor;
use crate::session::{Credentials, Draft, Origin};
use crate::tag::{self, Tag};
use crate::{Call, Sts};

/// The operation.
pub struct GetFederationToken;

/// The request.
#[derive(Shape)]
pub struct Input {
    #[shape(length = 2..=32, pattern = r"[\w+=,.@-]*")]
    name: String,
    #[shape(length = 1..=2048, pattern = r"[\u0009\u000A\u000D\u0020-\u00FF]+")]
    policy: Option<String>,
    policy_arns: Option<Vec<PolicyDescriptor>>,
    #[shape(range = 900..=129600)]
    duration_seconds: Option<i32>,
    #[shape(length = 0..=50)]
    tags: Option<Vec<Tag>>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    credentials: Credentials,
    federated_user: FederatedUserShown,
    packed_policy_size: i64,
}

/// Who the session is.
#[derive(Reply)]
pub struct FederatedUserShown {
    federated_user_id: String,
    arn: String,
}

/// The federated user to be.
pub struct FederatedUser {
    account: String,
    arn: String,
}

impl Target for FederatedUser {
    fn arn(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.arn)
    }

    fn account(&self) -> &str {
        &self.account
    }
}

impl Operation for GetFederationToken {
    const NAME: &'static str = "GetFederationToken";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"Name": "guest"}"#;

    type Service = Sts;
    type Input = Input;
    type Target = FederatedUser;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<FederatedUser> {
        let account = call.caller.account().to_owned();
        let arn = format!("arn:aws:sts::{account}:federated-user/{}", input.name);
        Ok(FederatedUser { account, arn })
    }

    fn demands<'t>(input: &'t Input, user: &'t FederatedUser) -> Demands<'t> {
        let mut demands = Demands::from_iter([Demand::own::<Self>(user)]);
        if input.tags.as_ref().is_some_and(|tags| !tags.is_empty()) {
            demands.push(Demand::of("sts:TagSession", user));
        }
        demands
    }

    fn condition<'v>(
        input: &'v Input,
        _: Option<&'v FederatedUser>,
        key: &str,
    ) -> Option<Values<'v>> {
        tag::condition(input.tags.as_deref(), None, key)
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        user: Authorized<FederatedUser>,
    ) -> Result<Output> {
        let (principal, seconds) =
            call.service.long_term_caller(call, Self::NAME, input.duration_seconds).await?;
        let tags = tag::pairs(input.tags.as_deref())?;
        let policies = input.policy_arns.as_deref();
        let limits = call.service.limits(&user.account, input.policy.as_deref(), policies).await?;
        let packed_policy_size = limits.packed_size(&tags)?.unwrap_or(0);
        let draft = Draft {
            origin: Origin::Federation,
            principal: &principal,
            name: &input.name,
            seconds,
            limits,
            tags,
            transitive_tag_keys: Vec::new(),
            source_identity: None,
            provider: None,
            host: None,
        };
        Ok(Output {
            credentials: call.service.issue(draft, call.now, call.entropy)?,
            federated_user: FederatedUserShown {
                federated_user_id: format!("{}:{}", user.account, input.name),
                arn: user.arn.clone(),
            },
            packed_policy_size,
        })
    }
}
