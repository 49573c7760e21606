//! Reads cases as JSON, one a line, and writes the engine's answer to each, one a line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code, missing_docs)]

#[path = "../tests/suite/case.rs"]
mod case;

use std::io::{BufRead as _, Write as _};

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let case = case::case(serde_json::from_str(&line?)?);
        writeln!(out, "{}", case.answer())?;
    }
    out.flush()
}
