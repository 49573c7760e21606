//! The reference pages, which are written from the code and never by hand.

mod configuration;
mod metrics;
mod operations;
mod source;

use std::collections::BTreeMap;

use crate::complaint::{Complaint, Complaints};
use crate::repository::Repository;

/// Every page, by its path.
///
/// # Errors
/// When the code does not say what a page needs.
pub fn pages(repository: &Repository) -> Result<BTreeMap<String, String>, Complaint> {
    let mut pages = operations::pages(repository)?;
    pages.insert("docs/reference/configuration.md".to_owned(), configuration::page(repository)?);
    pages.insert("docs/reference/metrics.md".to_owned(), metrics::page(repository)?);
    Ok(pages)
}

/// Writes every page.
///
/// # Errors
/// As [`pages`], and when the disk refuses.
pub fn write(repository: &Repository) -> Result<String, Complaints> {
    let pages = pages(repository).map_err(|one| vec![one])?;
    for (path, text) in &pages {
        repository.write(path, text).map_err(|one| vec![one])?;
    }
    Ok(format!("docs: {} pages written", pages.len()))
}

/// The end of the head of every page.
const WRITTEN: &str = "Written by `cargo xtask docs` from the code; change it there.\n";
