//! CloudWatch: metrics, and alarms over them.
//!
//! # The tour
//!
//! A [`Metric`](metric::Metric) is a namespace, a name and a set of dimensions. Its samples are put
//! together by the minute ([`cell`]), an hour of minutes is one record ([`block`]), and old hours are
//! rolled up. [`Cloudwatch::record`] is how services of this server add samples; PutMetricData is how
//! everybody else does. [`read`] puts samples together by period, [`statistic`] says what is asked of
//! them, [`math`] calculates with the results.
//!
//! An [`Alarm`](alarm::Alarm) holds a metric, or an expression, against a threshold ([`evaluation`]), or
//! other alarms against a [`rule`]. A job evaluates them; what changes is written together with its
//! [`history`] and with the [`notice`]s of actions, which another job performs through the port
//! [`Notifications`].

pub mod alarm;
mod alarm_view;
mod answers;
mod block;
mod cell;
mod change;
mod composite;
mod configure;
mod datum;
mod error;
pub mod evaluation;
mod find;
mod history;
pub mod jobs;
mod judge;
mod labels;
pub mod math;
mod message;
mod metric;
mod not_offered;
mod notice;
mod notifications;
pub mod operations;
mod page;
mod paths;
mod queries;
mod read;
mod rule;
mod shapes;
mod statistic;
mod unit;
mod write;

use std::sync::Arc;

use strongroom_api::{Facts, Service};
use strongroom_records::Records;

pub use datum::Datum;
pub use notifications::{Notification, Notifications, Undelivered};
pub use operations::OPERATIONS;
pub use unit::Unit;

/// The service.
pub struct Cloudwatch {
    records: Arc<Records>,
}

/// A call of this service.
pub type Call<'a> = strongroom_api::Call<'a, Cloudwatch>;

impl Cloudwatch {
    /// The service over `records`.
    #[must_use]
    pub fn new(records: Arc<Records>) -> Self {
        Self { records }
    }
}

impl Service for Cloudwatch {
    const FACTS: Facts = Facts {
        name: "monitoring",
        event_source: "monitoring.amazonaws.com",
        target_prefix: Some("GraniteServiceVersion20100801"),
        query: Some(strongroom_api::service::Query {
            version: "2010-08-01",
            namespace: "http://monitoring.amazonaws.com/doc/2010-08-01/",
        }),
        echoes_values: true,
        capital_message: false,
        global: false,
        not_offered: not_offered::NOT_OFFERED,
    };

    const ACTION_PREFIX: &'static str = "cloudwatch";
}
