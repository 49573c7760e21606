//! Which operations of AWS are offered, and what each takes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use strongroom_wire::constraint::{Constraint, UNBOUNDED};
use strongroom_wire::shape::{Member, Model};

use crate::complaint::Complaint;
use crate::contract::Contract;
use crate::reference::WRITTEN;
use crate::repository::Repository;
use crate::services::{self, Offer, Offered};

/// One page for each service, and one that lists them.
///
/// # Errors
/// When a service has no model to count against.
pub fn pages(repository: &Repository) -> Result<BTreeMap<String, String>, Complaint> {
    let mut pages = BTreeMap::new();
    let mut rows = String::new();
    for offer in services::all() {
        let contract = Contract::read(repository, offer.facts.name)?;
        let name = offer.facts.name;
        let (offered, all) = (offer.operations.len(), contract.operations.len());
        let title = offer.title;
        let _infallible = writeln!(rows, "| [{title}]({name}.md) | `{name}` | {offered} | {all} |");
        pages.insert(format!("docs/reference/{name}.md"), page(&offer, &contract));
    }
    let own = services::own();
    let (title, name) = (own.title, own.facts.name);
    let overview = format!(
        "# Services\n\n{WRITTEN}\n\
         | Service | Endpoint prefix | Operations offered | In AWS's model |\n\
         | --- | --- | ---: | ---: |\n{rows}\n\
         Beside AWS's: [{title}]({name}.md) that [join](../agent.md#hosts-that-join).\n"
    );
    pages.insert(format!("docs/reference/{name}.md"), own_page(&own));
    pages.insert("docs/reference/services.md".to_owned(), overview);
    Ok(pages)
}

/// The page of the service that is not AWS's.
fn own_page(offer: &Offer) -> String {
    let prefix = offer.facts.target_prefix.unwrap_or_default();
    let mut page = format!(
        "# {}\n\n{WRITTEN}\nAWS has no such service. It speaks awsJson 1.1: `X-Amz-Target: {prefix}.OPERATION`, \
         signed for `{}`; `JoinHost`, `CreateHostChallenge` and `CreateHostSession` are not signed with an access \
         key. [What it is for](../agent.md#hosts-that-join).\n\n",
        offer.title, offer.facts.name,
    );
    table(offer, &mut page);
    page.push_str("\nMembers in bold are required.\n");
    for operation in &offer.operations {
        describe(operation, &mut page);
    }
    page
}

fn page(offer: &Offer, contract: &Contract) -> String {
    let mut page = format!(
        "# {}\n\n{WRITTEN}\n{} of the {} operations in AWS's model (botocore {}) are offered.\n\n",
        offer.title,
        offer.operations.len(),
        contract.operations.len(),
        contract.botocore,
    );
    table(offer, &mut page);
    page.push_str("\nMembers in bold are required.\n\n## Not offered\n\n");
    if offer.facts.not_offered.is_empty() {
        page.push_str("Everything in AWS's model is offered.\n");
    } else {
        page.push_str("| Operation | Why not |\n| --- | --- |\n");
    }
    for one in offer.facts.not_offered {
        let _infallible = writeln!(page, "| {} | {} |", one.name, escape(one.reason));
    }
    for operation in &offer.operations {
        describe(operation, &mut page);
    }
    page
}

fn table(offer: &Offer, page: &mut String) {
    page.push_str("| Operation | Changes something | Members |\n| --- | --- | --- |\n");
    for operation in &offer.operations {
        let name = operation.name;
        let changes = if operation.is_read_only { "no" } else { "yes" };
        let anchor = name.to_lowercase();
        let members = members(&operation.input).iter().map(name_of);
        let members: Vec<String> = members.collect();
        let members = members.join(", ");
        let _infallible = writeln!(page, "| [{name}](#{anchor}) | {changes} | {members} |");
    }
}

fn describe(operation: &Offered, page: &mut String) {
    let example = example(operation.example);
    let _infallible = writeln!(page, "\n## {}\n\n```json\n{example}\n```", operation.name);
    let members = members(&operation.input);
    if !members.is_empty() {
        page.push_str("\n| Member | Type | Constraints |\n| --- | --- | --- |\n");
    }
    for member in members {
        let (kind, constraints) = (kind(&member.model), constraints(&member.model).join("; "));
        let name = name_of(member);
        let _infallible = writeln!(page, "| {name} | {kind} | {constraints} |");
    }
}

/// The example as a reader wants it: moved to the left, and with a plain value where the tests have one
/// that they can search for.
fn example(text: &str) -> String {
    let mut lines = text.trim().lines().map(str::trim).peekable();
    let mut shown = lines.next().unwrap_or_default().to_owned();
    while let Some(line) = lines.next() {
        let is_last = lines.peek().is_none();
        shown.push_str(if is_last && line.starts_with('}') { "\n" } else { "\n  " });
        shown.push_str(line);
    }
    shown.replace("PLANTED-hunter2-VALUE", "hunter2")
}

fn members(model: &Model) -> &[Member] {
    match model {
        Model::Structure(members) => members,
        _ => &[],
    }
}

fn name_of(member: &Member) -> String {
    if member.required { format!("**{}**", member.name) } else { member.name.to_owned() }
}

fn kind(model: &Model) -> String {
    match model {
        Model::Text(_) => "text".to_owned(),
        Model::Number(_) => "whole number".to_owned(),
        Model::Decimal => "number".to_owned(),
        Model::Bool => "boolean".to_owned(),
        Model::Blob(_) => "blob".to_owned(),
        Model::Timestamp => "timestamp".to_owned(),
        Model::List(item, _) => format!("list of {}", kind(item)),
        Model::Map(value) => format!("map to {}", kind(value)),
        Model::Structure(members) => {
            let names: Vec<String> = members.iter().map(name_of).collect();
            format!("{{{}}}", names.join(", "))
        }
        Model::Sensitive(inner) => format!("sensitive {}", kind(inner)),
    }
}

fn constraints(model: &Model) -> Vec<String> {
    match model {
        Model::Text(list) | Model::Number(list) | Model::Blob(list) => {
            list.iter().map(constraint).collect()
        }
        Model::List(item, list) => {
            let of_items = constraints(item).into_iter().map(|one| format!("each: {one}"));
            list.iter().map(constraint).chain(of_items).collect()
        }
        Model::Sensitive(inner) => constraints(inner),
        _ => Vec::new(),
    }
}

fn constraint(constraint: &Constraint) -> String {
    match *constraint {
        Constraint::Length { min, max: UNBOUNDED } => format!("length from {min}"),
        Constraint::Length { min, max } => format!("length {min} to {max}"),
        Constraint::Range { min, max } => format!("{min} to {max}"),
        Constraint::Pattern(pattern) => format!("matches `{}`", escape(pattern.text())),
        Constraint::OneOf(texts) => {
            let texts: Vec<String> = texts.iter().map(|text| format!("`{text}`")).collect();
            texts.join(", ")
        }
    }
}

/// A bar would end the cell of a table.
fn escape(text: &str) -> String {
    text.replace('|', "\\|")
}
