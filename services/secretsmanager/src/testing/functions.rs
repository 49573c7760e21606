//! Functions that rotate as AWS's templates do, unless a script says otherwise.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use serde_json::{Value, json};
use strongroom_api::{BoxFuture, Circumstances, Error, Host, Result};
use strongroom_testkit::Stage;
use tokio::sync::Notify;

use crate::functions::{Access, FunctionArn, Functions, Origin, Outcome};

/// The ARN of the function `name`.
pub(crate) fn function(name: &str) -> String {
    format!("arn:aws:lambda:us-east-1:123456789012:function:{name}")
}

/// What a function does in a step; every other step it takes as the templates do.
#[derive(Clone, Debug)]
pub(crate) enum Script {
    /// As the templates do.
    Obedient,
    /// It does nothing and says nothing.
    Idle,
    /// It does nothing in this step, and says nothing.
    Skipping(&'static str),
    /// It fails with this payload.
    Failing(&'static str, &'static [u8]),
    /// It never ends.
    Hanging(&'static str),
    /// It takes the step and then never ends.
    HangingAfter(&'static str),
    /// It takes the step while somebody makes this call.
    While(&'static str, &'static str, String),
    /// Too many are running.
    Busy,
}

/// The functions of a room.
#[derive(Default)]
pub(crate) struct TestFunctions {
    scripts: Mutex<HashMap<String, Script>>,
    events: Mutex<Vec<Value>>,
    /// The password that the database takes.
    database: Mutex<String>,
    running: AtomicUsize,
    most: AtomicUsize,
    /// Told whenever a function hangs.
    pub(crate) hung: Notify,
    place: OnceLock<(Stage, Arc<dyn Host>)>,
}

impl TestFunctions {
    /// From where the functions call.
    pub(crate) fn place(&self, stage: Stage, host: Arc<dyn Host>) {
        assert!(self.place.set((stage, host)).is_ok());
    }

    /// Makes the function `name`, or changes what it does.
    pub(crate) fn script(&self, name: &str, script: Script) {
        self.scripts.lock().unwrap().insert(name.to_owned(), script);
    }

    pub(crate) fn remove(&self, name: &str) {
        self.scripts.lock().unwrap().remove(name);
    }

    /// The steps that were asked for.
    pub(crate) fn steps(&self) -> Vec<String> {
        let events = self.events.lock().unwrap();
        events.iter().map(|event| event["Step"].as_str().unwrap().to_owned()).collect()
    }

    /// The events as they came.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.events.lock().unwrap().clone()
    }

    /// The password that the database takes.
    pub(crate) fn database(&self) -> String {
        self.database.lock().unwrap().clone()
    }

    /// How many ran at the same time at most.
    pub(crate) fn most_at_once(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    async fn call(&self, operation: &str, body: Value) -> Result<Value, Outcome> {
        let (stage, host) = self.place.get().unwrap();
        stage.call(&**host, operation, &body.to_string()).await.map_err(|refusal| Outcome {
            payload: json!({"errorType": refusal.code}).to_string().into_bytes(),
            function_error: Some("Unhandled".to_owned()),
        })
    }

    async fn hang(&self) -> Outcome {
        self.hung.notify_one();
        std::future::pending().await
    }

    async fn perform(&self, script: Script, event: &Value) -> Outcome {
        let step = event["Step"].as_str().unwrap();
        match script {
            Script::Failing(at, payload) if at == step => {
                Outcome { payload: payload.to_vec(), function_error: Some("Unhandled".to_owned()) }
            }
            Script::Idle => Outcome::default(),
            Script::Skipping(at) if at == step => Outcome::default(),
            Script::Hanging(at) if at == step => self.hang().await,
            Script::HangingAfter(at) if at == step => {
                self.take(event).await.unwrap();
                self.hang().await
            }
            Script::While(at, operation, body) if at == step => {
                let outcome = self.take(event).await;
                self.call(operation, serde_json::from_str(&body).unwrap()).await.unwrap();
                outcome.map_or_else(|failure| failure, |()| Outcome::default())
            }
            _ => self.take(event).await.map_or_else(|failure| failure, |()| Outcome::default()),
        }
    }

    /// A step as the templates take it.
    async fn take(&self, event: &Value) -> Result<(), Outcome> {
        let (id, token) = (&event["SecretId"], &event["ClientRequestToken"]);
        let pending = json!({"SecretId": id, "VersionId": token, "VersionStage": "AWSPENDING"});
        match event["Step"].as_str().unwrap() {
            "createSecret" => {
                self.call("GetSecretValue", json!({"SecretId": id})).await?;
                if self.call("GetSecretValue", pending).await.is_err() {
                    let value = format!("made-for-{}", token.as_str().unwrap());
                    let put = json!({
                        "SecretId": id, "ClientRequestToken": token, "SecretString": value,
                        "VersionStages": ["AWSPENDING"], "RotationToken": event["RotationToken"],
                    });
                    self.call("PutSecretValue", put).await?;
                }
            }
            "setSecret" => {
                let value = self.call("GetSecretValue", pending).await?;
                let value = value["SecretString"].as_str().unwrap();
                value.clone_into(&mut self.database.lock().unwrap());
            }
            "testSecret" => {
                self.call("GetSecretValue", pending).await?;
            }
            _ => {
                let described = self.call("DescribeSecret", json!({"SecretId": id})).await?;
                let versions = described["VersionIdsToStages"].as_object().unwrap();
                let current = versions
                    .iter()
                    .find(|(_, stages)| stages.as_array().unwrap().contains(&json!("AWSCURRENT")));
                let mut moved = json!({
                    "SecretId": id, "VersionStage": "AWSCURRENT", "MoveToVersionId": token,
                });
                if let Some((current, _)) = current {
                    moved["RemoveFromVersionId"] = json!(current);
                }
                self.call("UpdateSecretVersionStage", moved).await?;
            }
        }
        Ok(())
    }
}

impl Functions for TestFunctions {
    fn access<'a>(
        &'a self,
        _: &'a Circumstances<'a>,
        function: &'a FunctionArn,
        _: Origin<'a>,
    ) -> BoxFuture<'a, Result<Access>> {
        Box::pin(async move {
            let exists = self.scripts.lock().unwrap().contains_key(function.name());
            Ok(match exists {
                true if function.name().starts_with("SecretsManager") => Access::BuiltIn,
                true => Access::Custom,
                false => Access::Denied,
            })
        })
    }

    fn invoke<'a>(
        &'a self,
        circumstances: &'a Circumstances<'a>,
        function: &'a FunctionArn,
        secret: Origin<'a>,
        event: &'a str,
    ) -> BoxFuture<'a, Result<Outcome>> {
        Box::pin(async move {
            let event: Value = serde_json::from_str(event).unwrap();
            assert_eq!(circumstances.caller.arn(), "secretsmanager.amazonaws.com");
            assert_eq!(event["SecretId"], secret.arn);
            assert_eq!(circumstances.request_id.len(), 36);
            let script = self.scripts.lock().unwrap().get(function.name()).cloned();
            let script = match script {
                None => return Err(Error::new("ResourceNotFoundException", "Function not found")),
                Some(Script::Busy) => {
                    return Err(Error::new("TooManyRequestsException", "Rate exceeded"));
                }
                Some(script) => script,
            };
            self.events.lock().unwrap().push(event.clone());
            let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(running, Ordering::SeqCst);
            // Others get their turn, as they do while a real function runs.
            tokio::task::yield_now().await;
            let outcome = self.perform(script, &event).await;
            self.running.fetch_sub(1, Ordering::SeqCst);
            Ok(outcome)
        })
    }
}
