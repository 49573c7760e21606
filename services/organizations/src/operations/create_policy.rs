//! CreatePolicy: makes a service control policy, attached to nothing yet.

use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Reply, Result, Shape, Values};

use crate::find::{Everything, Found};
use crate::join::Claim;
use crate::policy::{self, Held, Policy};
use crate::shapes::{PolicyContent, PolicyDescription, PolicyName, PolicyType};
use crate::tag::{self, Tag};
use crate::views::PolicyView;
use crate::{Call, Organizations, error, id, paths};

/// CreatePolicy.
pub struct CreatePolicy;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The document.
    pub content: PolicyContent,
    /// What it is for, in words.
    pub description: PolicyDescription,
    /// Its name, which no other policy of the organization has.
    pub name: PolicyName,
    /// Its type; `SERVICE_CONTROL_POLICY`.
    #[shape(name = "Type")]
    pub kind: PolicyType,
    /// Its tags.
    pub tags: Option<Vec<Tag>>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The policy.
    pub policy: PolicyView,
}

/// AWS's quota of service control policies in an organization.
const MOST_POLICIES: u32 = 10_000;

impl Operation for CreatePolicy {
    const NAME: &'static str = "CreatePolicy";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"Name": "no-deletion", "Description": "secrets stay", "Type": "SERVICE_CONTROL_POLICY", "Content": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"secretsmanager:DeleteSecret\",\"Resource\":\"*\"}]}"}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Found<Everything>;
    type Output = Output;

    async fn target(call: &Call<'_>, _: &Input) -> Result<Found<Everything>> {
        call.service.find_everything(call).await
    }

    fn demands<'t>(input: &'t Input, target: &'t Found<Everything>) -> Demands<'t> {
        let tagging = input.tags.as_ref().filter(|tags| !tags.is_empty());
        let tagging = tagging.map(|_| Demand::of("organizations:TagResource", target));
        std::iter::once(Demand::own::<Self>(target)).chain(tagging).collect()
    }

    fn condition<'v>(
        input: &'v Input,
        _: Option<&'v Found<Everything>>,
        key: &str,
    ) -> Option<Values<'v>> {
        match key {
            "organizations:policytype" => Some(Values::one(input.kind.text())),
            _ => tag::condition(input.tags.as_ref(), key),
        }
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        target: Authorized<Found<Everything>>,
    ) -> Result<Output> {
        let organization = &target.organization;
        if input.kind != PolicyType::ServiceControl || !organization.has_policies() {
            return Err(error::policy_type_not_available());
        }
        policy::check(&input.content.0)?;
        if organization.policies >= MOST_POLICIES {
            return Err(error::too_many_policies());
        }
        let name = &input.name.0;
        let claim = paths::policy_name(organization, name);
        if name == Held::FullAccess.name() || call.service.claim(&claim).await?.is_some() {
            return Err(error::duplicate_policy());
        }
        let id = id::policy(call.entropy);
        let (description, content) = (input.description.0.clone(), input.content.0.clone());
        let mut policy = Policy::new(id.clone(), name.clone(), description, content);
        tag::add(&mut policy.tags, input.tags.as_deref().unwrap_or_default())?;
        let mut edit = call.service.edit(organization);
        edit.create(&paths::policy(organization, &id), &policy)?;
        edit.create(&claim, &Claim { holder: id })?;
        edit.organization.policies += 1;
        edit.commit().await?;
        Ok(Output { policy: PolicyView::of_record(organization, &policy) })
    }
}
