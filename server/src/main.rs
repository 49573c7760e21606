//! The binary `strongroom`.

use std::process::ExitCode;

/// A request allocates some dozens of small pieces, which the system's allocator makes a tenth of its
/// cost: see `docs/performance.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    strongroom::cli::main()
}
