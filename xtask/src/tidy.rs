//! The rules of the house that a compiler does not know.

mod changelog;
mod dependencies;
mod fresh;
mod length;
mod links;
mod source;

use crate::complaint::Complaints;
use crate::repository::Repository;

/// One rule: looks, and says what is wrong.
type Check = fn(&Repository) -> Complaints;

const CHECKS: &[Check] = &[
    source::check,
    length::check,
    dependencies::check,
    fresh::check,
    changelog::check,
    links::check,
];

/// Makes every check.
///
/// # Errors
/// What the checks found.
pub fn run(repository: &Repository) -> Result<String, Complaints> {
    let found: Complaints = CHECKS.iter().flat_map(|check| check(repository)).collect();
    if found.is_empty() { Ok(format!("tidy: {} checks", CHECKS.len())) } else { Err(found) }
}
