//! The fuzzer's stand-in on stable: every target, so many rounds over mutated seeds, the same each time.
//!
//! `smoke ROUNDS [TARGET]`; `smoke --input FILE TARGET` runs one input again.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;
use std::process::ExitCode;

use strongroom_fuzz::{TARGETS, Target};

/// Longest input made; longer ones reach nothing new.
const MOST_BYTES: usize = 16 << 10;

/// Pieces that parsers look out for.
const PIECES: &[&str] = &[
    "\"",
    "\\u0000",
    "\\ud800",
    "null",
    "true",
    "-1",
    "1e400",
    "9223372036854775808",
    "[[[[[[[[",
    "{\"a\":",
    "}",
    "]",
    "\n",
    "\r\n",
    ":",
    "::",
    "/",
    "%",
    "%zz",
    "%C3",
    "&",
    "=",
    ".member.1",
    ".member.99999999",
    "arn:aws:",
    "${",
    "${aws:username}",
    "*",
    "?",
    "\u{fffd}",
    "\u{0}",
    "ü",
    "𝄞",
    "kms.",
    "iam.",
    "sts.",
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments[..] {
        ["--input", file, name] => find(name).and_then(|target| replay(target, file)),
        [rounds] => all(rounds, None),
        [rounds, name] => find(name).and_then(|target| all(rounds, Some(target))),
        _ => Err("usage: smoke ROUNDS [TARGET] | smoke --input FILE TARGET".to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn find(name: &str) -> Result<&'static Target, String> {
    let found = TARGETS.iter().find(|target| target.name == name);
    found.ok_or_else(|| format!("there is no target {name}"))
}

fn replay(target: &Target, file: &str) -> Result<(), String> {
    let input = fs::read(file).map_err(|cause| format!("{file}: {cause}"))?;
    (target.run)(&input);
    Ok(())
}

fn all(rounds: &str, only: Option<&Target>) -> Result<(), String> {
    let rounds: u64 = rounds.parse().map_err(|_| format!("{rounds} is no number of rounds"))?;
    let chosen = TARGETS.iter().filter(|target| only.is_none_or(|only| only.name == target.name));
    for target in chosen {
        let seeds = (target.seeds)();
        for seed in &seeds {
            attempt(target, seed)?;
        }
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
        for _ in 0..rounds {
            attempt(target, &mutate(&seeds, &mut dice))?;
        }
        println!("{}: {} seeds, {rounds} rounds", target.name, seeds.len());
    }
    Ok(())
}

fn attempt(target: &Target, input: &[u8]) -> Result<(), String> {
    let run = target.run;
    if catch_unwind(|| run(input)).is_ok() {
        return Ok(());
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("artifacts").join(target.name);
    let file = folder.join("smoke");
    let kept = fs::create_dir_all(&folder).and_then(|()| fs::write(&file, input));
    kept.map_err(|cause| format!("{}: {cause}", file.display()))?;
    Err(format!("{} fails; again with: smoke --input {} {0}", target.name, file.display()))
}

fn mutate(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut input = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.below(6) {
        let at = dice.below(input.len() + 1);
        let end = at + dice.below((input.len() - at).min(64) + 1);
        match dice.below(7) {
            0 if at < input.len() => input[at] ^= 1 << dice.below(8),
            1 => drop(input.drain(at..end)),
            2 => input.truncate(at),
            3 => {
                let piece = PIECES[dice.below(PIECES.len())].bytes();
                drop(input.splice(at..at, piece));
            }
            4 => {
                let piece = input[at..end].repeat(1 + dice.below(40));
                drop(input.splice(at..at, piece));
            }
            5 => {
                let other = &seeds[dice.below(seeds.len())];
                input.truncate(at);
                input.extend_from_slice(&other[dice.below(other.len() + 1)..]);
            }
            _ => input.insert(at, dice.next().to_le_bytes()[0]),
        }
        input.truncate(MOST_BYTES);
    }
    input
}

/// Numbers that look random and are the same each time (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or_default()
    }
}
