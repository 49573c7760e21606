//! What an append costs. Run with `cargo bench -p strongroom-trail`.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::{hint::black_box, time::Instant};

use strongroom_trail::{Options, Trail};

const ROUNDS: u32 = 200_000;

fn main() {
    let folder = std::env::args().nth(1).filter(|arg| arg.starts_with('/'));
    let folder = folder.map_or_else(std::env::temp_dir, Into::into);
    let folder = folder.join(format!("strongroom-trail-bench-{}", std::process::id()));
    let event = format!("{{\"eventName\":\"GetSecretValue\",\"filler\":\"{}\"}}", "x".repeat(860));
    let trail = Trail::open(&folder, Options::default(), 0).unwrap();
    measure("append 900 bytes to files", || {
        black_box(trail.append(event.as_bytes()).unwrap());
    });
    let batch = [event.as_bytes(); 16];
    measure("append 900 bytes to files, 16 at once (per batch)", || {
        black_box(trail.append_many(&batch).unwrap());
    });
    trail.close().unwrap();
    drop(trail);
    std::fs::remove_dir_all(&folder).unwrap();
    let trail = Trail::in_memory(10_000);
    measure("append 900 bytes in memory", || {
        black_box(trail.append(event.as_bytes()).unwrap());
    });
}

/// Prints the process CPU time and the elapsed time of a call, in nanoseconds.
fn measure(what: &str, mut once: impl FnMut()) {
    let (start, cpu) = (Instant::now(), cpu_ticks());
    (0..ROUNDS).for_each(|_| once());
    let elapsed = start.elapsed().as_nanos() / u128::from(ROUNDS);
    let cpu = u128::from(cpu_ticks() - cpu) * 10_000_000 / u128::from(ROUNDS);
    println!("{what}: {cpu} ns CPU, {elapsed} ns elapsed");
}

/// User and system time of all threads, in hundredths of a second.
fn cpu_ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum()
}
