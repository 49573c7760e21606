//! What Lambda needs from outside: somebody who runs functions, and roles for them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use strongroom_api::{BoxFuture, Result, Sensitive, Timestamp};

use crate::BuiltIn;

/// A version of a function, as whoever runs it has to know it.
#[derive(Debug, Clone)]
pub struct Launch {
    /// Differs whenever an instance started for another launch must not be used for this one.
    pub key: String,
    /// The 12 digits of its account.
    pub account: String,
    /// Its region.
    pub region: String,
    /// Its name.
    pub name: String,
    /// `$LATEST` or a number.
    pub version: String,
    /// Its ARN without qualifier.
    pub arn: String,
    /// Its runtime, as AWS names it.
    pub runtime: String,
    /// What of the code is called.
    pub handler: String,
    /// Seconds that one invocation may take.
    pub timeout_seconds: u32,
    /// Memory in mebibytes.
    pub memory_mib: u32,
    /// The size of `/tmp` in mebibytes.
    pub ephemeral_mib: u32,
    /// Variables of its environment.
    pub environment: BTreeMap<String, String>,
    /// The ARN of its execution role.
    pub role: String,
    /// Where its output goes.
    pub log_group: String,
    /// `Text` or `JSON`.
    pub log_format: String,
    /// The least that its messages must weigh; JSON only.
    pub log_level: Option<String>,
    /// How many invocations it may have at once, if that was said.
    pub reserved_concurrency: Option<u32>,
    /// Whether it comes with the server: then there is no archive, and the server's own executable is
    /// run as `rotator --name NAME`.
    pub is_built_in: bool,
    /// Whether AWS's extension that serves secrets at localhost:2773 is among its layers.
    pub has_secrets_extension: bool,
}

/// What an instance is started from. Asked only when one is started.
pub trait Supply: Send + Sync {
    /// The archive with the function's code.
    fn code(&self) -> BoxFuture<'_, Result<Vec<u8>>>;

    /// The archives of its layers, in the order of merging.
    fn layers(&self) -> BoxFuture<'_, Result<Vec<Vec<u8>>>>;

    /// Temporary credentials of its execution role.
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials>>;
}

/// What is to be handed to a function.
#[derive(Debug)]
pub struct Event {
    /// The id of the invocation.
    pub request_id: String,
    /// The ARN that was called.
    pub invoked_arn: String,
    /// JSON.
    pub payload: Vec<u8>,
    /// The client context, as JSON.
    pub client_context: Option<String>,
}

/// What came of an invocation.
#[derive(Debug)]
pub struct Finished {
    /// What the function returned, or the error as AWS shows it.
    pub payload: Vec<u8>,
    /// Whether it is an error.
    pub is_error: bool,
    /// The end of what it wrote, at most 4 KiB.
    pub log_tail: Vec<u8>,
}

/// Why a function was not run.
#[derive(Debug)]
pub enum NotRun {
    /// It has as many invocations as it may.
    FunctionBusy,
    /// The server has as many as it takes.
    ServerBusy,
    /// Functions are not run here, or not of this runtime; the text says why.
    NotOffered(String),
    /// The stored archive cannot be unpacked.
    BadArchive(String),
    /// An AWS error of whoever supplies an instance.
    Failed(strongroom_api::Error),
}

/// Runs functions.
pub trait Runner: Send + Sync {
    /// Hands `event` to an instance, which is started if none is free.
    fn run<'a>(
        &'a self,
        launch: &'a Launch,
        supply: &'a dyn Supply,
        event: Event,
    ) -> BoxFuture<'a, Result<Finished, NotRun>>;

    /// Ends the idle instances of a function, whose code or settings have changed.
    fn forget(&self, function_arn: &str);

    /// Where clients reach this server: `http://127.0.0.1:4566`.
    fn address(&self) -> String;

    /// How many invocations there may be at once.
    fn capacity(&self) -> u32;

    /// Does `work` beside everything else.
    fn beside(&self, work: BoxFuture<'static, ()>);

    /// The time, for work that is beside.
    fn now(&self) -> Timestamp;
}

/// Temporary credentials.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: Sensitive<String>,
    /// The session token.
    pub session_token: Sensitive<String>,
    /// When they end.
    pub expires: Timestamp,
}

/// Gives out sessions of execution roles; STS implements it.
pub trait Roles: Send + Sync {
    /// A session of `role` called `session`, as Lambda in `account` and `region` asks for it on
    /// behalf of the function `function_arn`.
    fn assume<'a>(
        &'a self,
        role: &'a str,
        session: &'a str,
        account: &'a str,
        region: &'a str,
        function_arn: &'a str,
    ) -> BoxFuture<'a, Result<Credentials>>;

    /// Whether Lambda may assume `role`.
    fn is_assumable<'a>(
        &'a self,
        role: &'a str,
        account: &'a str,
        region: &'a str,
        function_arn: &'a str,
    ) -> BoxFuture<'a, Result<bool>>;
}

/// Something to send with the rights of a function's execution role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// The function's account.
    pub account: String,
    /// Its region.
    pub region: String,
    /// Its name.
    pub name: String,
    /// The ARN of its execution role.
    pub role: String,
    /// The ARN of the topic or function that it is sent to.
    pub target: String,
    /// JSON.
    pub body: String,
    /// Attributes of a message: names, types and values.
    pub attributes: Vec<(String, String, String)>,
}

/// Why something was not sent, for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsent {
    /// It may go better later.
    Later(String),
    /// It will not.
    Refused(String),
}

/// Sends what came of events.
pub trait Destinations: Send + Sync {
    /// Whether the role may send there; `None` if it is known that nobody is. Nothing is sent.
    fn may_send<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, Result<Option<bool>>>;

    /// Sends it.
    fn send<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, Result<(), Unsent>>;
}

/// Takes what functions write.
pub trait FunctionLog: Send + Sync {
    /// Lines of one stream of a log group, each with its time in milliseconds since the epoch.
    fn write(
        &self,
        account: &str,
        region: &str,
        group: &str,
        stream: &str,
        lines: Vec<(i64, String)>,
    );
}

/// Everything that Lambda needs from outside.
#[derive(Clone)]
pub struct Ports {
    /// Who runs functions.
    pub runner: Arc<dyn Runner>,
    /// Who gives out sessions.
    pub roles: Arc<dyn Roles>,
    /// Who is told what came of events.
    pub destinations: Arc<dyn Destinations>,
    /// The functions that come with the server.
    pub built_in: &'static [BuiltIn],
}
