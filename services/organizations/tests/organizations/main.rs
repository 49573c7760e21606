//! Organizations through the dispatch that a client uses.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod accounts;
mod control;
mod model;
mod organization;
mod policies;
mod tags;
mod units;
mod walk;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use strongroom_api::{BoxFuture, Caller, Circumstances, Hosted, Result};
use strongroom_organizations::{Accounts, NewAccount, OPERATIONS, Organizations};
use strongroom_records::Records;
use strongroom_testkit::{ACCOUNT, Refusal, Stage, records};

/// IAM as far as Organizations knows it: account → the role made in it and whom that trusts.
#[derive(Default)]
struct Ledger(Mutex<BTreeMap<String, (String, String)>>);

impl Ledger {
    fn role(&self, account: &str) -> Option<(String, String)> {
        self.0.lock().unwrap().get(account).cloned()
    }
}

impl Accounts for Ledger {
    fn exists<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<bool>> {
        Box::pin(async move { Ok(self.0.lock().unwrap().contains_key(id)) })
    }

    fn create_account<'a>(
        &'a self,
        account: NewAccount<'a>,
        _: &'a Circumstances<'a>,
    ) -> BoxFuture<'a, Result<()>> {
        let role = (account.role_name.to_owned(), account.management.to_owned());
        self.0.lock().unwrap().entry(account.id.to_owned()).or_insert(role);
        Box::pin(async { Ok(()) })
    }
}

/// Organizations on a stage.
#[derive(Clone)]
struct Scene {
    stage: Stage,
    ledger: Arc<Ledger>,
    organizations: Arc<Organizations>,
    host: Arc<Hosted<Organizations>>,
    records: Arc<Records>,
}

impl Scene {
    fn new(seed: u64) -> Self {
        let (records, ledger) = (records(seed), Arc::new(Ledger::default()));
        let organizations = Arc::new(Organizations::new(records.clone(), ledger.clone()));
        let host = Arc::new(Hosted::new(organizations.clone(), OPERATIONS));
        Self { stage: Stage::new(seed), ledger, organizations, host, records }
    }

    /// With an organization; the answer is the id of its root.
    async fn founded(seed: u64) -> (Self, String) {
        let scene = Self::new(seed);
        scene.ok("CreateOrganization", json!({})).await;
        let roots = scene.ok("ListRoots", json!({})).await;
        let root = text(&roots["Roots"][0]["Id"]);
        (scene, root)
    }

    /// The same, with service control policies in force.
    async fn controlled(seed: u64) -> (Self, String) {
        let (scene, root) = Self::founded(seed).await;
        scene.ok("EnablePolicyType", json!({"RootId": root, "PolicyType": SCP})).await;
        (scene, root)
    }

    fn as_caller(&self, caller: Caller) -> Self {
        Self { stage: self.stage.as_caller(caller), ..self.clone() }
    }

    fn as_root_of(&self, account: &str) -> Self {
        self.as_caller(Caller::root(account, None))
    }

    async fn call(&self, operation: &str, body: Value) -> Result<Value, Refusal> {
        self.stage.call(&*self.host, operation, &body.to_string()).await
    }

    async fn ok(&self, operation: &str, body: Value) -> Value {
        let shown = body.to_string();
        self.call(operation, body).await.unwrap_or_else(|e| panic!("{operation} {shown}: {e:?}"))
    }

    async fn refused(&self, operation: &str, body: Value) -> String {
        let shown = body.to_string();
        match self.call(operation, body).await {
            Ok(reply) => panic!("{operation} {shown} must be refused, got {reply}"),
            Err(refusal) => refusal.code,
        }
    }

    async fn account(&self, name: &str) -> String {
        let body = json!({"Email": format!("{name}@example.com"), "AccountName": name});
        let reply = self.ok("CreateAccount", body).await;
        text(&reply["CreateAccountStatus"]["AccountId"])
    }

    async fn unit(&self, parent: &str, name: &str) -> String {
        let body = json!({"ParentId": parent, "Name": name});
        let reply = self.ok("CreateOrganizationalUnit", body).await;
        text(&reply["OrganizationalUnit"]["Id"])
    }

    async fn move_account(&self, account: &str, from: &str, to: &str) {
        let body = json!({
            "AccountId": account, "SourceParentId": from, "DestinationParentId": to,
        });
        self.ok("MoveAccount", body).await;
    }

    async fn policy(&self, name: &str, effect: &str, action: &str) -> String {
        let body = json!({
            "Name": name, "Description": "", "Type": SCP, "Content": document(effect, action),
        });
        let reply = self.ok("CreatePolicy", body).await;
        text(&reply["Policy"]["PolicySummary"]["Id"])
    }

    async fn attach(&self, policy: &str, target: &str) {
        self.ok("AttachPolicy", json!({"PolicyId": policy, "TargetId": target})).await;
    }

    async fn detach(&self, policy: &str, target: &str) {
        self.ok("DetachPolicy", json!({"PolicyId": policy, "TargetId": target})).await;
    }

    async fn attached(&self, target: &str) -> Vec<String> {
        let body = json!({"TargetId": target, "Filter": SCP});
        ids(&self.ok("ListPoliciesForTarget", body).await["Policies"])
    }

    /// Every page of a list, one entry a page.
    async fn pages(&self, operation: &str, mut body: Value, list: &str) -> Vec<Value> {
        body["MaxResults"] = json!(1);
        let mut all = Vec::new();
        loop {
            let reply = self.ok(operation, body.clone()).await;
            all.extend(reply[list].as_array().unwrap().clone());
            match reply.get("NextToken") {
                Some(token) => body["NextToken"] = token.clone(),
                None => return all,
            }
        }
    }
}

const SCP: &str = "SERVICE_CONTROL_POLICY";
const FULL: &str = "p-FullAWSAccess";
const OTHER: &str = "210987654321";

fn document(effect: &str, action: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": effect, "Action": action, "Resource": "*"}],
    })
    .to_string()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn ids(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|one| text(&one["Id"])).collect()
}

fn management() -> &'static str {
    ACCOUNT
}
