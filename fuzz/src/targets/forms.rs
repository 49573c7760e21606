//! Bodies of the query protocol, for every operation that is called by it: `sts.GetCallerIdentity a=b`.

use serde_json::Value;
use strongroom_api::Protocol;

use crate::world::World;

thread_local! {
    static WORLD: World = World::new();
}

/// Reads the form, and calls the operation with it.
pub fn run(data: &[u8]) {
    let space = data.iter().position(|byte| *byte == b' ').unwrap_or(data.len());
    let (name, body) = data.split_at(space);
    let body = body.get(1..).unwrap_or_default();
    drop(Protocol::Query.read(body));
    let Ok(name) = std::str::from_utf8(name) else { return };
    let Some((service, operation)) = name.split_once('.') else { return };
    WORLD.with(|world| {
        if world.host(service).is_some_and(|host| host.facts().query.is_some()) {
            world.call(service, operation, Protocol::Query, body);
        }
    });
}

/// The examples, as forms.
pub fn seeds() -> Vec<Vec<u8>> {
    let seed = |(name, example): (String, &'static str)| {
        let mut pairs = Vec::new();
        flatten(&serde_json::from_str(example).unwrap_or_default(), String::new(), &mut pairs);
        format!("{name} {}", pairs.join("&")).into_bytes()
    };
    World::new().examples().into_iter().map(seed).collect()
}

fn flatten(value: &Value, name: String, pairs: &mut Vec<String>) {
    let below =
        |part: &str| if name.is_empty() { part.to_owned() } else { format!("{name}.{part}") };
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(part, value)| flatten(value, below(part), pairs));
        }
        Value::Array(items) => (1..).zip(items).for_each(|(number, item)| {
            flatten(item, below(&format!("member.{number}")), pairs);
        }),
        Value::String(text) => pairs.push(format!("{name}={}", text.replace('&', "%26"))),
        other => pairs.push(format!("{name}={other}")),
    }
}
