//! Service-linked roles: the roles by which services work in an account.

use serde_json::json;
use strongroom_api::Result;

use crate::entity::Role;
use crate::error;

/// Service, the end of its role's name, and whether an account may have several of it.
const SERVICES: &[(&str, &str, bool)] = &[
    ("access-analyzer.amazonaws.com", "AccessAnalyzer", false),
    ("autoscaling.amazonaws.com", "AutoScaling", true),
    ("cloudtrail.amazonaws.com", "CloudTrail", false),
    ("config.amazonaws.com", "ConfigRecorder", false),
    ("ecs.amazonaws.com", "ECS", false),
    ("elasticloadbalancing.amazonaws.com", "ElasticLoadBalancing", false),
    ("events.amazonaws.com", "CloudWatchEvents", false),
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

/// The id of the deletion of a role.
pub(crate) fn task(role: &Role, unique: &str) -> String {
    format!("task{}{}/{unique}", role.path, role.name)
}

/// Whether a text can be the id of a deletion.
pub(crate) fn is_task(id: &str) -> bool {
    id.strip_prefix("task/aws-service-role/").is_some_and(|rest| rest.split('/').count() == 3)
}
