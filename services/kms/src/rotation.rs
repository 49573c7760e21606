//! The rules of rotation: which keys can be rotated, and the list of those that are due.

use strongroom_records::Changes;
use strongroom_wire::Result;

use crate::key::Key;
use crate::spec::{KeySpec, Origin};
use crate::{error, paths};

/// # Errors
/// UnsupportedOperationException unless the key is symmetric, its material is ours, and it is no replica.
/// AWS gives no message for keys that are not symmetric.
pub fn check_automatic(key: &Key) -> Result<()> {
    check_symmetric(key)?;
    key.check_not_replica()?;
    match key.origin {
        Origin::AwsKms => Ok(()),
        origin => Err(error::wrong_origin(key.arn(), origin)),
    }
}

/// # Errors
/// UnsupportedOperationException unless the key is symmetric.
pub fn check_symmetric(key: &Key) -> Result<()> {
    if key.spec == KeySpec::SymmetricDefault { Ok(()) } else { Err(error::unsupported("")) }
}

/// Puts the key on the list of keys to rotate, if it is to be rotated.
pub fn list(changes: &mut Changes<'_>, key: &Key) {
    // Of several regions, only the primary's key is on the list.
    if let Some(rotation) = key.rotation.filter(|_| key.check_not_replica().is_ok()) {
        changes.index(&paths::rotation(rotation.next, &key.path()), "");
    }
}

/// Takes the key off the list.
pub fn unlist(changes: &mut Changes<'_>, key: &Key) {
    if let Some(rotation) = key.rotation {
        changes.delete(&paths::rotation(rotation.next, &key.path()));
    }
}
