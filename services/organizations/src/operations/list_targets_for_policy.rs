//! ListTargetsForPolicy: lists the roots, units and accounts that a policy is attached to.

use strongroom_api::{Audit, Authorized, Operation, Reply, Result, Shape};
use strongroom_store::Range;

use crate::find::Found;
use crate::listing::Page;
use crate::node::Node;
use crate::organization::Organization;
use crate::policy::Held;
use crate::shapes::{MaxResults, NextToken, PolicyId};
use crate::{Call, Organizations, page, paths};

/// ListTargetsForPolicy.
pub struct ListTargetsForPolicy;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The policy.
    pub policy_id: PolicyId,
    /// Where to go on.
    pub next_token: Option<NextToken>,
    /// How many entries a page may have; 20 if absent.
    pub max_results: Option<MaxResults>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// What it is attached to.
    pub targets: Vec<PolicyTarget>,
    /// Where to go on.
    pub next_token: Option<String>,
}

/// A root, unit or account.
#[derive(Debug, Reply)]
pub struct PolicyTarget {
    /// Its id.
    pub target_id: String,
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// `ROOT`, `ORGANIZATIONAL_UNIT` or `ACCOUNT`.
    #[shape(name = "Type")]
    pub kind: &'static str,
}

impl Operation for ListTargetsForPolicy {
    const NAME: &'static str = "ListTargetsForPolicy";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"PolicyId": "p-FullAWSAccess"}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Found<Held>;
    type Output = Output;

    async fn target(call: &Call<'_>, input: &Input) -> Result<Found<Held>> {
        call.service.find_policy(call, &input.policy_id.0).await
    }

    async fn run(call: &Call<'_>, input: &Input, found: Authorized<Found<Held>>) -> Result<Output> {
        let (service, organization) = (call.service, &found.organization);
        let token = input.next_token.as_ref();
        let page = match &found.of {
            // It stands on almost everything without anybody having attached it, so that no index
            // knows: a page is a page of the tree.
            Held::FullAccess => {
                let range = Range::prefix(paths::node(organization, ""));
                service.nodes(&range, page::size(input.max_results), token).await?
            }
            Held::Own(policy) => {
                let range = Range::prefix(paths::attachment(organization, &policy.id, ""));
                let page = service.ids(&range, input.max_results, token).await?;
                let items = service.nodes_of(organization, &page.items).await?;
                Page { items, next: page.next }
            }
        };
        let attached =
            |node: &Node| node.policies(organization).iter().any(|policy| policy == found.of.id());
        let nodes = page.items.iter().filter(|node| attached(node));
        let targets = nodes.map(|node| PolicyTarget::of(organization, node)).collect();
        Ok(Output { targets, next_token: page.next })
    }
}

impl PolicyTarget {
    fn of(organization: &Organization, node: &Node) -> Self {
        Self {
            target_id: node.id.clone(),
            arn: organization.arn_of(&node.id),
            name: node.name.clone(),
            kind: node.type_text(),
        }
    }
}
