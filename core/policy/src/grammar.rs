//! From JSON to a compiled policy, refusing in AWS's order of checks.

mod draft;

use std::borrow::Cow;
use std::collections::HashSet;

use crate::action::ActionPattern;
use crate::condition::Condition;
use crate::glob;
use crate::json::{self, Node, Value};
use crate::malformed::{Fault, Malformed, Position};
use crate::policy::{Effect, Kind, Listed, Policy, Statement, Version};
use crate::principal::{Element, PrincipalPattern};
use crate::resource::ResourcePattern;
use draft::{Draft, Entry, List};

/// A fault and the byte where it stands.
type Refusal = (Fault, usize);

pub(crate) fn parse(text: &str, kind: Kind) -> Result<Policy, Malformed> {
    let refused = |(fault, offset)| Malformed::new(kind, fault, Cursor::new(text).locate(offset));
    check_characters(text, kind).map_err(refused)?;
    let node = json::read(text).map_err(|unreadable| refused((unreadable.fault, unreadable.at)))?;
    let draft = draft::document(&node, kind).map_err(refused)?;
    compile(text, kind, &draft).map_err(refused)
}

fn check_characters(text: &str, kind: Kind) -> Result<(), Refusal> {
    if let Some((offset, _)) = text.char_indices().nth(kind.max_chars()) {
        return Err((Fault::TooLarge, offset));
    }
    if kind == Kind::Resource {
        return Ok(());
    }
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}');
    match text.char_indices().find(|(_, c)| !allowed(*c)) {
        Some((offset, c)) => Err((Fault::Character(c), offset)),
        None => Ok(()),
    }
}

/// Each check runs over all statements before the next one begins, as IAM's do.
fn compile(text: &str, kind: Kind, document: &draft::Document<'_>) -> Result<Policy, Refusal> {
    let version = match &document.version {
        None => Version::V2008,
        Some((version, _)) if *version == "2008-10-17" => Version::V2008,
        Some((version, _)) if *version == "2012-10-17" => Version::V2012,
        Some((_, offset)) => return Err((Fault::Version, *offset)),
    };
    let grammar = Grammar {
        kind,
        variables: version == Version::V2012,
    };
    let drafts = &document.statements;
    let conditions = drafts
        .iter()
        .map(|draft| grammar.conditions(draft))
        .collect::<Result<Vec<_>, _>>()?;
    grammar.check_sids(drafts)?;
    for draft in drafts {
        grammar.check_presence(draft)?;
    }
    let actions = drafts
        .iter()
        .map(|draft| grammar.actions(draft))
        .collect::<Result<Vec<_>, _>>()?;
    let resources = drafts
        .iter()
        .map(|draft| grammar.resources(draft))
        .collect::<Result<Vec<_>, _>>()?;
    let mut cursor = Cursor::new(text);
    let mut statements = Vec::with_capacity(drafts.len());
    for (((draft, conditions), actions), resources) in
        drafts.iter().zip(conditions).zip(actions).zip(resources)
    {
        statements.push(Statement {
            at: cursor.locate(draft.start),
            sid: draft.sid.as_ref().map(|(sid, _)| (*sid).into()),
            effect: effect(draft)?,
            principals: grammar.principals(draft, &mut cursor)?,
            actions,
            resources,
            conditions,
        });
    }
    Ok(Policy {
        text: text.into(),
        kind,
        version,
        id: document.id.map(Into::into),
        statements: statements.into(),
    })
}

fn effect(draft: &Draft<'_>) -> Result<Effect, Refusal> {
    match &draft.effect {
        Some((effect, _)) if *effect == "Allow" => Ok(Effect::Allow),
        Some((effect, _)) if *effect == "Deny" => Ok(Effect::Deny),
        Some((effect, offset)) => Err((Fault::Effect((*effect).into()), *offset)),
        None => Err((Fault::NoEffect, draft.start)),
    }
}

struct Grammar {
    kind: Kind,
    variables: bool,
}

impl Grammar {
    fn check_sids(&self, drafts: &[Draft<'_>]) -> Result<(), Refusal> {
        // Resource policies spell identifiers freely, and their services do not compare them.
        if matches!(self.kind, Kind::Resource | Kind::KeyPolicy) {
            return Ok(());
        }
        let mut seen = HashSet::new();
        for (sid, offset) in drafts.iter().filter_map(|draft| draft.sid.as_ref()) {
            if !sid.bytes().all(|b| b.is_ascii_alphanumeric()) {
                return Err((Fault::Sid((*sid).into()), *offset));
            }
            if !sid.is_empty() && !seen.insert(sid) {
                return Err((Fault::DuplicateSid, *offset));
            }
        }
        Ok(())
    }

    fn check_presence(&self, draft: &Draft<'_>) -> Result<(), Refusal> {
        let none =
            |list: &Option<List<'_>>| list.as_ref().is_none_or(|list| list.entries.is_empty());
        if none(&draft.action) {
            return Err((Fault::NoAction, draft.start));
        }
        match (&draft.resource, self.kind) {
            (Some(list), Kind::Trust) => Err((Fault::ResourceProhibited, list.start)),
            (_, Kind::Trust) => Ok(()),
            (resource, _) if none(resource) => Err((Fault::NoResource, draft.start)),
            _ => Ok(()),
        }
    }

    fn actions(&self, draft: &Draft<'_>) -> Result<Listed<ActionPattern>, Refusal> {
        let Some(list) = &draft.action else {
            return Err((Fault::NoAction, draft.start));
        };
        let trust = self.kind == Kind::Trust;
        compile_list(list, |text| match ActionPattern::parse(text)? {
            _ if trust && (list.inverted || !grants_trust(text)) => {
                Err(Fault::TrustAction(text.into()))
            }
            pattern => Ok(pattern),
        })
    }

    fn resources(&self, draft: &Draft<'_>) -> Result<Option<Listed<ResourcePattern>>, Refusal> {
        let parse = |text: &str| ResourcePattern::parse(text, self.kind, self.variables);
        draft
            .resource
            .as_ref()
            .map(|list| compile_list(list, parse))
            .transpose()
    }

    fn conditions(&self, draft: &Draft<'_>) -> Result<Box<[Condition]>, Refusal> {
        let compile = |(operator, key, node): &(&str, &str, &Node<'_>)| {
            let values = condition_values(node).map_err(|fault| (fault, node.start))?;
            Condition::compile(operator, key, values, self.variables)
                .map_err(|fault| (fault, node.start))
        };
        draft.conditions.iter().map(compile).collect()
    }

    fn principals(
        &self,
        draft: &Draft<'_>,
        cursor: &mut Cursor<'_>,
    ) -> Result<Option<Listed<PrincipalPattern>>, Refusal> {
        let Some(principal) = &draft.principal else {
            return Ok(None);
        };
        let mut patterns = Vec::new();
        for (element, entry) in &principal.entries {
            let at = cursor.locate(entry.start);
            let pattern =
                PrincipalPattern::parse(*element, entry.text, at, (entry.start, entry.end));
            patterns.push(pattern.map_err(|fault| (fault, entry.start))?);
        }
        Ok(Some(Listed {
            inverted: principal.inverted,
            entries: patterns.into(),
        }))
    }
}

/// The actions that a trust policy can grant.
const TRUST_ACTIONS: [&str; 6] = [
    "assumerole",
    "assumerolewithsaml",
    "assumerolewithwebidentity",
    "tagsession",
    "setsourceidentity",
    "setcontext",
];

fn grants_trust(action: &str) -> bool {
    let lower = action.to_ascii_lowercase();
    lower.strip_prefix("sts:").is_some_and(|name| {
        let pattern = glob::compile(name);
        TRUST_ACTIONS
            .iter()
            .any(|action| glob::matches(&pattern, action))
    })
}

fn compile_list<T>(
    list: &List<'_>,
    parse: impl Fn(&str) -> Result<T, Fault>,
) -> Result<Listed<T>, Refusal> {
    let compile = |entry: &Entry<'_>| parse(entry.text).map_err(|fault| (fault, entry.start));
    Ok(Listed {
        inverted: list.inverted,
        entries: list.entries.iter().map(compile).collect::<Result<_, _>>()?,
    })
}

/// The values of a condition key: strings, numbers and Booleans, one or several.
fn condition_values<'a>(node: &'a Node<'_>) -> Result<Vec<Cow<'a, str>>, Fault> {
    let scalar = |node: &'a Node<'_>| match &node.value {
        Value::String(text) => Ok(Cow::Borrowed(text.as_ref())),
        Value::Number(text) => Ok(Cow::Borrowed(*text)),
        Value::Bool(value) => Ok(Cow::Borrowed(if *value { "true" } else { "false" })),
        Value::Null | Value::Array(_) | Value::Object(_) => Err(Fault::Syntax),
    };
    match &node.value {
        Value::Array(nodes) => nodes.iter().map(scalar).collect(),
        _ => Ok(vec![scalar(node)?]),
    }
}

/// Turns bytes into lines and columns, cheaply as long as it is asked in order.
struct Cursor<'a> {
    text: &'a str,
    offset: usize,
    at: Position,
}

impl<'a> Cursor<'a> {
    fn new(text: &'a str) -> Cursor<'a> {
        Cursor {
            text,
            offset: 0,
            at: Position { line: 1, column: 1 },
        }
    }

    /// The place of a byte. Goes back to the start if asked about an earlier byte than before.
    fn locate(&mut self, offset: usize) -> Position {
        if offset < self.offset {
            *self = Cursor::new(self.text);
        }
        for c in self.text[self.offset..].chars() {
            if self.offset + c.len_utf8() > offset {
                break;
            }
            self.offset += c.len_utf8();
            self.at = match c {
                '\n' => Position {
                    line: self.at.line + 1,
                    column: 1,
                },
                _ => Position {
                    column: self.at.column + 1,
                    ..self.at
                },
            };
        }
        self.at
    }
}
