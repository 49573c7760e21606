//! MoveAccount: hangs an account under another root or unit.

use std::borrow::Cow;

use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Result, Shape, Target};

use crate::find::{Found, FoundNode};
use crate::node::Node;
use crate::shapes::{AccountId, ParentId};
use crate::{Call, Organizations, error, paths};

/// MoveAccount.
pub struct MoveAccount;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The account.
    pub account_id: AccountId,
    /// Where it hangs.
    pub source_parent_id: ParentId,
    /// Where it is to hang.
    pub destination_parent_id: ParentId,
}

/// The account and both ends of its way: AWS wants permission for all three.
pub struct Move {
    account: Found<FoundNode>,
    source: Found<FoundNode>,
    destination: Found<FoundNode>,
}

impl Target for Move {
    fn arn(&self) -> Cow<'_, str> {
        self.account.arn()
    }

    fn account(&self) -> &str {
        self.account.account()
    }
}

impl Operation for MoveAccount {
    const NAME: &'static str = "MoveAccount";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"AccountId": "210987654321", "SourceParentId": "r-a1b2", "DestinationParentId": "ou-a1b2-c3d4e5f6"}"#;

    type Service = Organizations;
    type Input = Input;
    type Target = Move;
    type Output = ();

    async fn target(call: &Call<'_>, input: &Input) -> Result<Move> {
        let service = call.service;
        let account = service.find_account(call, &input.account_id.0).await?;
        let organization = account.organization.clone();
        let (from, to) = (&input.source_parent_id.0, &input.destination_parent_id.0);
        let missing = error::no_such_source;
        let source = service.node_that(&organization, from, Node::is_parent, missing).await?;
        let missing = error::no_such_destination;
        let to = service.node_that(&organization, to, Node::is_parent, missing).await?;
        let source = Found { organization: organization.clone(), of: source };
        let destination = Found { organization, of: to };
        Ok(Move { account, source, destination })
    }

    fn demands<'t>(_: &'t Input, moved: &'t Move) -> Demands<'t> {
        let Move { account, source, destination } = moved;
        [account, source, destination]
            .map(|end| Demand::of("organizations:MoveAccount", end))
            .into_iter()
            .collect()
    }

    async fn run(call: &Call<'_>, _: &Input, moved: Authorized<Move>) -> Result<()> {
        let (organization, account) = (&moved.account.organization, &moved.account.of);
        let (from, to) = (&moved.source.of.id, &moved.destination.of.id);
        if account.parent.as_ref() == Some(to) {
            return Err(error::duplicate_account());
        }
        if account.parent.as_ref() != Some(from) {
            return Err(error::no_such_source(organization, from));
        }
        let mut edit = call.service.edit(organization);
        edit.replace(account, &Node { parent: Some(to.clone()), ..Node::clone(account) })?;
        edit.delete(&paths::child(organization, from, &account.id));
        edit.index(&paths::child(organization, to, &account.id));
        edit.commit().await
    }
}
