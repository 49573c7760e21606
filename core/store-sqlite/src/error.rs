//! What SQLite and the operating system say, by whose fault.

use std::io;

use rusqlite::ErrorCode;
use strongroom_store::StoreError;

/// Translates an error of the engine.
pub fn engine(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => damaged(error.to_string()),
        Some(_) => StoreError::Io { cause: error.to_string() },
        // Not from SQLite but about what it returned: a column of another type, a row that is missing.
        None => damaged(error.to_string()),
    }
}

/// Translates an error of the operating system.
pub fn system(error: io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full,
        _ => StoreError::Io { cause: error.to_string() },
    }
}

/// Something stored is not what was written.
pub fn damaged(what: impl Into<String>) -> StoreError {
    StoreError::Damaged { what: what.into() }
}
