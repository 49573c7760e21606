//! The keys that AWS manages for its services: `alias/aws/secretsmanager` and its like.
//!
//! Such a key comes into being when its service first needs it in an account and region. Its policy
//! lets every principal of the account use it, but only through that service; nobody can change it.

use strongroom_api::random_uuid;
use strongroom_wire::Result;

use crate::Call;
use crate::key::{DEFAULT_ROTATION_DAYS, Key, Plan, Rotation, SYMMETRIC_BYTES};
use crate::material::{Material, Secret, Source};
use crate::spec::{KeyManager, KeySpec, KeyUsage, Origin};

/// A service with a key of its own.
pub struct Managed {
    /// The alias without `alias/`.
    pub alias: &'static str,
    service: &'static str,
    description: &'static str,
    policy_id: &'static str,
    sid: &'static str,
}

/// The services of this server that encrypt, in the order of their aliases.
pub const MANAGED: &[Managed] = &[
    Managed {
        alias: "aws/lambda",
        service: "lambda",
        description: "Default key that protects my Lambda functions when no other key is defined",
        policy_id: "auto-awslambda",
        sid: "Allow access through AWS Lambda for all principals in the account that are authorized to use AWS Lambda",
    },
    Managed {
        alias: "aws/secretsmanager",
        service: "secretsmanager",
        description: "Default key that protects my Secrets Manager secrets when no other key is defined",
        policy_id: "auto-secretsmanager-2",
        sid: "Allow access through AWS Secrets Manager for all principals in the account that are authorized to use AWS Secrets Manager",
    },
    Managed {
        alias: "aws/sns",
        service: "sns",
        description: "Default key that protects my SNS data when no other key is defined",
        policy_id: "auto-sns-1",
        sid: "Allow access through SNS for all principals in the account that are authorized to use SNS",
    },
    Managed {
        alias: "aws/ssm",
        service: "ssm",
        description: "Default key that protects my SSM parameters when no other key is defined",
        policy_id: "auto-ssm-1",
        sid: "Allow access through SSM for all principals in the account that are authorized to use SSM",
    },
];

/// Which keys a call may bring into being.
#[derive(Clone, Copy, Debug)]
pub enum MayMake<'a> {
    /// Those of every service.
    Any,
    /// The one of the service that makes the call on somebody's behalf.
    Of(&'a str),
    /// None.
    Nothing,
}

/// What a call that uses keys may bring into being.
pub fn serves<'a>(call: &Call<'a>) -> MayMake<'a> {
    let via = call.circumstances().via.and_then(|via| via.split('.').next());
    via.map_or(MayMake::Nothing, MayMake::Of)
}

/// The key behind the alias `name` when it is needed for the first time; `None` for other aliases and
/// other callers.
pub fn at_first_use(
    call: &Call<'_>,
    account: &str,
    name: &str,
    may_make: MayMake<'_>,
) -> Result<Option<Key>> {
    let Some(managed) = MANAGED.iter().find(|managed| managed.alias == name) else {
        return Ok(None);
    };
    let may = match may_make {
        MayMake::Any => true,
        MayMake::Of(service) => service == managed.service,
        MayMake::Nothing => false,
    };
    if !may {
        return Ok(None);
    }
    let plan = Plan {
        id: random_uuid(call.entropy).to_string(),
        account: account.to_owned(),
        region: call.region.to_owned(),
        spec: KeySpec::SymmetricDefault,
        usage: KeyUsage::EncryptDecrypt,
        origin: Origin::AwsKms,
        policy: policy(managed, account, call.region),
    };
    let mut key = Key::new(plan, call.now);
    key.manager = KeyManager::Aws;
    key.description = managed.description.to_owned();
    key.aliases.insert(managed.alias.to_owned());
    key.rotation = Some(Rotation::from(call.now, DEFAULT_ROTATION_DAYS));
    let secret = Secret::random(SYMMETRIC_BYTES, call.entropy);
    key.materials.push(Material::new(&key.id, secret, call.now, Source::Created));
    key.compiled_policy()?;
    Ok(Some(key))
}

fn policy(managed: &Managed, account: &str, region: &str) -> String {
    let Managed { policy_id, sid, service, .. } = managed;
    format!(
        r#"{{
  "Version" : "2012-10-17",
  "Id" : "{policy_id}",
  "Statement" : [ {{
    "Sid" : "{sid}",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "*"
    }},
    "Action" : [ "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:DescribeKey" ],
    "Resource" : "*",
    "Condition" : {{
      "StringEquals" : {{
        "kms:CallerAccount" : "{account}",
        "kms:ViaService" : "{service}.{region}.amazonaws.com"
      }}
    }}
  }}, {{
    "Sid" : "Allow direct access to key metadata to the account",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "arn:aws:iam::{account}:root"
    }},
    "Action" : [ "kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant" ],
    "Resource" : "*"
  }} ]
}}"#
    )
}
