//! CreateAccount: creates an account that belongs to the organization.

use std::collections::BTreeMap;

use strongroom_api::{Audit, Authorized, Demand, Demands, Operation, Reply, Result, Shape, Values};

use crate::accounts::DEFAULT_ROLE;
use crate::creation::{Creation, CreationView};
use crate::edit::Edit;
use crate::find::{Everything, Found};
use crate::join::Joining;
use crate::shapes::{CreateAccountName, Email, IamUserAccessToBilling, RoleName};
use crate::tag::{self, Tag};
use crate::{Call, NewAccount, Organizations, error, id, paths};

/// CreateAccount.
pub struct CreateAccount;

/// Its request.
#[derive(Debug, Shape)]
pub struct Input {
    /// The address of its root user, which no other account of the organization has.
    pub email: Email,
    /// Its name.
    pub account_name: CreateAccountName,
    /// The role through which the management account administers it; `OrganizationAccountAccessRole`
    /// if absent.
    pub role_name: Option<RoleName>,
    /// Whether IAM users may see bills. There are none; it changes nothing.
    pub iam_user_access_to_billing: Option<IamUserAccessToBilling>,
    /// Its tags.
    pub tags: Option<Vec<Tag>>,
}

/// Its reply.
#[derive(Debug, Reply)]
pub struct Output {
    /// What became of the request.
    pub create_account_status: CreationView,
}

impl Operation for CreateAccount {
    const NAME: &'static str = "CreateAccount";
    const AUDIT: Audit = Audit::Write;
    const EXAMPLE: &'static str = r#"{"Email": "payments@example.com", "AccountName": "payments", "RoleName": "OrganizationAccountAccessRole"}"#;

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
        tag::condition(input.tags.as_ref(), key)
    }

    async fn run(
        call: &Call<'_>,
        input: &Input,
        target: Authorized<Found<Everything>>,
    ) -> Result<Output> {
        let mut tags = BTreeMap::new();
        tag::add(&mut tags, input.tags.as_deref().unwrap_or_default())?;
        let role_name = input.role_name.as_ref().map_or(DEFAULT_ROLE, |name| &name.0);
        if role_name.starts_with("AWSServiceRoleFor") {
            return Err(error::reserved_role_name());
        }
        let (name, email) = (input.account_name.0.reveal(), input.email.0.reveal());
        let mut creation = Creation {
            id: id::creation(call.entropy),
            account_name: name.clone(),
            requested: call.now,
            completed: call.now,
            account: None,
        };
        let organization = &target.organization;
        if call.service.is_taken(organization, email).await? {
            record(call.service.edit(organization), &creation).await?;
            return Ok(Output { create_account_status: CreationView::from(&creation) });
        }
        let id = free_id(call).await?;
        let management = &organization.management;
        let account = NewAccount { id: &id, name, email, role_name, management };
        call.service.accounts.create_account(account, call.circumstances()).await?;
        creation.account = Some(id);
        // The account is there now. That others change the organization must not make a second one.
        loop {
            match enter(call, &creation, email, tags.clone()).await {
                Err(error) if error.is_conflict() => {}
                outcome => return outcome,
            }
        }
    }
}

async fn free_id(call: &Call<'_>) -> Result<String> {
    loop {
        let id = id::account(call.entropy);
        if !call.service.accounts.exists(&id).await? {
            return Ok(id);
        }
    }
}

async fn enter(
    call: &Call<'_>,
    creation: &Creation,
    email: &str,
    tags: BTreeMap<String, String>,
) -> Result<Output> {
    let organization = call.service.managed(call).await?;
    let mut settled = creation.clone();
    let mut edit = call.service.edit(&organization);
    if call.service.is_taken(&organization, email).await? {
        settled.account = None;
    }
    if let Some(id) = &settled.account {
        let joining = Joining { id, name: &settled.account_name, email, tags, now: call.now };
        call.service.join(&mut edit, joining).await?;
    }
    record(edit, &settled).await?;
    Ok(Output { create_account_status: CreationView::from(&settled) })
}

async fn record(mut edit: Edit<'_>, creation: &Creation) -> Result<()> {
    edit.create(&paths::creation(&edit.organization, &creation.id), creation)?;
    edit.commit().await
}
