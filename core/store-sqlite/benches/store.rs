//! What reads, commits and starting cost, with a thousand records and with a million.
//!
//! `cargo bench -p strongroom-store-sqlite` prints the figures; `-- 1000 50000` takes other sizes, the
//! variable `BENCH_DIR` another directory. CPU is that of the reading thread, from the scheduler.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use strongroom_store::{Direction, Range, Store, Transaction};
use strongroom_store_sqlite::{Options, SqliteStore};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

const VALUE_BYTES: usize = 1200;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if let [word, path, count] = &arguments[..]
        && word == "die-after-loading"
    {
        die_after_loading(Path::new(path), count.parse().unwrap());
    }
    let mut sizes: Vec<u64> = arguments.iter().filter_map(|size| size.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![1_000, 1_000_000];
    }
    let parent = std::env::var_os("BENCH_DIR").unwrap_or_else(|| std::env::temp_dir().into());
    for size in sizes {
        let directory = tempfile::tempdir_in(&parent).unwrap();
        measure(&directory.path().join("store"), size);
    }
}

fn measure(path: &Path, count: u64) {
    println!("{count} records of {VALUE_BYTES} bytes");
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["die-after-loading", path.to_str().unwrap(), &count.to_string()])
        .status()
        .unwrap();
    assert!(!status.success());
    println!("  file: {} MiB", std::fs::metadata(path).unwrap().len() >> 20);
    let log =
        std::fs::metadata(path.with_extension("").to_str().unwrap().to_owned() + "-wal").unwrap();
    let store = open(path, &format!("after a crash, with a log of {} KiB", log.len() >> 10));
    drop(store);
    let store = open(path, "after a clean end");
    reads(&store, count);
    let runtime = Runtime::new().unwrap();
    let store = Arc::new(store);
    reads_while_writing(&runtime, &store, count);
    for clients in [1, 8, 64] {
        commits(&runtime, &store, count, clients);
    }
}

fn open(path: &Path, how: &str) -> SqliteStore {
    let began = Instant::now();
    let store = SqliteStore::open(path, Options::default()).unwrap();
    println!("  open {how}: {:.2} ms", began.elapsed().as_secs_f64() * 1e3);
    store
}

/// Like keys are: some thirty bytes in front, then something random.
fn key(n: u64) -> String {
    format!("123456789012/us-east-1/secret/{:016x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

fn value(n: u64) -> Vec<u8> {
    (0..VALUE_BYTES as u64)
        .map(|i| (n.wrapping_mul(31) ^ i.wrapping_mul(n | 1) >> 3) as u8)
        .collect()
}

fn die_after_loading(path: &Path, count: u64) -> ! {
    let runtime = Runtime::new().unwrap();
    let store = Arc::new(SqliteStore::open(path, Options::default()).unwrap());
    let began = Instant::now();
    runtime.block_on(async {
        let mut clients = JoinSet::new();
        for client in 0..8 {
            let store = Arc::clone(&store);
            clients.spawn(async move {
                for chunk in (client * 64..count).step_by(8 * 64) {
                    let keys = chunk..(chunk + 64).min(count);
                    let write = keys.fold(Transaction::new(), |all, n| all.put(key(n), value(n)));
                    store.commit(write).await.unwrap();
                }
            });
        }
        clients.join_all().await;
        // So that there is something in the log, whenever it was last written back.
        store.commit(Transaction::new().put("last", "")).await.unwrap();
    });
    let seconds = began.elapsed().as_secs_f64();
    println!("  load, 64 in a transaction, 8 clients: {:.0} puts/s", count as f64 / seconds);
    std::process::abort();
}

fn reads(store: &SqliteStore, count: u64) {
    for (name, present) in [("read", true), ("miss", false)] {
        random_reads(store, count, 300_000, present);
        // The best of many: on a busy machine the others measure the neighbours.
        let chunk = || cpu_ns(|| random_reads(store, count, 50_000, present)) / 50_000.0;
        let mut took: Vec<f64> = (0..20).map(|_| chunk()).collect();
        took.sort_by(f64::total_cmp);
        println!("  random {name}: {:.2} us CPU (median {:.2})", took[0] / 1e3, took[10] / 1e3);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let took = cpu_ns(|| {
        for n in 0..2000 {
            let range = Range::all().after(&key(n * 7 % count));
            let page = runtime.block_on(store.scan(range, Direction::Forward, 100)).unwrap();
            std::hint::black_box(page);
        }
    });
    println!("  page of 100: {:.0} us CPU", took / 2000.0 / 1e3);
}

fn random_reads(store: &SqliteStore, count: u64, reads: u64, present: bool) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut state = 1u64;
        for _ in 0..reads {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let n = (state >> 33) % count + if present { 0 } else { count };
            let found = store.get(&key(n)).await.unwrap();
            assert_eq!(found.is_some(), present);
        }
    });
}

fn reads_while_writing(runtime: &Runtime, store: &Arc<SqliteStore>, count: u64) {
    let stop = Arc::new(AtomicBool::new(false));
    let writer = runtime.spawn({
        let (store, stop) = (Arc::clone(store), Arc::clone(&stop));
        async move {
            let mut written = 0u64;
            while !stop.load(Ordering::Relaxed) {
                let n = written * 7919 % count;
                store.commit(Transaction::new().put(key(n), value(n))).await.unwrap();
                written += 1;
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            written
        }
    });
    let began = Instant::now();
    let took = cpu_ns(|| random_reads(store, count, 500_000, true));
    let seconds = began.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    let written = runtime.block_on(writer).unwrap() as f64 / seconds;
    println!("  random read beside {written:.0} commits/s: {:.2} us CPU", took / 500_000.0 / 1e3);
}

fn commits(runtime: &Runtime, store: &Arc<SqliteStore>, count: u64, clients: u64) {
    let began = Instant::now();
    let mut latencies: Vec<Duration> = runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for client in 0..clients {
            let store = Arc::clone(store);
            tasks.spawn(async move {
                let mut latencies = Vec::new();
                for n in 0..10_000 / clients.clamp(4, 16) {
                    let n = (client * 104_729 + n * 7919) % count;
                    let sent = Instant::now();
                    store.commit(Transaction::new().put(key(n), value(n))).await.unwrap();
                    latencies.push(sent.elapsed());
                }
                latencies
            });
        }
        tasks.join_all().await.concat()
    });
    latencies.sort();
    let at = |part: f64| latencies[(latencies.len() as f64 * part) as usize].as_secs_f64() * 1e3;
    println!(
        "  commits of one put, {clients} clients: {:.0}/s, p50 {:.2} ms, p99 {:.2} ms",
        latencies.len() as f64 / began.elapsed().as_secs_f64(),
        at(0.5),
        at(0.99),
    );
}

/// CPU nanoseconds that this thread spends on `work`.
fn cpu_ns(work: impl FnOnce()) -> f64 {
    let now = || {
        let line = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        line.split_whitespace().next().unwrap().parse::<f64>().unwrap()
    };
    let began = now();
    work();
    now() - began
}
