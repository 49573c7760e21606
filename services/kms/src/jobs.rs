//! What time starts.

mod delete_expired_keys;
mod expire_imported_material;
mod rotate_due_keys;

pub use delete_expired_keys::DeleteExpiredKeys;
pub use expire_imported_material::ExpireImportedMaterial;
pub use rotate_due_keys::RotateDueKeys;

use strongroom_api::{Circumstances, Result, Service, ServiceEvent};

use crate::Kms;
use crate::key::Key;

/// Puts on record that a job did something to a key. Called before it is done: what is not on record
/// must not happen.
fn record(
    circumstances: &Circumstances<'_>,
    name: &str,
    key: &Key,
    details: &[(&str, &str)],
) -> Result<()> {
    let event = ServiceEvent {
        source: Kms::FACTS.event_source,
        name,
        account: &key.account,
        region: &key.region,
        resource: Some((key.arn(), "AWS::KMS::Key")),
        details,
        ..ServiceEvent::default()
    };
    event.record(circumstances)
}

/// The principal that the jobs run as.
const PRINCIPAL: &str = "kms.amazonaws.com";
/// How long after one run the next one begins.
const PERIOD_MILLIS: i64 = 60_000;
/// How many keys one run looks at.
const BATCH: usize = 100;
