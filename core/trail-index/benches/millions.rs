//! How long look-ups take in an index of ten million records, and what adding one costs.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, missing_docs)]

use std::time::Instant;

use strongroom_trail_index::{Index, Wanted, term};

const RECORDS: u64 = 10_000_000;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let index = Index::open(folder.path()).unwrap();
    let started = Instant::now();
    for sequence in 1..=RECORDS {
        let id = term(&["EventId", &sequence.to_string()]);
        let name = term(&["EventName", ["GetSecretValue", "Decrypt"][(sequence % 2) as usize]]);
        let user = term(&["Username", &(sequence % 1_000).to_string()]);
        let resource = term(&["ResourceName", &(sequence % 10_007).to_string()]);
        let terms = [term(&["all"]), id, name, user, resource, term(&["source"]), term(&["ro"])];
        index.add(sequence, i64::try_from(sequence / 10).unwrap(), &terms).unwrap();
    }
    println!("adding one: {:?}", started.elapsed() / u32::try_from(RECORDS).unwrap());
    let size: u64 = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|one| one.unwrap().metadata().unwrap().len())
        .sum();
    println!("bytes for one: {}", size / RECORDS);
    for (what, name, before, from, to) in [
        ("the newest 50 of all", term(&["all"]), u64::MAX, i64::MIN, i64::MAX),
        ("50 of all, half-way", term(&["all"]), RECORDS / 2, i64::MIN, i64::MAX),
        ("one, the oldest", term(&["EventId", "1"]), u64::MAX, i64::MIN, i64::MAX),
        ("none", term(&["nothing"]), u64::MAX, i64::MIN, i64::MAX),
        ("50 of a user", term(&["Username", "7"]), u64::MAX, i64::MIN, i64::MAX),
        ("50 of a user in one hour", term(&["Username", "7"]), u64::MAX, 100_000, 103_600),
    ] {
        let started = Instant::now();
        let wanted = Wanted { terms: &[name], before, from, to };
        let found = index.newest(&wanted, 50).unwrap().len();
        println!("{what}: {found} in {:?}", started.elapsed());
    }
}
