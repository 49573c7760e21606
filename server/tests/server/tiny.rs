//! Two services of two operations in all: as much as the server itself needs to be seen at work.

use std::sync::Arc;
use std::time::Duration;

use strongroom::foundation::Foundation;
use strongroom::services::Parts;
use strongroom_api::service::Query;
use strongroom_api::{
    Account, Audit, Authorized, Call, Facts, Hosted, NotOffered, Operation, Reply, Result,
    Sensitive, Service, Shape,
};

use crate::memory_identities::MemoryIdentities;

pub struct Sts;

impl Service for Sts {
    const FACTS: Facts = Facts {
        name: "sts",
        event_source: "sts.amazonaws.com",
        target_prefix: None,
        query: Some(Query {
            version: "2011-06-15",
            namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
        }),
        echoes_values: false,
        capital_message: false,
        global: true,
        not_offered: &[NotOffered { name: "GetFederationToken", reason: "for a later day" }],
    };
}

pub struct GetCallerIdentity;

#[derive(Shape)]
pub struct NoInput {}

#[derive(Reply)]
pub struct Identity {
    user_id: String,
    account: String,
    arn: String,
}

impl Operation for GetCallerIdentity {
    const NAME: &'static str = "GetCallerIdentity";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = "{}";

    type Service = Sts;
    type Input = NoInput;
    type Target = Account;
    type Output = Identity;

    async fn target(call: &Call<'_, Sts>, _: &NoInput) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(call: &Call<'_, Sts>, _: &NoInput, _: Authorized<Account>) -> Result<Identity> {
        Ok(Identity {
            user_id: call.caller.principal_id().to_owned(),
            account: call.caller.account().to_owned(),
            arn: call.caller.arn().to_owned(),
        })
    }
}

/// Says back what it is told, after as long as it is told to wait.
pub struct Echo;

impl Service for Echo {
    const FACTS: Facts = Facts {
        name: "echo",
        event_source: "echo.amazonaws.com",
        target_prefix: Some("Echo_20260101"),
        query: None,
        echoes_values: true,
        capital_message: true,
        global: false,
        not_offered: &[NotOffered { name: "Shout", reason: "it would be loud" }],
    };
}

pub struct Say;

#[derive(Shape)]
pub struct SayInput {
    #[shape(length = 1..=65_536)]
    text: Sensitive<String>,
    wait_millis: Option<i64>,
}

#[derive(Reply)]
pub struct SayOutput {
    text: Sensitive<String>,
    region: String,
}

impl Operation for Say {
    const NAME: &'static str = "Say";
    const AUDIT: Audit = Audit::ReadOnly;
    const EXAMPLE: &'static str = r#"{"Text": "hello"}"#;

    type Service = Echo;
    type Input = SayInput;
    type Target = Account;
    type Output = SayOutput;

    async fn target(call: &Call<'_, Echo>, _: &SayInput) -> Result<Account> {
        Ok(Account(call.caller.account().to_owned()))
    }

    async fn run(
        call: &Call<'_, Echo>,
        input: &SayInput,
        _: Authorized<Account>,
    ) -> Result<SayOutput> {
        if let Some(millis) = input.wait_millis {
            tokio::time::sleep(Duration::from_millis(millis.unsigned_abs())).await;
        }
        Ok(SayOutput {
            text: Sensitive::new(input.text.reveal().clone()),
            region: call.region.to_owned(),
        })
    }
}

static STS: &[strongroom_api::Entry<Sts>] = &[strongroom_api::Entry::of::<GetCallerIdentity>()];
static ECHO: &[strongroom_api::Entry<Echo>] = &[strongroom_api::Entry::of::<Say>()];

struct NoFailures;

impl strongroom::ports::Failures for NoFailures {
    fn list<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
        _: usize,
    ) -> strongroom_api::BoxFuture<'a, strongroom_api::Result<Vec<serde_json::Value>>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }
}

struct NoDenials;

impl strongroom::ports::Denials for NoDenials {
    fn encode(&self, _: &str, _: &str) -> Option<String> {
        None
    }
}

pub fn build(_: &Foundation) -> Parts {
    Parts {
        audience: Arc::new(strongroom::feed::SeesNothing),
        identities: Arc::new(MemoryIdentities::default()),
        hosts: vec![
            Arc::new(Hosted::new(Arc::new(Sts), STS)),
            Arc::new(Hosted::new(Arc::new(Echo), ECHO)),
        ],
        jobs: Vec::new(),
        long_jobs: Vec::new(),
        secrets: None,
        denials: Arc::new(NoDenials),
        organizations: None,
        failures: Arc::new(NoFailures),
        pages: Vec::new(),
        tasks: Vec::new(),
        functions: None,
        call_metrics: None,
    }
}
