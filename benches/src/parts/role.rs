//! GetSecretValue by a role with three attached policies, of a secret with a resource policy and a key
//! of the customer's, beside root's of a plain secret.

use super::Plan;
use crate::Result;
use crate::load::{Figures, median, replay};
use crate::server::Server;
use crate::signer::{Credentials, Service};
use crate::table::{Table, tenths, whole};
use crate::talk::{Talk, texts};

const CONNECTIONS: [usize; 2] = [64, 1];
const ACCOUNT: &str = "123456789012";
const PLAIN: &str = "prod/plain";
const GUARDED: &str = "prod/guarded";

/// What the role may do, as teams write it.
const POLICIES: [(&str, &str); 3] = [
    (
        "read-production",
        r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":["secretsmanager:GetSecretValue","secretsmanager:DescribeSecret"],
             "Resource":["arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/*"]},
            {"Effect":"Allow","Action":["kms:Decrypt"],"Resource":["arn:aws:kms:us-east-1:123456789012:key/*"],
             "Condition":{"StringEquals":{"kms:ViaService":"secretsmanager.us-east-1.amazonaws.com"}}}]}"#,
    ),
    (
        "watch-logs",
        r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents","cloudwatch:PutMetricData"],
             "Resource":"*"},
            {"Effect":"Allow","Action":["ssm:GetParameter*"],
             "Resource":"arn:aws:ssm:us-east-1:123456789012:parameter/app/*"}]}"#,
    ),
    (
        "guard-rails",
        r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Deny","Action":["secretsmanager:Delete*","secretsmanager:Put*"],"Resource":"*"},
            {"Effect":"Deny","Action":"*","Resource":"*",
             "Condition":{"StringNotEquals":{"aws:RequestedRegion":["us-east-1","us-west-2"]}}}]}"#,
    ),
];
const SHARED: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:role/reader"},
     "Action":["secretsmanager:GetSecretValue"],"Resource":"*"},
    {"Effect":"Deny","Principal":"*","Action":"secretsmanager:GetSecretValue","Resource":"*",
     "Condition":{"Null":{"aws:PrincipalAccount":"true"}}}]}"#;

/// Measures and prints.
pub(super) fn measure(plan: &Plan) -> Result<()> {
    let directory = plan.shelf.folder().join("role");
    if directory.exists() {
        // Of an earlier run; a role is made faster than what it made is found again.
        std::fs::remove_dir_all(&directory)?;
    }
    let server = Server::start(&plan.binary, &directory)?;
    let root = Credentials::root(&directory)?;
    let role = furnish(&server, &root)?;
    let things = [
        ("root, a plain secret", &root, PLAIN),
        ("root, the role's secret", &root, GUARDED),
        ("the role", &role, GUARDED),
    ];
    let mut table = Table::new(&[
        "GetSecretValue by",
        "clients",
        "requests/s",
        "of root's",
        "server CPU µs",
        "of root's",
        "p50 µs",
        "p99 µs",
    ]);
    for connections in CONNECTIONS {
        let all = plan.interleave(things.len(), |which| {
            let (_, credentials, name) = things[which];
            let signer = server.signer_as(credentials, Service::SecretsManager);
            let request = signer.request("GetSecretValue", &secret_id(name));
            plan.window(connections).run(&server, |_| replay(request.clone()))
        })?;
        let (rate, cpu) = (median(&all[0], Figures::rate), median(&all[0], Figures::cpu_micros));
        for ((name, _, _), windows) in things.iter().zip(&all) {
            let (own_rate, own_cpu) =
                (median(windows, Figures::rate), median(windows, Figures::cpu_micros));
            table.row([
                (*name).to_owned(),
                connections.to_string(),
                whole(own_rate),
                format!("{:.0} %", 100.0 * own_rate / rate),
                tenths(own_cpu),
                format!("{:.0} %", 100.0 * cpu / own_cpu),
                whole(median(windows, |one| f64::from(one.latency_micros(0.5)))),
                whole(median(windows, |one| f64::from(one.latency_micros(0.99)))),
            ]);
        }
    }
    table.print("Reads by a role against reads by root");
    Ok(())
}

/// Makes the two secrets, the key and the role, and a session of the role.
fn furnish(server: &Server, root: &Credentials) -> Result<Credentials> {
    let talk = Talk::with(server, root)?;
    talk.secrets("CreateSecret", &create(PLAIN, ""))?;
    let key = talk.json(Service::Kms, "CreateKey", "{}")?;
    let [key] = texts(&key, ["Arn"])?;
    talk.secrets("CreateSecret", &create(GUARDED, &format!(r#", "KmsKeyId": "{key}""#)))?;

    // Root may not assume roles.
    talk.form(Service::Iam, &[("Action", "CreateUser"), ("UserName", "admin")])?;
    let everything =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let put = [("Action", "PutUserPolicy"), ("UserName", "admin"), ("PolicyName", "all")];
    talk.form(Service::Iam, &[&put[..], &[("PolicyDocument", everything)]].concat())?;
    let made = talk.form(Service::Iam, &[("Action", "CreateAccessKey"), ("UserName", "admin")])?;
    let [id, secret] = texts(&made, ["AccessKeyId", "SecretAccessKey"])?;
    let admin = Credentials { id, secret, token: None };

    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{ACCOUNT}:root"}},"Action":"sts:AssumeRole"}}]}}"#
    );
    let role = [("Action", "CreateRole"), ("RoleName", "reader")];
    talk.form(
        Service::Iam,
        &[&role[..], &[("AssumeRolePolicyDocument", trust.as_str())]].concat(),
    )?;
    for (name, document) in POLICIES {
        let policy =
            [("Action", "CreatePolicy"), ("PolicyName", name), ("PolicyDocument", document)];
        talk.form(Service::Iam, &policy)?;
        let arn = format!("arn:aws:iam::{ACCOUNT}:policy/{name}");
        let attach = [("Action", "AttachRolePolicy"), ("RoleName", "reader"), ("PolicyArn", &arn)];
        talk.form(Service::Iam, &attach)?;
    }
    let shared = serde_json::json!({ "SecretId": GUARDED, "ResourcePolicy": SHARED });
    talk.secrets("PutResourcePolicy", &shared.to_string())?;

    let arn = format!("arn:aws:iam::{ACCOUNT}:role/reader");
    let assume = [("Action", "AssumeRole"), ("RoleArn", &arn), ("RoleSessionName", "bench")];
    let session = Talk::with(server, &admin)?.form(Service::Sts, &assume)?;
    let [id, secret, token] = texts(&session, ["AccessKeyId", "SecretAccessKey", "SessionToken"])?;
    Ok(Credentials { id, secret, token: Some(token) })
}

fn secret_id(name: &str) -> String {
    format!(r#"{{"SecretId": "{name}"}}"#)
}

fn create(name: &str, more: &str) -> String {
    format!(
        r#"{{"Name": "{name}", "ClientRequestToken": "5f2b6f5e-0d7c-4d0c-9a55-3f3b3c1f7a10", "SecretString": "{{\"username\":\"app\",\"password\":\"0123456789abcdef0123456789abcdef\"}}"{more}}}"#
    )
}
