//! What a principal may do: its policies, found and compiled.

use std::sync::Arc;

use strongroom_api::{Error, Policies, Result};
use strongroom_policy::{Attachment, Kind, Named, Policy};

use crate::entity::{Attached, Group, IdHolder, ManagedPolicy, Role, User};
use crate::service_control::Control;
use crate::{Iam, aws_managed, error, path};

/// A managed policy compiled: one that many principals share is compiled once.
pub(crate) type Compiled = quick_cache::sync::Cache<String, Arc<Named>>;

impl Iam {
    /// The policies of a user: its own and those of its groups.
    pub(crate) async fn policies_of_user(
        &self,
        user: &User,
        control: &Control,
    ) -> Result<Policies> {
        let mut identity = Vec::new();
        self.compile(&user.account, &user.policies, false, &mut identity).await?;
        for id in &user.groups {
            if let Some(group) = self.group_of_id(id).await? {
                self.compile(&group.account, &group.policies, true, &mut identity).await?;
            }
        }
        let boundary = self.boundary(&user.account, user.boundary.as_deref()).await?;
        let service_control = control.levels.clone();
        Ok(Policies { identity, boundary, session: None, service_control })
    }

    /// The policies of a role.
    pub(crate) async fn policies_of_role(
        &self,
        role: &Role,
        control: &Control,
    ) -> Result<Policies> {
        let mut identity = Vec::new();
        self.compile(&role.account, &role.policies, false, &mut identity).await?;
        let boundary = self.boundary(&role.account, role.boundary.as_deref()).await?;
        // Service control policies do not limit service-linked roles.
        let service_control = match role.is_service_linked() {
            true => Arc::default(),
            false => control.levels.clone(),
        };
        Ok(Policies { identity, boundary, session: None, service_control })
    }

    /// What limits `account` from above.
    pub(crate) async fn control(&self, account: &str) -> Result<Control> {
        match &self.service_control {
            None => Ok(Control::default()),
            Some(port) => port.control(account).await.map_err(error::storage),
        }
    }

    /// The group with this unique id.
    pub(crate) async fn group_of_id(&self, id: &str) -> Result<Option<Group>> {
        let Some(holder) = self.holder(id).await? else { return Ok(None) };
        let key = path::entity(&holder.account, "group", &holder.name);
        let group = self.records.get::<Group>(&key).await.map_err(error::storage)?;
        Ok(group.map(|group| group.value.clone()))
    }

    /// Whose unique id this is.
    pub(crate) async fn holder(&self, id: &str) -> Result<Option<IdHolder>> {
        let holder = self.records.get::<IdHolder>(&path::unique_id(id)).await;
        Ok(holder.map_err(error::storage)?.map(|holder| holder.value.clone()))
    }

    async fn compile(
        &self,
        account: &str,
        attached: &Attached,
        of_group: bool,
        out: &mut Vec<Arc<Named>>,
    ) -> Result<()> {
        let (inline, managed) = match of_group {
            false => (Attachment::Inline, Attachment::Managed),
            true => (Attachment::GroupInline, Attachment::GroupManaged),
        };
        for (name, document) in &attached.inline {
            out.push(Arc::new(Named {
                policy: parse(document, Kind::Identity)?,
                name: name.as_str().into(),
                arn: None,
                attachment: inline,
            }));
        }
        for arn in &attached.managed {
            out.extend(self.managed(account, arn, managed).await?);
        }
        Ok(())
    }

    async fn boundary(&self, account: &str, arn: Option<&str>) -> Result<Option<Arc<Named>>> {
        let Some(arn) = arn else { return Ok(None) };
        match self.managed(account, arn, Attachment::Boundary).await? {
            Some(boundary) => Ok(Some(boundary)),
            // A boundary cannot be deleted while it bounds; one that is missing must not set free.
            None => Err(Error::internal(format!("the permissions boundary {arn} is missing"))),
        }
    }

    /// The default version of a managed policy, compiled, as it is attached; `None` if there is none.
    pub(crate) async fn managed(
        &self,
        account: &str,
        arn: &str,
        attachment: Attachment,
    ) -> Result<Option<Arc<Named>>> {
        if let Some(policy) = aws_managed::find(arn) {
            let key = format!("{arn} {attachment:?}");
            return self.compiled(key, policy.name, arn, policy.document, attachment).map(Some);
        }
        let Some(policy) = self.policy_of_arn(account, arn).await? else { return Ok(None) };
        let Some(version) = policy.default_version() else { return Ok(None) };
        // A version of a policy never changes, so its compiled form is never stale.
        let key = format!("{} {} {attachment:?}", policy.id, version.number);
        self.compiled(key, &policy.name, arn, &version.document, attachment).map(Some)
    }

    /// The customer managed policy with this ARN, if it is one of `account`.
    pub(crate) async fn policy_of_arn(
        &self,
        account: &str,
        arn: &str,
    ) -> Result<Option<Arc<strongroom_records::Stored<ManagedPolicy>>>> {
        use crate::holder::Entity;
        let key = path::entity(account, "policy", path::tail(arn));
        let policy = self.records.get::<ManagedPolicy>(&key).await.map_err(error::storage)?;
        Ok(policy.filter(|policy| policy.arn() == arn))
    }

    fn compiled(
        &self,
        key: String,
        name: &str,
        arn: &str,
        document: &str,
        attachment: Attachment,
    ) -> Result<Arc<Named>> {
        if let Some(known) = self.compiled.get(&key) {
            return Ok(known);
        }
        let policy = parse(document, Kind::Identity)?;
        let arn = Some(arn.into());
        let named = Arc::new(Named { policy, name: name.into(), arn, attachment });
        self.compiled.insert(key, named.clone());
        Ok(named)
    }
}

/// Parses a document that was parsed before it was stored.
pub(crate) fn parse(document: &str, kind: Kind) -> Result<Policy> {
    Policy::parse(document, kind).map_err(Error::internal)
}
