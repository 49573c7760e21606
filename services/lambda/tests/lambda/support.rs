//! A room with the service, a runner that answers by itself, and a stage to call from.

use std::io::{Cursor, Write as _};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use strongroom_api::{BoxFuture, Host, Hosted, Result, Sensitive, Timestamp};
use strongroom_lambda::runner::{
    Credentials, Destinations, Event, Finished, Launch, NotRun, Parcel, Ports, Roles, Runner,
    Supply, Unsent,
};
use strongroom_lambda::{BuiltIn, Lambda, OPERATIONS};
use strongroom_records::Records;
use strongroom_testkit::{Refusal, Stage, records};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub struct Room {
    pub stage: Stage,
    pub lambda: Arc<Lambda>,
    pub host: Arc<dyn Host>,
    pub runner: Arc<FakeRunner>,
    pub told: Arc<FakeDestinations>,
    pub records: Arc<Records>,
}

/// Answers with the payload and the version, or as it was told.
#[derive(Default)]
pub struct FakeRunner {
    pub answers: Mutex<Vec<std::result::Result<Finished, NotRun>>>,
    pub ran: Mutex<Vec<(Launch, String)>>,
    pub beside: Mutex<Vec<BoxFuture<'static, ()>>>,
    pub forgotten: Mutex<Vec<String>>,
    pub now: Mutex<Timestamp>,
}

impl FakeRunner {
    pub fn answer(&self, answer: std::result::Result<Finished, NotRun>) {
        self.answers.lock().unwrap().push(answer);
    }

    /// How often it ran something.
    pub fn count(&self) -> usize {
        self.ran.lock().unwrap().len()
    }
}

pub fn failed() -> Finished {
    let payload = br#"{"errorType":"ValueError","errorMessage":"no"}"#.to_vec();
    Finished { payload, is_error: true, log_tail: b"END".to_vec() }
}

impl Runner for FakeRunner {
    fn run<'a>(
        &'a self,
        launch: &'a Launch,
        supply: &'a dyn Supply,
        event: Event,
    ) -> BoxFuture<'a, Result<Finished, NotRun>> {
        Box::pin(async move {
            if !launch.is_built_in {
                let code = supply.code().await.map_err(NotRun::Failed)?;
                assert!(code.starts_with(b"PK"));
            }
            let payload = String::from_utf8(event.payload).unwrap();
            self.ran.lock().unwrap().push((launch.clone(), payload.clone()));
            if let Some(answer) = self.answers.lock().unwrap().pop() {
                return answer;
            }
            let payload = json!({ "echo": payload, "version": launch.version }).to_string();
            Ok(Finished {
                payload: payload.into_bytes(),
                is_error: false,
                log_tail: b"END".to_vec(),
            })
        })
    }

    fn forget(&self, function_arn: &str) {
        self.forgotten.lock().unwrap().push(function_arn.to_owned());
    }

    fn address(&self) -> String {
        "http://127.0.0.1:4566".to_owned()
    }

    fn capacity(&self) -> u32 {
        10
    }

    fn beside(&self, work: BoxFuture<'static, ()>) {
        self.beside.lock().unwrap().push(work);
    }

    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }
}

pub struct FakeRoles;

impl Roles for FakeRoles {
    fn assume<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
        _: &'a str,
        _: &'a str,
        _: &'a str,
    ) -> BoxFuture<'a, Result<Credentials>> {
        Box::pin(async {
            Ok(Credentials {
                access_key_id: "ASIA".to_owned(),
                secret_access_key: Sensitive::new("secret".to_owned()),
                session_token: Sensitive::new("token".to_owned()),
                expires: Timestamp::from_seconds(2_000_000_000),
            })
        })
    }

    fn is_assumable<'a>(
        &'a self,
        role: &'a str,
        _: &'a str,
        _: &'a str,
        _: &'a str,
    ) -> BoxFuture<'a, Result<bool>> {
        Box::pin(async move { Ok(role.ends_with("/rotator")) })
    }
}

/// Takes everything, but for those called `closed` and `gone`, or does as it was told.
#[derive(Default)]
pub struct FakeDestinations {
    pub answers: Mutex<Vec<Unsent>>,
    pub sent: Mutex<Vec<Parcel>>,
}

impl Destinations for FakeDestinations {
    fn may_send<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, Result<Option<bool>>> {
        let name = parcel.target.rsplit(':').next();
        Box::pin(async move { Ok((name != Some("gone")).then(|| name != Some("closed"))) })
    }

    fn send<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, std::result::Result<(), Unsent>> {
        Box::pin(async move {
            if let Some(answer) = self.answers.lock().unwrap().pop() {
                return Err(answer);
            }
            self.sent.lock().unwrap().push(parcel.clone());
            Ok(())
        })
    }
}

/// An archive with these files, as base64.
pub fn archive(files: &[(&str, &str)]) -> String {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    STANDARD.encode(zip.finish().unwrap().into_inner())
}

pub const BUILT_IN: &[BuiltIn] =
    &[BuiltIn { name: "RotateByItself", description: "Comes with the server" }];

pub const ROLE: &str = "arn:aws:iam::123456789012:role/rotator";

impl Room {
    pub fn new() -> Self {
        Self::over(records(7))
    }

    /// A room whose records are these.
    pub fn over(records: Arc<Records>) -> Self {
        let stage = Stage::new(7);
        let runner = Arc::new(FakeRunner::default());
        *runner.now.lock().unwrap() = stage.now();
        let told = Arc::new(FakeDestinations::default());
        let ports = Ports {
            runner: runner.clone(),
            roles: Arc::new(FakeRoles),
            destinations: told.clone(),
            built_in: BUILT_IN,
        };
        let lambda = Lambda::new(Arc::clone(&records), ports);
        let host = Arc::new(Hosted::new(lambda.clone(), OPERATIONS));
        Self { stage, lambda, host, runner, told, records }
    }

    pub async fn with_function(name: &str) -> Self {
        let room = Self::new();
        room.create(name, json!({})).await.unwrap();
        room
    }

    /// Creates a function with further members.
    pub async fn create(&self, name: &str, more: Value) -> std::result::Result<Value, Refusal> {
        let mut body = json!({
            "FunctionName": name, "Runtime": "python3.12", "Handler": "app.handler", "Role": ROLE,
            "Code": { "ZipFile": archive(&[("app.py", "one")]) },
        });
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        self.call("CreateFunction", body).await
    }

    pub async fn call(&self, operation: &str, body: Value) -> std::result::Result<Value, Refusal> {
        self.stage.call(&*self.host, operation, &body.to_string()).await
    }

    pub async fn refusal(&self, operation: &str, body: Value) -> Refusal {
        self.call(operation, body).await.unwrap_err()
    }

    /// Lets everything that goes on beside come to its end.
    pub async fn settle(&self) {
        loop {
            let work = std::mem::take(&mut *self.runner.beside.lock().unwrap());
            if work.is_empty() {
                return;
            }
            for one in work {
                one.await;
            }
        }
    }

    pub fn advance_millis(&self, millis: i64) {
        self.stage.advance_millis(millis);
        *self.runner.now.lock().unwrap() = self.stage.now();
    }
}

/// A payload as JSON carries it.
pub fn payload(json: &str) -> String {
    STANDARD.encode(json)
}

pub fn decoded(reply: &Value) -> Value {
    let bytes = STANDARD.decode(reply["Payload"].as_str().unwrap()).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}
