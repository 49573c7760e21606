//! The shape of a document: known elements, each once, each of its type. What they mean comes later.

use super::{Element, Fault, Kind, Node, Refusal, Value};
use crate::json::Member;

/// A document of the right shape.
pub(super) struct Document<'a> {
    pub(super) version: Option<(&'a str, usize)>,
    pub(super) id: Option<&'a str>,
    pub(super) statements: Vec<Draft<'a>>,
}

/// A statement of the right shape. Offsets are bytes of the document.
#[derive(Default)]
pub(super) struct Draft<'a> {
    pub(super) start: usize,
    pub(super) sid: Option<(&'a str, usize)>,
    pub(super) effect: Option<(&'a str, usize)>,
    pub(super) principal: Option<Principals<'a>>,
    pub(super) action: Option<List<'a>>,
    pub(super) resource: Option<List<'a>>,
    /// Operator, key, values.
    pub(super) conditions: Vec<(&'a str, &'a str, &'a Node<'a>)>,
}

/// A string, or an array of strings.
pub(super) struct List<'a> {
    pub(super) start: usize,
    pub(super) inverted: bool,
    pub(super) entries: Vec<Entry<'a>>,
}

/// A string, and the bytes that hold it.
pub(super) struct Entry<'a> {
    pub(super) text: &'a str,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// `Principal` or `NotPrincipal`.
pub(super) struct Principals<'a> {
    pub(super) inverted: bool,
    pub(super) entries: Vec<(Element, Entry<'a>)>,
}

pub(super) fn document<'a>(node: &'a Node<'a>, kind: Kind) -> Result<Document<'a>, Refusal> {
    let mut document = Document { version: None, id: None, statements: Vec::new() };
    let mut statement = None;
    for Member { start, name, node } in members(node)? {
        match name.as_ref() {
            "Version" => document.version = Some((string(node)?, node.start)),
            "Id" => document.id = Some(string(node)?),
            "Statement" => statement = Some(node),
            _ => return Err((Fault::Syntax, *start)),
        }
    }
    let statement = statement.ok_or((Fault::NoStatement, node.start))?;
    document.statements = match &statement.value {
        Value::Array(nodes) if nodes.is_empty() => {
            return Err((Fault::NoStatement, statement.start));
        }
        Value::Array(nodes) => {
            nodes.iter().map(|node| draft(node, kind)).collect::<Result<_, _>>()?
        }
        _ => vec![draft(statement, kind)?],
    };
    Ok(document)
}

fn draft<'a>(node: &'a Node<'a>, kind: Kind) -> Result<Draft<'a>, Refusal> {
    let mut draft = Draft { start: node.start, ..Draft::default() };
    for Member { start, name, node } in members(node)? {
        match name.as_ref() {
            "Sid" => draft.sid = Some((string(node)?, node.start)),
            "Effect" => draft.effect = Some((string(node)?, node.start)),
            "Principal" | "NotPrincipal" if draft.principal.is_none() => {
                draft.principal = Some(principals(node, name == "NotPrincipal")?);
                check_principal(kind, name, *start)?;
            }
            "Action" | "NotAction" if draft.action.is_none() => {
                draft.action = Some(list(node, name == "NotAction", *start)?);
            }
            "Resource" | "NotResource" if draft.resource.is_none() => {
                draft.resource = Some(list(node, name == "NotResource", *start)?);
            }
            "Condition" => draft.conditions = conditions(node)?,
            _ => return Err((Fault::Syntax, *start)),
        }
    }
    super::effect(&draft)?;
    if kind.names_principals() && draft.principal.is_none() {
        return Err((Fault::NoPrincipal, draft.start));
    }
    Ok(draft)
}

fn check_principal(kind: Kind, element: &str, start: usize) -> Result<(), Refusal> {
    match kind {
        Kind::Trust if element == "NotPrincipal" => Err((Fault::NotPrincipalProhibited, start)),
        Kind::Trust | Kind::Resource | Kind::KeyPolicy => Ok(()),
        Kind::Identity | Kind::Session | Kind::Boundary | Kind::ServiceControl => {
            Err((Fault::PrincipalProhibited, start))
        }
    }
}

fn principals<'a>(node: &'a Node<'a>, inverted: bool) -> Result<Principals<'a>, Refusal> {
    let mut entries = Vec::new();
    if let Value::String(_) = node.value {
        entries.extend(strings(node)?.into_iter().map(|entry| (Element::Bare, entry)));
    } else {
        for Member { start, name, node } in members(node)? {
            let element = Element::read(name).ok_or((Fault::Syntax, *start))?;
            let named = strings(node)?;
            if named.is_empty() {
                return Err((Fault::Syntax, node.start));
            }
            entries.extend(named.into_iter().map(|entry| (element, entry)));
        }
    }
    if entries.is_empty() {
        return Err((Fault::Syntax, node.start));
    }
    Ok(Principals { inverted, entries })
}

fn conditions<'a>(node: &'a Node<'a>) -> Result<Vec<(&'a str, &'a str, &'a Node<'a>)>, Refusal> {
    let mut found = Vec::new();
    for operator in members(node)? {
        for key in members(&operator.node)? {
            found.push((operator.name.as_ref(), key.name.as_ref(), &key.node));
        }
        if crate::condition::operator::Operator::read(&operator.name).is_none() {
            return Err((Fault::Operator(operator.name.as_ref().into()), operator.start));
        }
    }
    Ok(found)
}

fn list<'a>(node: &'a Node<'a>, inverted: bool, start: usize) -> Result<List<'a>, Refusal> {
    Ok(List { start, inverted, entries: strings(node)? })
}

fn strings<'a>(node: &'a Node<'a>) -> Result<Vec<Entry<'a>>, Refusal> {
    let entry = |node: &'a Node<'a>| {
        string(node).map(|text| Entry { text, start: node.start, end: node.end })
    };
    match &node.value {
        Value::Array(nodes) => nodes.iter().map(entry).collect(),
        _ => Ok(vec![entry(node)?]),
    }
}

fn string<'a>(node: &'a Node<'a>) -> Result<&'a str, Refusal> {
    match &node.value {
        Value::String(text) => Ok(text),
        _ => Err((Fault::Syntax, node.start)),
    }
}

fn members<'a>(node: &'a Node<'a>) -> Result<&'a [Member<'a>], Refusal> {
    match &node.value {
        Value::Object(members) => Ok(members),
        _ => Err((Fault::Syntax, node.start)),
    }
}
