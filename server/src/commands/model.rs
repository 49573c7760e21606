//! `strongroom model`: what our types say of every operation, for the comparison with AWS's models.

use std::process::ExitCode;
use std::sync::Arc;

use serde_json::{Value, json};
use strongroom_seal::SystemEntropy;
use strongroom_wire::constraint::Constraint;
use strongroom_wire::shape::{Member, Model};

use crate::clock::SystemClock;
use crate::commands::office::runtime;
use crate::config;
use crate::failure::Failure;
use crate::foundation::Foundation;
use crate::services;
use crate::settings::Layers;

/// Prints the models of all operations as JSON.
///
/// # Errors
/// None but those of a machine without memory.
pub fn run() -> Result<ExitCode, Failure> {
    let in_memory = |key: &str| (key == "dev").then(|| "true".to_owned());
    let config = config::read(&Layers::gather(in_memory, |_| None, None)?, |_| None)?;
    let lay = Foundation::lay(&config, Arc::new(SystemClock), Arc::new(SystemEntropy));
    let runtime = runtime()?;
    let foundation = runtime.block_on(lay)?;
    let _within = runtime.enter();
    let parts = services::build(&foundation);
    let services = parts.hosts.iter().map(|host| {
        let operations = host.operations().into_iter().map(|operation| {
            let described = json!({
                "example": operation.example,
                "readOnly": operation.audit.is_read_only(),
                "input": model(&operation.model),
            });
            (operation.name.to_owned(), described)
        });
        let facts = host.facts();
        let not_offered =
            facts.not_offered.iter().map(|one| (one.name.to_owned(), one.reason.into()));
        let described = json!({
            "targetPrefix": facts.target_prefix,
            "version": facts.query.map(|query| query.version),
            "operations": Value::Object(operations.collect()),
            "notOffered": Value::Object(not_offered.collect()),
        });
        (facts.name.to_owned(), described)
    });
    println!("{:#}", Value::Object(services.collect()));
    Ok(ExitCode::SUCCESS)
}

fn model(model: &Model) -> Value {
    match model {
        Model::Text(constraints) => constrained("string", constraints),
        Model::Number(constraints) => constrained("integer", constraints),
        Model::Decimal => json!({ "type": "double" }),
        Model::Bool => json!({ "type": "boolean" }),
        Model::Blob(constraints) => constrained("blob", constraints),
        Model::Timestamp => json!({ "type": "timestamp" }),
        Model::List(item, constraints) => {
            let mut list = constrained("list", constraints);
            list["member"] = self::model(item);
            list
        }
        Model::Map(value) => json!({ "type": "map", "value": self::model(value) }),
        Model::Structure(members) => structure(members),
        Model::Sensitive(inner) => {
            let mut inner = self::model(inner);
            inner["sensitive"] = true.into();
            inner
        }
    }
}

fn structure(members: &[Member]) -> Value {
    let required = members.iter().filter(|member| member.required).map(|member| member.name);
    let required: Vec<&str> = required.collect();
    let members = members.iter().map(|member| (member.name.to_owned(), model(&member.model)));
    let members = Value::Object(members.collect());
    json!({ "type": "structure", "required": required, "members": members })
}

fn constrained(kind: &str, constraints: &[Constraint]) -> Value {
    let mut described = json!({ "type": kind });
    for constraint in constraints {
        match constraint {
            Constraint::Length { min, max } => {
                described["min"] = (*min).into();
                if *max != strongroom_wire::constraint::UNBOUNDED {
                    described["max"] = (*max).into();
                }
            }
            Constraint::Range { min, max } => {
                described["min"] = (*min).into();
                described["max"] = (*max).into();
            }
            Constraint::Pattern(pattern) => described["pattern"] = pattern.text().into(),
            Constraint::OneOf(texts) => described["enum"] = (*texts).into(),
        }
    }
    described
}
