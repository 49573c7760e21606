//! DisablePolicyType: takes service control policies out of force and detaches all of them.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape, Values};

use crate::find::{Found, FoundNode};
use crate::shapes::{PolicyType, RootId};
use crate::views::RootView;
use crate::{Call, Organizations, error, paths};

/// DisablePolicyType.
pub struct DisablePolicyType;

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

impl Operation for DisablePolicyType {
    const NAME: &'static str = "DisablePolicyType";
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
        let enabled = organization.service_control.enabled;
        if input.policy_type != PolicyType::ServiceControl || !enabled {
            return Err(error::policy_type_not_enabled());
        }
        let mut edit = call.service.edit(organization);
        edit.organization.service_control.enabled = false;
        let changed = edit.organization.clone();
        edit.commit().await?;
        // Nobody reads them any more; what a crash leaves, the next disabling sweeps.
        call.service.sweep(paths::ended_attachments(&changed)).await?;
        Ok(Output { root: RootView::of(&changed, &root.of) })
    }
}
