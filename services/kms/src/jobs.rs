//! What time starts.

mod delete_expired_keys;
mod expire_imported_material;
mod rotate_due_keys;

pub use delete_expired_keys::DeleteExpiredKeys;
pub use expire_imported_material::ExpireImportedMaterial;
pub use rotate_due_keys::RotateDueKeys;

/// The principal that the jobs run as.
const PRINCIPAL: &str = "kms.amazonaws.com";
/// How long after one run the next one begins.
const PERIOD_MILLIS: i64 = 60_000;
/// How many keys one run looks at.
const BATCH: usize = 100;
