//! The server `strongroom`: everything that brings the services to a socket.
//!
//! Where to start: [`request`] is the life of a request as a list, [`compose`] is what a running
//! server consists of, [`settings`] is everything that can be set, `commands/` is what a person types.

pub mod accounts;
pub mod adapters;
pub mod admin;
pub mod aside;
pub mod authenticate;
pub mod calls;
pub mod certificate;
pub mod certified;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod complaints;
pub mod compose;
pub mod compression;
pub mod config;
pub mod connections;
pub mod content;
pub mod credentials;
pub mod data_directory;
pub mod deliveries;
pub mod exporter;
pub mod failure;
pub mod feed;
pub mod files;
pub mod foundation;
pub mod generations;
pub mod health;
pub mod jobs;
pub mod keeper;
pub mod large_bodies;
pub mod limits;
pub mod listeners;
pub mod logging;
pub mod metrics;
pub mod names;
pub mod outward;
pub mod pages;
pub mod ports;
pub mod recognise;
pub mod request;
pub mod respond;
pub mod seal;
pub mod services;
pub mod settings;
pub mod sinks;
pub mod streams;
pub mod tls;
pub mod uses;
