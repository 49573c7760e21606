//! A writer killed at full speed loses nothing that it acknowledged.

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use strongroom_trail::{Options, Trail, read_from};

use crate::report;

const ROUNDS: u64 = 20;
const FOLDER: &str = "STRONGROOM_TRAIL_TEST_FOLDER";
const ROUND: &str = "STRONGROOM_TRAIL_TEST_ROUND";

#[test]
fn a_writer_killed_at_full_speed_loses_nothing_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeMap::new();
    for round in 1..=ROUNDS {
        let mut child = writer(folder.path(), round);
        // A different moment each time, after a few events and after thousands.
        let enough = usize::try_from(round * round * 17 % 3001 + 3).unwrap();
        acknowledged.extend(acknowledged_until_killed(&mut child, enough));
        let trail = open(folder.path());
        let latest = trail.position().sequence;
        drop(trail);
        let report = report(folder.path());
        assert_eq!(report.problem, None, "round {round}");
        assert_eq!(report.end.sequence, latest);
        assert!(acknowledged.last_key_value().is_some_and(|(last, _)| *last <= latest));
    }
    let mut written = BTreeMap::new();
    for entry in read_from(folder.path(), 1) {
        let value: serde_json::Value = serde_json::from_slice(&entry.unwrap().line).unwrap();
        let id = value["id"].as_str().unwrap().to_owned();
        written.insert(value["sequence"].as_u64().unwrap(), id);
    }
    for (sequence, id) in &acknowledged {
        assert_eq!(written.get(sequence), Some(id), "record {sequence}");
    }
}

/// What the child process does: writes until it is killed, saying what was acknowledged.
#[test]
#[ignore = "runs as a child of the test above, and never ends by itself"]
fn write_until_killed() {
    let (folder, round) = (env::var(FOLDER).unwrap(), env::var(ROUND).unwrap());
    let trail = open(Path::new(&folder));
    std::thread::scope(|scope| {
        for thread in 0..3 {
            let (trail, round) = (&trail, &round);
            scope.spawn(move || {
                for number in 0u64.. {
                    let id = format!("{round}/{thread}/{number}");
                    let filler = "x".repeat((number as usize * 131) % 5000);
                    let event = format!("{{\"id\":\"{id}\",\"filler\":\"{filler}\"}}");
                    let position = trail.append(event.as_bytes()).unwrap();
                    let line = format!("acknowledged {} {id}\n", position.sequence);
                    std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
                }
            });
        }
    });
}

fn open(folder: &Path) -> Trail {
    // Small segments, so that some die while a new one begins.
    Trail::open(folder, Options { segment_bytes: 100_000, ..Options::default() }, 0).unwrap()
}

fn writer(folder: &Path, round: u64) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["killing::write_until_killed", "--exact", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Kills the child once it acknowledged `enough` records; returns all that it acknowledged.
fn acknowledged_until_killed(child: &mut Child, enough: usize) -> Vec<(u64, String)> {
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut acknowledged = Vec::new();
    let mut line = String::new();
    while output.read_line(&mut line).unwrap() > 0 {
        // The last line may be torn by the kill.
        if let Some((_, said)) = line.trim_end_matches('\n').split_once("acknowledged ")
            && line.ends_with('\n')
            && let Some((sequence, id)) = said.split_once(' ')
        {
            acknowledged.push((sequence.parse().unwrap(), id.to_owned()));
        }
        line.clear();
        if acknowledged.len() == enough {
            // SIGKILL; what is in the pipe by then is still read.
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(acknowledged.len() >= enough, "the child ended by itself");
    acknowledged
}
