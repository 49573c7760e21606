//! The binary `strongroom`.
fn main() {}
