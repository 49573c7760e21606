//! Bodies of rpc-v2-cbor, for every operation of CloudWatch: its name, a space, the body.

use serde_json::Value;
use strongroom_api::Protocol;

use crate::world::World;

thread_local! {
    static WORLD: World = World::new();
}

const SERVICE: &str = "monitoring";

/// Reads the body, and calls the operation with it.
pub fn run(data: &[u8]) {
    let space = data.iter().position(|byte| *byte == b' ').unwrap_or(data.len());
    let (name, body) = data.split_at(space);
    let body = body.get(1..).unwrap_or_default();
    drop(Protocol::Cbor.read(body));
    let Ok(name) = std::str::from_utf8(name) else { return };
    WORLD.with(|world| {
        world.call(SERVICE, name, Protocol::Cbor, body);
    });
}

/// The examples, as CBOR.
pub fn seeds() -> Vec<Vec<u8>> {
    let seed = |(name, example): (String, &'static str)| {
        let operation = name.strip_prefix("monitoring.")?;
        let mut seed = [operation.as_bytes(), b" "].concat();
        push(&serde_json::from_str(example).unwrap_or_default(), &mut seed);
        Some(seed)
    };
    World::new().examples().into_iter().filter_map(seed).collect()
}

fn push(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(0xf6),
        Value::Bool(value) => out.push(if *value { 0xf5 } else { 0xf4 }),
        Value::Number(number) => match number.as_u64() {
            Some(number) => push_head(0, number, out),
            None => {
                out.push(0xfb);
                out.extend_from_slice(&number.as_f64().unwrap_or_default().to_be_bytes());
            }
        },
        Value::String(text) => push_text(text, out),
        Value::Array(items) => {
            push_head(4, items.len() as u64, out);
            items.iter().for_each(|item| push(item, out));
        }
        Value::Object(members) => {
            push_head(5, members.len() as u64, out);
            for (name, value) in members {
                push_text(name, out);
                push(value, out);
            }
        }
    }
}

fn push_text(text: &str, out: &mut Vec<u8>) {
    push_head(3, text.len() as u64, out);
    out.extend_from_slice(text.as_bytes());
}

fn push_head(major: u8, argument: u64, out: &mut Vec<u8>) {
    match u8::try_from(argument) {
        Ok(small) if small < 24 => out.push(major << 5 | small),
        _ => {
            out.push(major << 5 | 27);
            out.extend_from_slice(&argument.to_be_bytes());
        }
    }
}
