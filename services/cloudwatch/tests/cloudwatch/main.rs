//! CloudWatch through the dispatch that a client uses.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod alarms;
mod composite;
mod evaluation;
mod metrics;
mod model;
mod queries;
mod walk;

use std::sync::{Arc, Mutex};

use serde_json::Value;
use strongroom_api::{BoxFuture, Circumstances, Hosted, Job, Report};
use strongroom_cloudwatch::jobs::{AgeDatapoints, EvaluateAlarms, ForgetHistory, PerformActions};
use strongroom_cloudwatch::{Cloudwatch, Notification, Notifications, OPERATIONS, Undelivered};
use strongroom_testkit::{Refusal, Stage, records};

/// What alarms did: action, subject, message.
#[derive(Default)]
struct Bell {
    rung: Mutex<Vec<(String, String, Value)>>,
    refusal: Mutex<Option<String>>,
}

impl Notifications for Bell {
    fn publish<'a>(
        &'a self,
        _: &'a Circumstances<'a>,
        notification: Notification<'a>,
    ) -> BoxFuture<'a, Result<(), Undelivered>> {
        if let Some(why) = self.refusal.lock().unwrap().clone() {
            return Box::pin(std::future::ready(Err(Undelivered::Refused(why))));
        }
        let message = serde_json::from_str(notification.message).unwrap();
        let subject = notification.subject.to_owned();
        self.rung.lock().unwrap().push((notification.action_arn.to_owned(), subject, message));
        Box::pin(std::future::ready(Ok(())))
    }
}

/// CloudWatch on a stage.
struct Scene {
    stage: Stage,
    service: Arc<Cloudwatch>,
    host: Hosted<Cloudwatch>,
    bell: Arc<Bell>,
    evaluate: EvaluateAlarms,
}

impl Scene {
    fn new() -> Self {
        let service = Arc::new(Cloudwatch::new(records(7)));
        Self {
            stage: Stage::new(7),
            host: Hosted::new(Arc::clone(&service), OPERATIONS),
            bell: Arc::default(),
            evaluate: EvaluateAlarms::new(Arc::clone(&service)),
            service,
        }
    }

    async fn call(&self, operation: &str, body: Value) -> Value {
        let outcome = self.stage.call(&self.host, operation, &body.to_string()).await;
        outcome.unwrap_or_else(|refusal| panic!("{operation}: {refusal:?}"))
    }

    async fn refused(&self, operation: &str, body: Value) -> Refusal {
        let outcome = self.stage.call(&self.host, operation, &body.to_string()).await;
        outcome.expect_err(&format!("{operation} must refuse {body}"))
    }

    /// Runs a job until nothing more is due.
    async fn run(&self, job: &dyn Job) -> u64 {
        let mut done = 0;
        loop {
            let Report { done: some, more } = job.run(&self.stage.circumstances()).await.unwrap();
            done += some;
            if !more {
                return done;
            }
        }
    }

    /// Evaluates what is due and performs what follows.
    async fn tick(&self) {
        self.run(&self.evaluate).await;
        let (service, notifications) = (Arc::clone(&self.service), self.bell.clone());
        self.run(&PerformActions { service, notifications }).await;
    }

    /// Lets `seconds` pass, a tick every ten.
    async fn pass(&self, seconds: i64) {
        for _ in 0..seconds / 10 {
            self.stage.advance_millis(10_000);
            self.tick().await;
        }
    }

    async fn age(&self) {
        self.run(&AgeDatapoints(Arc::clone(&self.service))).await;
        self.run(&ForgetHistory(Arc::clone(&self.service))).await;
    }

    async fn alarm(&self, name: &str) -> Value {
        let body = serde_json::json!({
            "AlarmNames": [name],
            "AlarmTypes": ["MetricAlarm", "CompositeAlarm"],
        });
        let found = self.call("DescribeAlarms", body).await;
        let lists = ["MetricAlarms", "CompositeAlarms"];
        lists.iter().find_map(|list| found[list].get(0).cloned()).expect("the alarm")
    }

    async fn state(&self, name: &str) -> String {
        self.alarm(name).await["StateValue"].as_str().unwrap().to_owned()
    }

    fn rung(&self) -> Vec<(String, String, Value)> {
        std::mem::take(&mut *self.bell.rung.lock().unwrap())
    }

    fn seconds(&self) -> i64 {
        self.stage.now().seconds()
    }
}
