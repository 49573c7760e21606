//! Service-linked roles: the roles by which services work in an account.

use serde_json::json;
use strongroom_api::access_key::{IdPrefix, unique_id};
use strongroom_api::{Entropy, Result, Timestamp};

use crate::entity::{Attached, Role};
use crate::{Iam, error};

/// Runs the rotation functions that come with the server.
const ROTATION: &str = "lambda.amazonaws.com";

/// Service, the end of its role's name, and whether an account may have several of it.
const SERVICES: &[(&str, &str, bool)] = &[
    ("access-analyzer.amazonaws.com", "AccessAnalyzer", false),
    ("autoscaling.amazonaws.com", "AutoScaling", true),
    ("cloudtrail.amazonaws.com", "CloudTrail", false),
    ("config.amazonaws.com", "ConfigRecorder", false),
    ("ecs.amazonaws.com", "ECS", false),
    ("elasticloadbalancing.amazonaws.com", "ElasticLoadBalancing", false),
    ("events.amazonaws.com", "CloudWatchEvents", false),
    (ROTATION, "SecretsManagerRotation", false),
    ("organizations.amazonaws.com", "Organizations", false),
    ("rds.amazonaws.com", "RDS", false),
    ("replicator.lambda.amazonaws.com", "LambdaReplicator", false),
    ("ssm.amazonaws.com", "AmazonSSM", false),
];

/// A service-linked role to be.
pub(crate) struct ServiceLinked {
    service: &'static str,
    pub(crate) name: String,
    pub(crate) path: String,
}

impl ServiceLinked {
    /// The role of `service`.
    ///
    /// # Errors
    /// `InvalidInput` for a service without such a role, or a suffix that it does not take.
    pub(crate) fn of(service: &str, suffix: Option<&str>) -> Result<Self> {
        let known = SERVICES.iter().find(|(name, ..)| *name == service);
        let (service, role, several) =
            known.ok_or_else(|| error::no_service_linked_role(service))?;
        let suffix = match suffix {
            Some(_) if !several => return Err(error::no_custom_suffix(service)),
            Some(suffix) => format!("_{suffix}"),
            None => String::new(),
        };
        let name = format!("AWSServiceRoleFor{role}{suffix}");
        Ok(Self { service, name, path: format!("/aws-service-role/{service}/") })
    }

    /// The role, made now.
    pub(crate) fn role(
        &self,
        account: &str,
        description: Option<&str>,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Role {
        Role {
            account: account.to_owned(),
            id: unique_id(IdPrefix::Aroa, account, entropy),
            created: now,
            trust: self.trust(),
            name: self.name.clone(),
            path: self.path.clone(),
            description: description.map(str::to_owned),
            max_session_seconds: 3_600,
            policies: self.policies(account),
            boundary: None,
            tags: Vec::new(),
            profiles: 0,
        }
    }

    /// What it may do.
    pub(crate) fn policies(&self, account: &str) -> Attached {
        let mut policies = Attached::default();
        if self.service == ROTATION {
            policies.inline.insert("Rotation".to_owned(), rotation_policy(account));
        }
        policies
    }

    /// Its trust policy.
    pub(crate) fn trust(&self) -> String {
        json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": {"Service": self.service},
                "Action": "sts:AssumeRole",
            }],
        })
        .to_string()
    }
}

/// What AWS asks the roles of rotation functions to have, for all secrets of the account.
fn rotation_policy(account: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": [
                    "secretsmanager:DescribeSecret",
                    "secretsmanager:GetSecretValue",
                    "secretsmanager:PutSecretValue",
                    "secretsmanager:UpdateSecretVersionStage",
                ],
                "Resource": format!("arn:aws:secretsmanager:*:{account}:secret:*"),
            },
            {"Effect": "Allow", "Action": "secretsmanager:GetRandomPassword", "Resource": "*"},
            {
                "Effect": "Allow",
                "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
                "Resource": format!("arn:aws:kms:*:{account}:key/*"),
                "Condition": {
                    "StringLike": {"kms:ViaService": "secretsmanager.*.amazonaws.com"},
                },
            },
        ],
    })
    .to_string()
}

impl Iam {
    /// Makes the service-linked role of `service` in an account that has none yet, as AWS's services do
    /// when they first need theirs.
    ///
    /// # Errors
    /// Another writer was faster, or the account has as many roles as it may.
    pub async fn provide_service_linked_role(
        &self,
        account: &str,
        service: &str,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Result<()> {
        let linked = ServiceLinked::of(service, None)?;
        if self.get::<Role>(account, &linked.name).await?.is_some() {
            return Ok(());
        }
        let mut edit = self.edit(account).await?;
        let role = linked.role(account, None, now, entropy);
        self.add_role(&mut edit, &role).await?;
        edit.commit().await
    }
}

/// The id of the deletion of a role.
pub(crate) fn task(role: &Role, unique: &str) -> String {
    format!("task{}{}/{unique}", role.path, role.name)
}

/// Whether a text can be the id of a deletion.
pub(crate) fn is_task(id: &str) -> bool {
    id.strip_prefix("task/aws-service-role/").is_some_and(|rest| rest.split('/').count() == 3)
}
