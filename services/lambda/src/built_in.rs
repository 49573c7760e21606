//! Functions that come with the server: every account has them without creating any.
//!
//! Nothing is stored of such a function until somebody changes it: permissions, environment, tags. Then
//! it is a record like any other, still run by the server's own executable until it is given other code.

use std::collections::BTreeMap;

use strongroom_api::Timestamp;
use strongroom_records::Stored;
use strongroom_store::Revision;

use crate::code::Code;
use crate::configuration::usual_logging;
use crate::function::{Configuration, Function};
use crate::id::{LATEST, Named};
use crate::paths;
use crate::policy::{Permission, ResourcePolicy};

/// A function that comes with the server.
#[derive(Clone, Copy, Debug)]
pub struct BuiltIn {
    /// Its name.
    pub name: &'static str,
    /// What it is for, in words.
    pub description: &'static str,
}

/// The service-linked role of an account by which built-in functions work.
#[must_use]
pub fn role_arn(account: &str) -> String {
    let role = "AWSServiceRoleForSecretsManagerRotation";
    format!("arn:aws:iam::{account}:role/aws-service-role/lambda.amazonaws.com/{role}")
}

/// The id of code that is the server itself.
const CODE: &str = "built-in";
/// Long enough for a database that is slow to answer, twice.
const TIMEOUT_SECONDS: u32 = 60;
const MEMORY_MIB: u32 = 512;
/// What may be said to built-in functions: the variables of AWS's templates, and to which hosts the one
/// for web services may go.
const VARIABLES: &[&str] = &[
    "EXCLUDE_CHARACTERS",
    "EXCLUDE_LOWERCASE",
    "EXCLUDE_NUMBERS",
    "EXCLUDE_PUNCTUATION",
    "EXCLUDE_UPPERCASE",
    "HTTPS_ALLOWED_HOSTS",
    "PASSWORD_LENGTH",
    "REQUIRE_EACH_INCLUDED_TYPE",
    "USERNAME_CHARACTER_LIMIT",
];

impl Code {
    /// The server's own executable.
    fn built_in() -> Self {
        let (id, sha256) = (CODE.to_owned(), String::new());
        Self { id, sha256, bytes: 0, unzipped_bytes: 0, parts: 0 }
    }

    /// Whether it is the server's own executable.
    pub(crate) fn is_built_in(&self) -> bool {
        self.id == CODE
    }
}

/// The variables that a version is run with.
///
/// The role of built-in functions reads every secret of its account. Whoever may change functions, and
/// nothing else, must not come by it: neither by a variable, such as another endpoint, nor by a layer
/// or other code.
pub(crate) fn environment(configuration: &Configuration) -> BTreeMap<String, String> {
    let mut environment = configuration.environment.clone().unwrap_or_default();
    if configuration.code.is_built_in() {
        environment.retain(|name, _| VARIABLES.contains(&name.as_str()));
    }
    environment
}

/// The function that `named` means, if it is one of `all`, as it is before anybody changes it.
pub(crate) fn unchanged(all: &[BuiltIn], named: &Named) -> Option<Stored<Function>> {
    let built_in = all.iter().find(|built_in| built_in.name == named.name)?;
    let function = Function {
        account: named.account.clone(),
        region: named.region.clone(),
        name: named.name.clone(),
        latest: configuration(built_in, &named.account),
        last_number: 0,
        tags: BTreeMap::new(),
        reserved_concurrency: None,
        aliases: BTreeMap::new(),
        event_invokes: BTreeMap::new(),
        policies: policy(named).map(|policy| (String::new(), policy)).into_iter().collect(),
    };
    // A change of it compares that nothing is stored.
    let key = paths::function(&named.account, &named.region, &named.name);
    Some(Stored { key, revision: Revision::default(), value: function })
}

fn configuration(built_in: &BuiltIn, account: &str) -> Configuration {
    Configuration {
        version: LATEST.to_owned(),
        runtime: "provided.al2023".to_owned(),
        role: role_arn(account),
        handler: "bootstrap".to_owned(),
        description: built_in.description.to_owned(),
        timeout_seconds: TIMEOUT_SECONDS,
        memory_mib: MEMORY_MIB,
        ephemeral_mib: 512,
        environment: None,
        layers: Vec::new(),
        code: Code::built_in(),
        architecture: "x86_64".to_owned(),
        dead_letter_target: None,
        tracing: "PassThrough".to_owned(),
        kms_key_arn: None,
        snap_start: "None".to_owned(),
        logging: usual_logging(built_in.name),
        modified: Timestamp::from_millis(0),
        revision_id: "00000000-0000-4000-8000-000000000000".to_owned(),
    }
}

/// Lets Secrets Manager call it for secrets of the same account.
fn policy(named: &Named) -> Option<ResourcePolicy> {
    let mut policy = ResourcePolicy::default();
    let permission = Permission {
        id: "SecretsManager",
        action: "lambda:InvokeFunction",
        principal: "secretsmanager.amazonaws.com",
        resource: &named.arn(),
        source_arn: None,
        source_account: Some(&named.account),
        organization: None,
        event_source_token: None,
        url_auth_type: None,
        via_url: None,
    };
    policy.add(permission, "00000000-0000-4000-8000-000000000001".to_owned()).ok()?;
    Some(policy)
}
