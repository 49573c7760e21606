//! EnablePolicyType: puts service control policies in force, with FullAWSAccess on everything.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};

use crate::find::{Found, FoundNode};
use crate::shapes::{PolicyType, RootId};
use crate::views::RootView;
use crate::{Call, Organizations, error};

/// EnablePolicyType.
pub struct EnablePolicyType;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The root.
    pub root_id: RootId,
    /// The type; `SERVICE_CONTROL_POLICY`.
    pub policy_type: PolicyType,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// The root as it is now.
    pub root: RootView,
}

impl Operation for EnablePolicyType {
    const NAME: &'static str = "EnablePolicyType";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"RootId": "r-a1b2", "PolicyType": "SERVICE_CONTROL_POLICY"}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Found<FoundNode>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<FoundNode>> {
        call.service.find_node(call, &input.root_id.0, |_| true, error::no_such_root).await
    }

    fn condition<'v>(
        input: &'v Input,
        _: Option<&'v Found<FoundNode>>,
        key: &str,
    ) -> Option<Values<'v>> {
        (key == "organizations:policytype").then(|| Values::one(input.policy_type.text()))
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        root: Authorized<Found<FoundNode>>,
    ) -> Result<Output> {
        let organization = &root.organization;
        if input.policy_type != PolicyType::ServiceControl || !organization.has_policies() {
            return Err(error::policy_type_not_available());
        }
        if organization.service_control.enabled {
            return Err(error::policy_type_already_enabled());
        }
        let mut edit = call.service.edit(organization);
        edit.organization.service_control.enabled = true;
        edit.organization.service_control.era += 1;
        let changed = edit.organization.clone();
        edit.commit().await?;
        Ok(Output { root: RootView::of(&changed, &root.of) })
    }
}
