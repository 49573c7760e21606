//! Every service with its dispatch table, as the checks and the reference pages see them.

use strongroom_api::{Entry, Facts, Service};
use strongroom_cloudtrail::CloudTrail;
use strongroom_cloudwatch::Cloudwatch;
use strongroom_hosts::Hosts;
use strongroom_iam::Iam;
use strongroom_kms::Kms;
use strongroom_lambda::Lambda;
use strongroom_logs::Logs;
use strongroom_organizations::Organizations;
use strongroom_rolesanywhere::RolesAnywhere;
use strongroom_secretsmanager::SecretsManager;
use strongroom_sns::Sns;
use strongroom_ssm::Ssm;
use strongroom_sts::Sts;
use strongroom_wire::shape::Model;

/// A service.
pub struct Offer {
    /// As people call it.
    pub title: &'static str,
    /// Its names on the wire.
    pub facts: Facts,
    /// The prefix of its IAM actions, by which its crate is called.
    pub prefix: &'static str,
    /// What it offers, in alphabetical order.
    pub operations: Vec<Offered>,
}

/// An operation that is offered.
pub struct Offered {
    /// Its name.
    pub name: &'static str,
    /// Whether it changes nothing.
    pub is_read_only: bool,
    /// A request that decodes.
    pub example: &'static str,
    /// Its input as our types describe it.
    pub input: Model,
}

/// Every service of AWS, one line each.
pub fn all() -> Vec<Offer> {
    vec![
        offer::<SecretsManager>("AWS Secrets Manager", strongroom_secretsmanager::OPERATIONS),
        offer::<Kms>("AWS KMS", strongroom_kms::OPERATIONS),
        offer::<Iam>("AWS IAM", strongroom_iam::OPERATIONS),
        offer::<Sts>("AWS STS", strongroom_sts::OPERATIONS),
        offer::<Logs>("CloudWatch Logs", strongroom_logs::OPERATIONS),
        offer::<CloudTrail>("AWS CloudTrail", strongroom_cloudtrail::OPERATIONS),
        offer::<Cloudwatch>("Amazon CloudWatch", strongroom_cloudwatch::OPERATIONS),
        offer::<Lambda>("AWS Lambda", strongroom_lambda::OPERATIONS),
        offer::<Organizations>("AWS Organizations", strongroom_organizations::OPERATIONS),
        offer::<Sns>("Amazon SNS", strongroom_sns::OPERATIONS),
        offer::<RolesAnywhere>("IAM Roles Anywhere", strongroom_rolesanywhere::OPERATIONS),
        offer::<Ssm>("AWS Systems Manager Parameter Store", strongroom_ssm::OPERATIONS),
    ]
}

/// The service that is ours and not AWS's, so that no model of AWS's speaks of it.
pub fn own() -> Offer {
    offer::<Hosts>("Hosts", strongroom_hosts::OPERATIONS)
}

fn offer<S: Service>(title: &'static str, table: &[Entry<S>]) -> Offer {
    let offered = |entry: &Entry<S>| Offered {
        name: entry.name,
        is_read_only: entry.audit.is_read_only(),
        example: entry.example,
        input: (entry.model)(),
    };
    Offer {
        title,
        facts: S::FACTS,
        prefix: S::ACTION_PREFIX,
        operations: table.iter().map(offered).collect(),
    }
}
