//! AWS Lambda: functions, and calling them.
//!
//! # The tour
//!
//! - A [`Function`](function::Function) is one record: what is being worked on (`$LATEST`), its aliases,
//!   and who may call it ([`policy`]). Each published version is a record of its own, as are the pieces
//!   of the archives ([`code`]).
//! - [`configuration`] is how a function is run, and what of that requests may change.
//! - [`built_in`] has the functions that come with the server.
//! - [`invoke`] calls a function, [`events`] keeps the calls that nobody waits for; [`event_invoke`] says what
//!   is asked of them, and [`dispatch`] tells what came of them.
//! - [`layer`] is code that functions share.
//! - [`runner`] has the ports: whoever runs functions, and the sessions of their roles.
//!
//! Other services call functions through [`Lambda::call_as_service`], and ask beforehand with
//! [`Lambda::may_call`]. Both go through the function's resource policy.

#[macro_use]
mod shapes;

pub mod built_in;
mod code;
mod configuration;
mod dispatch;
mod download;
pub mod drafts;
mod error;
mod event_invoke;
pub mod events;
mod find;
mod function;
mod id;
mod invoke;
mod layer;
mod not_offered;
pub mod operations;
mod outcome;
mod page;
mod paths;
mod policy;
pub mod runner;
mod tag;
mod views;

use std::sync::{Arc, Weak};

use strongroom_api::{Facts, Service};
use strongroom_records::Records;

pub use built_in::BuiltIn;
pub use invoke::{Answer, OnBehalf};
pub use operations::OPERATIONS;

use runner::Ports;

/// The service.
pub struct Lambda {
    records: Arc<Records>,
    ports: Ports,
    /// For work that goes on when a call has been answered.
    me: Weak<Lambda>,
}

/// A call of this service.
pub type Call<'a> = strongroom_api::Call<'a, Lambda>;

impl Lambda {
    /// The service over `records`, which runs functions through `ports`.
    #[must_use]
    pub fn new(records: Arc<Records>, ports: Ports) -> Arc<Self> {
        Arc::new_cyclic(|me| Self { records, ports, me: Weak::clone(me) })
    }
}

impl Service for Lambda {
    const FACTS: Facts = Facts {
        name: "lambda",
        event_source: "lambda.amazonaws.com",
        target_prefix: None,
        query: None,
        echoes_values: true,
        capital_message: false,
        global: false,
        not_offered: not_offered::NOT_OFFERED,
    };
}
