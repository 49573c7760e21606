//! Bytes ⇄ operation: the AWS protocols, and nothing about any service.
//!
//! A request body of any protocol becomes one [`Value`] tree. A [`Shape`] (derived on the input of an
//! operation) turns the tree into a typed value and reports, in AWS's words, every constraint of AWS's
//! model that it breaks. A reply is an ordinary `serde::Serialize` type (derived with [`Reply`]) written
//! by [`json`], [`xml`] or [`cbor`]; the same JSON writer produces the audit form, in which [`Sensitive`] members
//! do not exist.
//!
//! Where to start: [`shape`] for what a derive generates, [`protocol`] for what differs between
//! protocols, [`error`] for how a refusal looks on each of them.

// The derives name this crate by its full path; that has to work in here as well.
#[allow(unused_extern_crates)]
extern crate self as strongroom_wire;

pub mod cbor;
pub mod constraint;
mod double;
pub mod error;
pub mod event_stream;
pub mod form;
mod forwards;
pub mod json;
pub mod protocol;
pub mod rest;
pub mod sensitive;
pub mod shape;
pub mod timestamp;
pub mod value;
pub mod violation;
pub mod xml;

pub use error::{Error, Result};
pub use protocol::{Family, Protocol};
pub use rest::{Place, Rest};
pub use sensitive::{Blob, Sensitive};
pub use shape::Shape;
pub use strongroom_shape_derive::{Reply, Shape};
pub use timestamp::Timestamp;
pub use value::Value;
pub use violation::{At, Mistyped, Violations};

#[doc(hidden)]
pub mod derive_support {
    //! What derived code names; not for people.
    pub use serde;
}
