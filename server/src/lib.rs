//! The server `strongroom`: everything that brings the services to a socket.
//!
//! Where to start: [`request`] is the life of a request as a list, [`compose`] is what a running
//! server consists of, [`settings`] is everything that can be set, `commands/` is what a person types.

pub mod authenticate;
pub mod clock;
pub mod complaints;
pub mod connections;
pub mod content;
pub mod failure;
pub mod files;
pub mod health;
pub mod limits;
pub mod listeners;
pub mod metrics;
pub mod ports;
pub mod recognise;
pub mod request;
pub mod respond;
pub mod services;
pub mod tls;
