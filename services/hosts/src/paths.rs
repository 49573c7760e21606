//! Where tokens and hosts are stored.
//!
//! ```text
//! ACCOUNT/global/strongroom/token/ID
//! ACCOUNT/global/strongroom/host/ID
//! ```

/// The prefix of an account's tokens; ids follow.
pub fn tokens(account: &str) -> String {
    format!("{account}/global/strongroom/token/")
}

/// The key of a token.
pub fn token(account: &str, id: &str) -> String {
    tokens(account) + id
}

/// The prefix of an account's hosts; ids follow.
pub fn hosts(account: &str) -> String {
    format!("{account}/global/strongroom/host/")
}

/// The key of a host.
pub fn host(account: &str, id: &str) -> String {
    hosts(account) + id
}
