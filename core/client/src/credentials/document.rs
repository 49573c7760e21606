//! The JSON in which container endpoints, instance metadata and processes hand out credentials.

use jiff::Timestamp;
use serde::Deserialize;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::Credentials;
use crate::Error;

/// The members of all three forms.
#[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(rename_all = "PascalCase")]
struct Document {
    access_key_id: String,
    secret_access_key: String,
    #[serde(alias = "Token", default)]
    session_token: Option<String>,
    #[serde(default)]
    expiration: Option<String>,
}

/// Reads `{"AccessKeyId", "SecretAccessKey", "Token" or "SessionToken", "Expiration"}`.
///
/// # Errors
/// For anything else; what it holds is not quoted.
pub fn read_document(bytes: &[u8]) -> Result<Credentials, Error> {
    let unreadable = |_| Error::credentials("the credentials are not in the form that AWS defines");
    let document: Document = serde_json::from_slice(bytes).map_err(unreadable)?;
    let token = document.session_token.as_deref();
    let credentials = Credentials::new(&document.access_key_id, &document.secret_access_key, token);
    match document.expiration.as_ref().map(|text| text.parse::<Timestamp>()).transpose() {
        Ok(Some(end)) => Ok(credentials.until(end)),
        Ok(None) => Ok(credentials),
        Err(_) => Err(Error::credentials("the credentials expire at no time that can be read")),
    }
}
