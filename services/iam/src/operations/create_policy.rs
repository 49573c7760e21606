//! CreatePolicy: makes a managed policy.

use strongroom_api::access_key::{IdPrefix, unique_id};
use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Reply, Result, Shape, Values};

use crate::entity::{ManagedPolicy, PolicyVersion};
use crate::found::{Nascent};
use crate::shape::{Document, PolicyDescription, PolicyName, PolicyPath};
use crate::tag::{TagList};
use crate::{Call, Iam, attach, error, shown, tag};

/// The operation.
pub struct CreatePolicy;

/// The request.
#[derive(Shape)]
pub struct Input {
    policy_name: PolicyName,
    path: Option<PolicyPath>,
    policy_document: Document,
    description: Option<PolicyDescription>,
    tags: Option<TagList>,
}

/// The reply.
#[derive(Reply)]
pub struct Output {
    policy: shown::Policy,
}

/// AWS's quota.
const MOST_POLICIES: u32 = 1_500;

impl Operation for CreatePolicy {
    const NAME: &'static str = "CreatePolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"PolicyName": "readers", "PolicyDocument": "{}"}"#;

    type Service = Iam;
    type Input = Input;
    type Target = Nascent;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Nascent> {
        let path = input.path.as_deref().unwrap_or("/");
        Ok(Nascent::new(call, "policy", path, &input.policy_name))
    }

    fn demands<'t>(input: &'t Input, target: &'t Nascent) -> Demands<'t> {
        let mut demands = Demands::from_iter([Demand::own::<Self>(target)]);
        if input.tags.is_some() {
            demands.push(Demand::of("iam:TagPolicy", target));
        }
        demands
    }

    fn condition<'v>(input: &'v Input, _: Option<&'v Nascent>, key: &str) -> Option<Values<'v>> {
        tag::set_condition(input.tags.as_ref(), key)
    }

    async fn run(call: &Call<'_>, input: &Input, target: Authorized<Nascent>) -> Result<Output> {
        attach::check_managed(&input.policy_document)?;
        let document = input.policy_document.to_string();
        let policy = ManagedPolicy {
            account: target.account.clone(),
            name: input.policy_name.to_string(),
            path: input.path.as_deref().unwrap_or("/").to_owned(),
            id: unique_id(IdPrefix::Anpa, &target.account, call.entropy),
            created: call.now,
            updated: call.now,
            description: input.description.as_deref().map(str::to_owned),
            tags: tag::initial(input.tags.as_ref())?,
            versions: vec![PolicyVersion { number: 1, created: call.now, document }],
            default: 1,
            latest: 1,
        };
        let mut edit = call.service.edit(&policy.account).await?;
        if call.service.get::<ManagedPolicy>(&policy.account, &policy.name).await?.is_some() {
            return Err(error::policy_name_taken(&policy.name));
        }
        if edit.ledger.policies >= MOST_POLICIES {
            return Err(error::limit_exceeded("PoliciesPerAccount", MOST_POLICIES as usize));
        }
        edit.create(&policy)?;
        edit.ledger.policies += 1;
        edit.ledger.policy_versions += 1;
        edit.commit().await?;
        Ok(Output { policy: shown::Policy::created(&policy) })
    }
}
