//! What strangers may send, thrown at whatever reads it: nothing may panic, hang or answer a 500.
//!
//! Each target is a plain function over bytes, so that it runs under `cargo fuzz` (nightly, guided by
//! coverage) as well as in the loop of the binary `smoke` (stable, seeded, the same every time).

pub mod targets;
pub mod world;

/// Something to throw bytes at.
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Takes one input; panics if something is wrong.
    pub run: fn(&[u8]),
    /// Inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "filters", run: targets::filters::run, seeds: targets::filters::seeds },
    Target { name: "cbor", run: targets::cbor::run, seeds: targets::cbor::seeds },
    Target { name: "forms", run: targets::forms::run, seeds: targets::forms::seeds },
    Target { name: "ids", run: targets::ids::run, seeds: targets::ids::seeds },
    Target { name: "operations", run: targets::operations::run, seeds: targets::operations::seeds },
    Target { name: "patterns", run: targets::patterns::run, seeds: targets::patterns::seeds },
    Target { name: "policies", run: targets::policies::run, seeds: targets::policies::seeds },
    Target { name: "signatures", run: targets::signatures::run, seeds: targets::signatures::seeds },
    Target { name: "tokens", run: targets::tokens::run, seeds: targets::tokens::seeds },
];
