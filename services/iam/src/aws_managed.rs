//! The policies that AWS manages, as far as they speak of services that are offered.
//!
//! The documents are AWS's, at the version noted. Of the three widest (ReadOnlyAccess, SecurityAudit,
//! ViewOnlyAccess) only what concerns services that are offered is kept.

use strongroom_api::Timestamp;

/// A policy managed by AWS.
#[derive(Debug)]
pub struct AwsManaged {
    /// `AdministratorAccess`.
    pub(crate) name: &'static str,
    /// `/`, `/service-role/`, `/job-function/`.
    pub(crate) path: &'static str,
    /// Its unique id.
    pub(crate) id: &'static str,
    /// `v1`.
    pub(crate) version: &'static str,
    /// When AWS published it and this version of it, in seconds since the epoch.
    dates: (i64, i64),
    /// What it is for.
    pub(crate) description: &'static str,
    /// The document.
    pub(crate) document: &'static str,
}

pub(crate) const PREFIX: &str = "arn:aws:iam::aws:policy";

macro_rules! policies {
    ($($name:literal, $path:literal, $id:literal, $version:literal, $dates:expr, $description:literal;)*) => {
        /// In the order of their names.
        pub(crate) static POLICIES: &[AwsManaged] = &[$(AwsManaged {
            name: $name,
            path: $path,
            id: $id,
            version: $version,
            dates: $dates,
            description: $description,
            document: include_str!(concat!("../policies/", $name, ".json")),
        }),*];
    };
}

policies! {
    "AWSCloudTrail_FullAccess", "/", "ANPAIVT36APCM5R27HHPT", "v3", (1602200475, 1614020460),
    "Provides full access to AWS CloudTrail.";
    "AWSCloudTrail_ReadOnlyAccess", "/", "ANPAI4EVT3LKYYM4JD2AJ", "v1", (1655227145, 1655227145),
    "Provides read only access to AWS CloudTrail.";
    "AWSDenyAll", "/", "ANPAISOWV7IX53SXXXLDA", "v2", (1556750174, 1702917725),
    "Deny all access.";
    "AWSKeyManagementServicePowerUser", "/", "ANPAILLBUVYHHPWNNEQ23", "v2", (1423248040, 1488848111),
    "Provides access to AWS Key Management Service (KMS).";
    "AWSLambdaBasicExecutionRole", "/service-role/", "ANPAIHAXXUC7TTBZMW2DM", "v1", (1428591823, 1428591823),
    "Provides write permissions to CloudWatch Logs.";
    "AWSLambdaRole", "/service-role/", "ANPAIGEW6VVARPS3BW6HC", "v1", (1423248088, 1423248088),
    "Default policy for AWS Lambda service role.";
    "AWSLambdaVPCAccessExecutionRole", "/service-role/", "ANPAIZGCLWDEMBV7KAGXI", "v3", (1455232526, 1704494306),
    "Provides minimum permissions for a Lambda function to execute while accessing a resource within a VPC - create, describe, delete network interfaces and write permissions to CloudWatch Logs.";
    "AWSLambda_FullAccess", "/", "ANPAIW4V7L33VVEHJ6TDL", "v7", (1605647648, 1770919251),
    "Grants full access to AWS Lambda service, AWS Lambda console features, and other related AWS services.";
    "AWSLambda_ReadOnlyAccess", "/", "ANPAILVQL5A3ZR7XPFFGU", "v5", (1605647432, 1770919375),
    "Grants read-only access to AWS Lambda service, AWS Lambda console features, and other related AWS services.";
    "AWSOrganizationsFullAccess", "/", "ANPAIHJ7LABURE33WKHGG", "v9", (1541536317, 1770919147),
    "Provides full access to AWS Organizations.";
    "AWSOrganizationsReadOnlyAccess", "/", "ANPAIGXSISWIAH7LDDT3O", "v6", (1541536358, 1717795936),
    "Provides read-only access to AWS Organizations.";
    "AWSSecretsManagerClientReadOnlyAccess", "/", "ANPAIVM55A3HPH25YJBH6", "v4", (1762373048, 1780432931),
    "Provides read only access to AWS Secrets Manager secrets for client applications.";
    "AdministratorAccess", "/", "ANPAIWMBCKSKIEE64ZLYK", "v1", (1423247986, 1423247986),
    "Provides full access to AWS services and resources.";
    "AmazonSNSFullAccess", "/", "ANPAIEHMMPN3MCXDG5KM4", "v2", (1423248065, 1727217125),
    "Provides full access to Amazon SNS via the AWS Management Console.";
    "AmazonSNSReadOnlyAccess", "/", "ANPAITQC4LIOC46W7H3PB", "v2", (1423248066, 1727215992),
    "Provides read only access to Amazon SNS via the AWS Management Console.";
    "AmazonSSMFullAccess", "/", "ANPAIPHIHEE6USNZZHX3D", "v4", (1432921187, 1574280536),
    "Provides full access to Amazon SSM.";
    "AmazonSSMManagedInstanceCore", "/", "ANPAIEW4OYHTVZVZA2PZZ", "v2", (1552670532, 1558630461),
    "The policy for Amazon EC2 Role to enable AWS Systems Manager service core functionality.";
    "AmazonSSMReadOnlyAccess", "/", "ANPAIZGJFUPM5NUCF2N4E", "v1", (1432921459, 1432921459),
    "Provides read only access to Amazon SSM.";
    "CloudWatchFullAccess", "/", "ANPAIVJ77TCHBJCUGMTB7", "v4", (1423248000, 1669555429),
    "Provides full access to CloudWatch.";
    "CloudWatchFullAccessV2", "/", "ANPAI4ZWO4Q4EKXSKCJXQ", "v17", (1690889577, 1790096228),
    "Provides full access to CloudWatch.";
    "CloudWatchLogsFullAccess", "/", "ANPAI52GJG75OTRLGUILQ", "v8", (1423248002, 1770919233),
    "Provides full access to CloudWatch Logs";
    "CloudWatchLogsReadOnlyAccess", "/", "ANPAIOHKWXZM5AJI35PZ5", "v12", (1423248003, 1770919153),
    "Provides read only access to CloudWatch Logs";
    "CloudWatchReadOnlyAccess", "/", "ANPAIOBSUSBJFHDGVX4NT", "v25", (1423248001, 1790096227),
    "Provides read only access to CloudWatch.";
    "IAMFullAccess", "/", "ANPAITMJ5T63DJOLG2WPD", "v2", (1423248038, 1561146000),
    "Provides full access to IAM via the AWS Management Console.";
    "IAMReadOnlyAccess", "/", "ANPAILX6RHJC5OXFALFNF", "v4", (1423248039, 1516907487),
    "Provides read only access to IAM via the AWS Management Console.";
    "IAMUserChangePassword", "/", "ANPAIHZ5YXBTNYEK4C6QP", "v5", (1479169516, 1770919137),
    "Provides the ability for an IAM user to change their own password.";
    "PowerUserAccess", "/", "ANPAILHG27PL3YBRYSN4H", "v12", (1423247987, 1770919154),
    "Provides full access to AWS services and resources, but does not allow management of Users and groups.";
    "ReadOnlyAccess", "/", "ANPAIEBQRJMRUNJOVKCUK", "v190", (1423247988, 1790271428),
    "Provides read-only access to AWS services and resources.";
    "SecretsManagerReadWrite", "/", "ANPAIGSUMYPFSTAJVF7JU", "v6", (1522865129, 1787701030),
    "Provides read/write access to AWS Secrets Manager via the AWS Management Console.";
    "SecurityAudit", "/", "ANPAIXIJTH3YRWWJF75V5", "v94", (1423248061, 1790800028),
    "The security audit template grants access to read security configuration metadata. It is useful for software that audits the configuration of an AWS account.";
    "ViewOnlyAccess", "/job-function/", "ANPAICTUSU32PAVB7OGTC", "v46", (1478798415, 1790800028),
    "This policy grants permissions to view resources and basic metadata across all AWS services.";
}

impl AwsManaged {
    /// When AWS published it.
    pub(crate) fn created(&self) -> Timestamp {
        Timestamp::from_seconds(self.dates.0)
    }

    /// When AWS changed it last.
    pub(crate) fn updated(&self) -> Timestamp {
        Timestamp::from_seconds(self.dates.1)
    }

    /// Its ARN.
    pub(crate) fn arn(&self) -> String {
        format!("{PREFIX}{}{}", self.path, self.name)
    }
}

/// The policy with this ARN.
pub(crate) fn find(arn: &str) -> Option<&'static AwsManaged> {
    let rest = arn.strip_prefix(PREFIX)?;
    let is_it = |policy: &&AwsManaged| rest.strip_prefix(policy.path) == Some(policy.name);
    POLICIES.iter().find(is_it)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use strongroom_policy::{Kind, Policy};

    use super::*;

    #[test]
    fn every_policy_parses_and_is_found_by_its_arn() {
        assert!(POLICIES.is_sorted_by_key(|policy| policy.name));
        for policy in POLICIES {
            Policy::parse(policy.document, Kind::Identity).unwrap();
            assert_eq!(find(&policy.arn()).unwrap().id, policy.id);
            assert_eq!(policy.id.len(), 21);
        }
        assert!(find("arn:aws:iam::aws:policy/Nothing").is_none());
    }
}
