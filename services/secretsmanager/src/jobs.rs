//! What time starts.

mod delete_expired_secrets;
mod write_access_notes;

pub use delete_expired_secrets::DeleteExpiredSecrets;
pub use write_access_notes::WriteAccessNotes;
