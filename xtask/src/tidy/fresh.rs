//! The reference pages say what the code says.

use crate::complaint::{Complaint, Complaints};
use crate::reference;
use crate::repository::Repository;
use crate::services;

/// Where the server lists what it serves.
const SERVED: &str = "server/src/services.rs";

/// Every page that is written from the code, and no other in their folder.
pub fn check(repository: &Repository) -> Complaints {
    let pages = match reference::pages(repository) {
        Ok(pages) => pages,
        Err(complaint) => return vec![complaint],
    };
    let mut there = repository.texts(".md");
    there.retain(|path, _| path.starts_with("docs/reference/"));
    let stale = pages.iter().filter(|(path, text)| there.get(*path) != Some(text));
    let left = there.keys().filter(|path| !pages.contains_key(*path));
    let stale = stale.map(|(path, _)| Complaint::new(path, "is stale: run `cargo xtask docs`"));
    let left = left.map(|path| Complaint::new(path, "is written by nothing: delete it"));
    stale.chain(left).chain(unserved(repository)).collect()
}

/// Services that the pages tell of and the server does not serve.
fn unserved(repository: &Repository) -> Complaints {
    let served = match repository.read(SERVED) {
        Ok(text) => text,
        Err(complaint) => return vec![complaint],
    };
    let is_missing = |name: &&str| !served.contains(&format!("strongroom_{name}::OPERATIONS"));
    let offers = services::all();
    let missing = offers.iter().map(|offer| offer.prefix).filter(is_missing);
    missing.map(|name| Complaint::new(SERVED, format!("does not serve {name}"))).collect()
}
