//! Why a call was denied, in the form that its record carries.
//!
//! An explanation holds policies' own text and condition values: tags, names, addresses. The value of a
//! secret is none of them, since no condition key shows it.

use serde::Serialize;
use strongroom_policy::{Certainty, Explanation, StatementExplanation};

/// A longer explanation loses its least telling parts.
const LIMIT: usize = 16 * 1_024;

#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    explanation: &'a Explanation,
    /// Whether something was left out for want of room.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    shortened: bool,
}

/// The explanation as a JSON object of at most 16 KiB; `None` if not even its barest form fits.
pub(crate) fn for_record(mut explanation: Explanation) -> Option<String> {
    hide_referer(&mut explanation);
    let whole = written(&explanation, false);
    if whole.is_some() {
        return whole;
    }
    let shorter: [fn(&mut Explanation); 4] =
        [keep_near_misses, keep_decisive, drop_conditions, drop_policies];
    shorter.iter().find_map(|shorten| {
        shorten(&mut explanation);
        written(&explanation, true)
    })
}

fn written(explanation: &Explanation, shortened: bool) -> Option<String> {
    let text = serde_json::to_string(&Told { explanation, shortened }).ok()?;
    (text.len() <= LIMIT).then_some(text)
}

/// Some policies use the `Referer` header as a password, so what was sent stays out of the record.
fn hide_referer(explanation: &mut Explanation) {
    let conditions = statements(explanation).flat_map(|statement| &mut statement.conditions);
    for condition in conditions.filter(|one| one.key.eq_ignore_ascii_case("aws:Referer")) {
        condition.found.iter_mut().for_each(|value| *value = "(not recorded)".to_owned());
    }
}

fn statements(explanation: &mut Explanation) -> impl Iterator<Item = &mut StatementExplanation> {
    explanation.policies.iter_mut().flat_map(|policy| &mut policy.statements)
}

/// Statements about other actions tell the least.
fn keep_near_misses(explanation: &mut Explanation) {
    for policy in &mut explanation.policies {
        policy.statements.retain(|one| one.took_effect || one.action != Certainty::No);
    }
}

fn keep_decisive(explanation: &mut Explanation) {
    for policy in &mut explanation.policies {
        policy.statements.retain(|one| one.took_effect);
    }
}

fn drop_conditions(explanation: &mut Explanation) {
    statements(explanation).for_each(|statement| statement.conditions.clear());
}

fn drop_policies(explanation: &mut Explanation) {
    explanation.policies.clear();
    explanation.grants.clear();
}
