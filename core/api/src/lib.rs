//! How an operation is declared, authorized, run and recorded.
//!
//! A service crate implements [`Service`] once and [`Operation`] for each of its operations, one file
//! each, and lists them with [`operations!`]. Everything that must never be forgotten is done here, in
//! [`Call::perform`]: the target is found, the caller is authorized for it, the operation runs with an
//! [`Authorized`] target that nobody else can construct, and one CloudTrail record is written before
//! anyone sees the result. All callers take this path: signed HTTP, the console, batch operations,
//! other services (as their caller), jobs (as service principals).
//!
//! Where to start: [`operation`] for the declaration, [`call`] for the path.

pub mod access_key;
pub mod authorize;
pub mod batch;
pub mod call;
pub mod caller;
mod conditions;
pub mod credential;
pub mod event;
pub mod events;
mod explanation;
pub mod host;
pub mod ids;
pub mod job;
pub mod operation;
pub mod record;
pub mod service;
pub mod target;

pub use authorize::{Authorized, Demand, Demands};
pub use batch::Batch;
pub use call::{Call, Circumstances, Source, Tls};
pub use caller::{Caller, Details, Organization, Policies, Session};
pub use credential::Credential;
pub use event::ServiceEvent;
pub use events::{Event, Events};
pub use host::{Body, Entry, Host, Hosted, Reply as EncodedReply};
pub use ids::{Ids, Uuid, random_uuid};
pub use job::{Job, LongJob, Report, TellTime};
pub use operation::{Audit, Operation};
pub use record::{Recorder, Unrecorded};
pub use service::{Denials, Facts, NotOffered, Service};
pub use target::{Account, Target};

pub use strongroom_policy::{PrincipalKind, ResourceRule, Values};
pub use strongroom_seal::Entropy;
pub use strongroom_wire::{
    Blob, Error, Place, Protocol, Reply, Rest, Result, Sensitive, Shape, Timestamp, Value,
};

/// A boxed future, as the dispatch table holds them.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;
