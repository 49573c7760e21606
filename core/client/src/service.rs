//! The services that can be asked, and where AWS keeps them.

/// A service of AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name in signatures and host names: `secretsmanager`.
    pub name: &'static str,
    /// Its name in `AWS_ENDPOINT_URL_…`: `SECRETS_MANAGER`.
    pub variable: &'static str,
    /// Its version of the query protocol; empty if it speaks JSON.
    pub version: &'static str,
    /// Whether there is one for all Regions.
    pub is_global: bool,
}

const fn json(name: &'static str, variable: &'static str) -> Service {
    Service { name, variable, version: "", is_global: false }
}

/// Secrets Manager.
pub const SECRETS_MANAGER: Service = json("secretsmanager", "SECRETS_MANAGER");
/// Systems Manager.
pub const SSM: Service = json("ssm", "SSM");
/// Key Management Service.
pub const KMS: Service = json("kms", "KMS");
/// Hosts that join, which is Strongroom's own and not AWS's.
pub const HOSTS: Service = json("strongroom", "STRONGROOM");
/// Lambda.
pub const LAMBDA: Service = json("lambda", "LAMBDA");
/// Simple Notification Service.
pub const SNS: Service =
    Service { name: "sns", variable: "SNS", version: "2010-03-31", is_global: false };
/// Security Token Service.
pub const STS: Service =
    Service { name: "sts", variable: "STS", version: "2011-06-15", is_global: false };
/// Identity and Access Management.
pub const IAM: Service =
    Service { name: "iam", variable: "IAM", version: "2010-05-08", is_global: true };

impl Service {
    /// AWS's own endpoint.
    #[must_use]
    pub fn endpoint(&self, region: &str) -> String {
        let name = self.name;
        match (self.is_global, partition(region)) {
            (false, "aws-cn") => format!("https://{name}.{region}.amazonaws.com.cn"),
            (false, _) => format!("https://{name}.{region}.amazonaws.com"),
            (true, "aws-cn") => format!("https://{name}.{region}.amazonaws.com.cn"),
            (true, "aws-us-gov") => format!("https://{name}.us-gov.amazonaws.com"),
            (true, _) => format!("https://{name}.amazonaws.com"),
        }
    }

    /// The Region that its signatures name when AWS itself is asked.
    #[must_use]
    pub fn signing_region<'a>(&self, region: &'a str) -> &'a str {
        match (self.is_global, partition(region)) {
            (false, _) => region,
            (true, "aws-cn") => "cn-north-1",
            (true, "aws-us-gov") => "us-gov-west-1",
            (true, _) => "us-east-1",
        }
    }
}

fn partition(region: &str) -> &'static str {
    match region {
        _ if region.starts_with("cn-") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}
