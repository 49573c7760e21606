//! What an append costs. Run with `cargo bench -p strongroom-trail`.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::{hint::black_box, time::Instant};

use strongroom_trail::{Expectations, Options, Trail, verify};

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
    drop(trail);
    let start = Instant::now();
    let trail = Trail::open(&folder, Options::default(), 0).unwrap();
    println!("open a trail of {} records: {:?}", trail.position().sequence, start.elapsed());
    drop(trail);
    let start = Instant::now();
    let records = verify(&folder, &Expectations::default()).unwrap().records;
    println!("verify {records} records: {:?}", start.elapsed());
    std::fs::remove_dir_all(&folder).unwrap();
    let trail = Trail::in_memory(10_000);
    measure("append 900 bytes in memory", || {
        black_box(trail.append(event.as_bytes()).unwrap());
    });
}

/// Prints what a call takes, in nanoseconds: CPU time of the whole process, the syncing thread
/// included, and elapsed time.
fn measure(what: &str, mut once: impl FnMut()) {
    let (start, before) = (Instant::now(), cpu_ticks());
    (0..ROUNDS).for_each(|_| once());
    let elapsed = start.elapsed().as_nanos() / u128::from(ROUNDS);
    let after = cpu_ticks();
    let [user, system] =
        [0, 1].map(|part| (after[part] - before[part]) * 10_000_000 / u64::from(ROUNDS));
    println!("{what}: {user} user + {system} system, {elapsed} elapsed");
}

/// User and system time of all threads, in hundredths of a second.
fn cpu_ticks() -> [u64; 2] {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let mut fields = fields.skip(11).map(|field| field.parse().unwrap_or_default());
    [fields.next().unwrap_or_default(), fields.next().unwrap_or_default()]
}
