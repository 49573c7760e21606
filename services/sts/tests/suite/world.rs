//! STS over principals that a test decides.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use strongroom_api::{BoxFuture, Caller, Credential, Hosted, Policies, Result};
use strongroom_policy::{Attachment, Kind, Named, Policy};
use strongroom_sts::jwks::StaticJwks;
use strongroom_sts::principals::{Principal, Principals, Provider, Role};
use strongroom_sts::{OPERATIONS, Session, Sts};
use strongroom_testkit::{ACCOUNT, Refusal, Stage, records, user};

/// Roles by name: unique id, trust policy, identity policy.
#[derive(Default)]
pub struct Directory {
    pub roles: Mutex<BTreeMap<String, (String, String, String)>>,
    pub users: Mutex<BTreeMap<String, String>>,
    pub providers: Mutex<Vec<(String, Vec<String>)>>,
    /// The ARNs of hosts.
    pub hosts: Mutex<Vec<String>>,
    generation: AtomicU64,
}

impl Directory {
    pub fn put_role(&self, name: &str, id: &str, trust: &str, policy: &str) {
        let role = (id.to_owned(), trust.to_owned(), policy.to_owned());
        self.roles.lock().unwrap().insert(name.to_owned(), role);
        self.generation.fetch_add(1, Ordering::SeqCst);
    }

    pub fn drop_role(&self, name: &str) {
        self.roles.lock().unwrap().remove(name);
        self.generation.fetch_add(1, Ordering::SeqCst);
    }
}

fn policies(document: &str) -> Policies {
    let policy = Policy::parse(document, Kind::Identity).unwrap();
    Policies { identity: vec![Named::inline("own", policy)], ..Policies::default() }
}

impl Principals for Directory {
    fn is_enrolled<'a>(&'a self, arn: &'a str) -> BoxFuture<'a, Result<bool>> {
        let is_there = self.hosts.lock().unwrap().iter().any(|host| host == arn);
        Box::pin(std::future::ready(Ok(is_there)))
    }

    fn role<'a>(&'a self, account: &'a str, name: &'a str) -> BoxFuture<'a, Result<Option<Role>>> {
        Box::pin(async move {
            let roles = self.roles.lock().unwrap();
            Ok(roles.get(name).map(|(id, trust, policy)| Role {
                principal: Principal {
                    account: account.to_owned(),
                    arn: format!("arn:aws:iam::{account}:role/{name}"),
                    id: id.clone(),
                    name: name.to_owned(),
                    tags: vec![("Team".to_owned(), "core".to_owned())],
                    policies: policies(policy),
                    organization: None,
                },
                trust: Policy::parse(trust, Kind::Trust).unwrap(),
                max_session_seconds: 7_200,
            }))
        })
    }

    fn user<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<Option<Principal>>> {
        Box::pin(async move {
            let root = id == ACCOUNT;
            let users = self.users.lock().unwrap();
            let Some(policy) = users.get(id).cloned().or(root.then(|| allow("*"))) else {
                return Ok(None);
            };
            let (arn, name) = if root { ("root", "") } else { ("user/anna", "anna") };
            Ok(Some(Principal {
                account: ACCOUNT.to_owned(),
                arn: format!("arn:aws:iam::{ACCOUNT}:{arn}"),
                id: id.to_owned(),
                name: name.to_owned(),
                tags: Vec::new(),
                policies: policies(&policy),
                organization: None,
            }))
        })
    }

    fn managed_policy<'a>(
        &'a self,
        _: &'a str,
        arn: &'a str,
    ) -> BoxFuture<'a, Result<Option<Arc<Named>>>> {
        Box::pin(async move {
            let known = arn == "arn:aws:iam::aws:policy/OnlyS3";
            let policy = || Policy::parse(&allow("s3:*"), Kind::Session).unwrap();
            Ok(known.then(|| {
                let attachment = Attachment::Session;
                Arc::new(Named { policy: policy(), name: "OnlyS3".into(), arn: None, attachment })
            }))
        })
    }

    fn provider<'a>(
        &'a self,
        account: &'a str,
        url: &'a str,
    ) -> BoxFuture<'a, Result<Option<Provider>>> {
        Box::pin(async move {
            let providers = self.providers.lock().unwrap();
            Ok(providers.iter().find(|(known, _)| known == url).map(|(url, client_ids)| Provider {
                arn: format!("arn:aws:iam::{account}:oidc-provider/{url}"),
                client_ids: client_ids.clone(),
            }))
        })
    }

    fn generation<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<u64>> {
        Box::pin(async move { Ok(self.generation.load(Ordering::SeqCst)) })
    }
}

pub struct World {
    pub directory: Arc<Directory>,
    pub sts: Arc<Sts>,
    pub host: Hosted<Sts>,
    pub stage: Stage,
}

pub const ANNA: &str = "AIDACKCEVSQ6C2EXAMPLE";
pub const ROLE: &str = "arn:aws:iam::123456789012:role/app";
pub const ROLE_ID: &str = "AROAAPPAPPAPPAPPAPPAP";

/// Anna, who may do everything, calls; the role `app` trusts her account.
pub fn world() -> World {
    world_with(StaticJwks::default())
}

pub fn world_with(jwks: StaticJwks) -> World {
    let directory = Arc::new(Directory::default());
    directory.put_role("app", ROLE_ID, &trusting(ACCOUNT), &allow("*"));
    directory.users.lock().unwrap().insert(ANNA.to_owned(), allow("*"));
    let keyring = records(3).keyring().clone();
    let sts = Arc::new(Sts::new(keyring, directory.clone(), Arc::new(jwks)));
    let stage = Stage::new(3).as_caller(user(ACCOUNT, "anna", &allow("*")));
    World { host: Hosted::new(sts.clone(), OPERATIONS), directory, sts, stage }
}

impl World {
    pub async fn try_call(&self, operation: &str, input: Value) -> Result<Value, Refusal> {
        self.stage.call(&self.host, operation, &input.to_string()).await
    }

    pub async fn call(&self, operation: &str, input: Value) -> Value {
        match self.try_call(operation, input).await {
            Ok(reply) => reply,
            Err(refusal) => panic!("{operation}: {refusal:?}"),
        }
    }

    pub async fn refused(&self, operation: &str, input: Value) -> Refusal {
        match self.try_call(operation, input).await {
            Ok(reply) => panic!("{operation} must be refused, said {reply}"),
            Err(refusal) => refusal,
        }
    }

    /// A session of the role `app`, with what `more` asks beside.
    pub async fn assumed(&self, more: Value) -> Value {
        let mut input = json!({"RoleArn": ROLE, "RoleSessionName": "anna"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.call("AssumeRole", input).await
    }

    /// What the credentials of a reply are good for now.
    pub async fn session(&self, reply: &Value) -> Session {
        let credentials = &reply["Credentials"];
        let id = credentials["AccessKeyId"].as_str().unwrap();
        let token = credentials["SessionToken"].as_str().unwrap();
        self.sts.session(id, token, self.stage.now()).await.unwrap()
    }

    pub async fn credential(&self, reply: &Value) -> Arc<Credential> {
        open(self.session(reply).await)
    }

    /// The same world seen by the session of `reply`.
    pub async fn calling_with(&self, reply: &Value) -> Self {
        let mut stage = self.stage.clone();
        stage.caller = self.credential(reply).await.caller.clone();
        self.on(stage)
    }

    pub fn as_caller(&self, caller: Caller) -> Self {
        self.on(self.stage.as_caller(caller))
    }

    fn on(&self, stage: Stage) -> Self {
        Self {
            directory: self.directory.clone(),
            sts: self.sts.clone(),
            host: Hosted::new(self.sts.clone(), OPERATIONS),
            stage,
        }
    }
}

pub fn open(session: Session) -> Arc<Credential> {
    match session {
        Session::Open(credential) => credential,
        other => panic!("the session must be open, is {other:?}"),
    }
}

pub fn allow(action: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}],
    })
    .to_string()
}

pub fn trusting(principal: &str) -> String {
    trust(json!({"AWS": principal}), json!({}))
}

pub fn trust(principal: Value, condition: Value) -> String {
    let actions = ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:TagSession"];
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": principal,
            "Action": actions,
            "Condition": condition,
        }],
    })
    .to_string()
}

/// Whether the caller may do `action` on something of its account, as the engine decides.
pub fn may(credential: &Credential, action: &str) -> bool {
    let caller = &credential.caller;
    let principal = caller.principal();
    let request = strongroom_policy::Request {
        principal: &principal,
        action,
        resource: "*",
        resource_account: ACCOUNT,
        context: &(),
    };
    let rule = strongroom_policy::ResourceRule::None;
    strongroom_policy::decide(&request, &caller.authority(), rule).allowed
}
