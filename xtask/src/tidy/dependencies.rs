//! Dependencies point one way: `server → services → core`.

use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::complaint::{Complaint, Complaints};
use crate::repository::Repository;

/// Core crates that decide and compute, without I/O or a runtime.
const PURE: &[&str] = &["core/policy", "core/shape-derive", "core/sigv4", "core/wire"];
/// Libraries that speak to the outside, or wait for it.
const OUTSIDE: &[&str] = &[
    "hyper",
    "hyper-util",
    "libc",
    "rusqlite",
    "rustls",
    "tempfile",
    "tokio",
    "tokio-rustls",
    "tracing-subscriber",
];
/// Beyond those, what a service must not know: HTTP, signatures, the store's engines, the trail.
const BEYOND_A_SERVICE: &[&str] =
    &["http", "strongroom-sigv4", "strongroom-store-sqlite", "strongroom-trail"];
/// For tests only.
const TESTING: &[&str] = &["strongroom-testkit", "proptest", "tempfile", "aws-sigv4"];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `dev`, `build`, or nothing.
    kind: Option<String>,
    optional: bool,
    /// Where it is, if it is ours.
    path: Option<String>,
}

/// Every crate of the workspace.
pub fn check(repository: &Repository) -> Complaints {
    match metadata(repository) {
        Ok(metadata) => {
            let root = repository.path("");
            metadata.packages.iter().flat_map(|package| look(package, &root)).collect()
        }
        Err(complaint) => vec![complaint],
    }
}

fn metadata(repository: &Repository) -> Result<Metadata, Complaint> {
    let complain = |text: String| Complaint::new("cargo metadata", text);
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline", "--manifest-path"])
        .arg(repository.path("Cargo.toml"))
        .output()
        .map_err(|cause| complain(cause.to_string()))?;
    if !output.status.success() {
        return Err(complain(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    serde_json::from_slice(&output.stdout).map_err(|cause| complain(cause.to_string()))
}

fn look(package: &Package, root: &Path) -> Complaints {
    let home = Path::new(&package.manifest_path).parent().unwrap_or(root);
    let home = shelf(home, root);
    let complain = |text: String| Complaint::new(format!("{home}/Cargo.toml"), text);
    let mut found = Complaints::new();
    if home != "server" && package.name != name_at(&home) {
        found.push(complain(format!("is called {}, not {}", package.name, name_at(&home))));
    }
    for dependency in &package.dependencies {
        let name = dependency.name.as_str();
        let is_for_tests = dependency.kind.as_deref() == Some("dev");
        if let Some(path) = &dependency.path {
            let there = shelf(Path::new(path), root);
            if there != home && !may_see(&home, &there) {
                found.push(complain(format!("must not depend on {there}")));
            }
        }
        if is_for_tests || dependency.optional {
            continue;
        }
        let is_forbidden = TESTING.contains(&name) && !is_for_testing(&home)
            || PURE.contains(&home.as_str()) && OUTSIDE.contains(&name)
            || home.starts_with("services/")
                && (OUTSIDE.contains(&name) || BEYOND_A_SERVICE.contains(&name));
        if is_forbidden {
            found.push(complain(format!("must not depend on {name}, except in tests")));
        }
    }
    found
}

/// The folder of a crate from the root: `core/wire`.
fn shelf(folder: &Path, root: &Path) -> String {
    let relative = folder.strip_prefix(root).unwrap_or(folder);
    relative.to_string_lossy().replace('\\', "/")
}

fn name_at(home: &str) -> String {
    match home.rsplit_once('/') {
        Some((_, last)) => format!("strongroom-{last}"),
        // The one crate that is a tool and no part.
        None if home == "xtask" => home.to_owned(),
        None => format!("strongroom-{home}"),
    }
}

/// Whether all of the crate is there to test or measure the rest.
fn is_for_testing(home: &str) -> bool {
    home == "core/testkit" || home == "benches" || home.starts_with("conformance/")
}

/// Whether the crate at `from` may depend on the crate at `to`.
fn may_see(from: &str, to: &str) -> bool {
    let is_core = to.starts_with("core/");
    match from.split('/').next() {
        // The agent is a client of the services, not a part of them.
        Some("core" | "services" | "agent" | "rotators") => is_core,
        // What builds or measures the whole may see the whole.
        Some("server" | "xtask") => {
            is_core || to.starts_with("services/") || to == "agent" || to == "rotators"
        }
        // Measures and kills the finished server; of ours it uses what reads the trail and signs.
        Some("benches" | "conformance") => is_core || to == "benches",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(home: &str, dependencies: &[(&str, Option<&str>, Option<&str>)]) -> Vec<String> {
        let dependency = |(name, kind, path): &(&str, Option<&str>, Option<&str>)| Dependency {
            name: (*name).to_owned(),
            kind: kind.map(str::to_owned),
            optional: false,
            path: path.map(|path| format!("/r/{path}")),
        };
        let package = Package {
            name: name_at(home),
            manifest_path: format!("/r/{home}/Cargo.toml"),
            dependencies: dependencies.iter().map(dependency).collect(),
        };
        look(&package, Path::new("/r")).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_service_sees_the_core_and_nothing_else() {
        let wire = ("strongroom-wire", None, Some("core/wire"));
        assert!(found("services/kms", &[wire, ("serde", None, None)]).is_empty());
        assert!(found("services/kms", &[("tokio", Some("dev"), None)]).is_empty());
        let other = ("strongroom-iam", None, Some("services/iam"));
        let engine = ("strongroom-store-sqlite", None, Some("core/store-sqlite"));
        let expected = [
            "services/kms/Cargo.toml: must not depend on services/iam",
            "services/kms/Cargo.toml: must not depend on strongroom-store-sqlite, except in tests",
            "services/kms/Cargo.toml: must not depend on tokio, except in tests",
        ];
        assert_eq!(found("services/kms", &[other, engine, ("tokio", None, None)]), expected);
    }

    #[test]
    fn the_core_knows_no_service_not_even_in_tests() {
        let service = ("strongroom-kms", Some("dev"), Some("services/kms"));
        assert_eq!(found("core/api", &[service]).len(), 1);
        assert_eq!(found("core/policy", &[("tokio", None, None)]).len(), 1);
    }

    #[test]
    fn what_kills_the_server_sees_what_measures_it_and_no_service() {
        let benches = ("strongroom-benches", None, Some("benches"));
        let service = ("strongroom-kms", None, Some("services/kms"));
        assert!(found("conformance/crash", &[benches, ("tempfile", None, None)]).is_empty());
        assert_eq!(found("conformance/crash", &[service]).len(), 1);
    }
}
