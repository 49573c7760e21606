//! Calls of every operation, in any order, with any body.
//!
//! An input has a line for each call: `secretsmanager.CreateSecret {"Name": …}`. A world is made for
//! each input, so that what is found can be found again.

use strongroom_api::Protocol;

use crate::world::World;

/// More calls would only take longer.
const MOST_CALLS: usize = 12;

/// Makes the calls.
pub fn run(data: &[u8]) {
    let world = World::new();
    for line in data.split(|byte| *byte == b'\n').take(MOST_CALLS) {
        let space = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
        let (name, body) = line.split_at(space);
        let Ok(name) = std::str::from_utf8(name) else { continue };
        if let Some((service, operation)) = name.split_once('.') {
            let body = body.get(1..).unwrap_or_default();
            world.call(service, operation, Protocol::Json11, body);
        }
    }
}

/// Each operation's example, after the examples that create something.
pub fn seeds() -> Vec<Vec<u8>> {
    let line =
        |(name, example): &(String, &str)| format!("{name} {}\n", example.replace('\n', " "));
    let examples = World::new().examples();
    let creates = examples.iter().filter(|(name, _)| name.contains(".Create"));
    let creates: Vec<String> = creates.map(line).collect();
    let seed = |example: &(String, &str)| {
        let service = example.0.split('.').next().unwrap_or_default();
        let before = creates.iter().filter(|line| line.starts_with(service)).take(3);
        let text: String = before.cloned().chain([line(example)]).collect();
        text.into_bytes()
    };
    examples.iter().map(seed).collect()
}
