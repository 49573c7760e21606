//! The keys of identity providers: from a file of the operator's.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::value::RawValue;
use strongroom_api::BoxFuture;
use strongroom_sts::jwks::{JwksSource, Unreachable};

/// Key documents by issuer, in one JSON file: `{"https://issuer.example": {"keys": […]}}`.
///
/// For issuers that cannot be reached, as in clusters whose issuer has no public address. The file is
/// read anew each time, so that whoever replaces it need not restart the server.
pub struct JwksFile(pub Option<PathBuf>);

/// A larger file is not read.
const MOST_BYTES: u64 = 4 << 20;

impl JwksSource for JwksFile {
    fn jwks<'a>(&'a self, issuer: &'a str) -> BoxFuture<'a, Result<Option<String>, Unreachable>> {
        Box::pin(async move {
            let Some(path) = &self.0 else { return Ok(None) };
            let failed = |cause: &dyn std::fmt::Display| -> Unreachable {
                format!("jwks_file {}: {cause}", path.display()).into()
            };
            let size = tokio::fs::metadata(path).await.map_err(|error| failed(&error))?.len();
            if size > MOST_BYTES {
                return Err(failed(&"is larger than 4 MiB"));
            }
            let text = tokio::fs::read_to_string(path).await.map_err(|error| failed(&error))?;
            let issuers: BTreeMap<String, Box<RawValue>> =
                serde_json::from_str(&text).map_err(|error| failed(&error))?;
            Ok(issuers.get(issuer).map(|keys| keys.get().to_owned()))
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

    use super::*;

    #[tokio::test]
    async fn an_issuer_s_keys_are_found_in_the_file_as_it_is_now() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jwks.json");
        let source = JwksFile(Some(path.clone()));
        assert!(source.jwks("https://a.example").await.is_err());
        std::fs::write(&path, r#"{"https://a.example": {"keys": []}}"#).unwrap();
        let keys = source.jwks("https://a.example").await.unwrap();
        assert_eq!(keys.as_deref(), Some(r#"{"keys": []}"#));
        assert_eq!(source.jwks("https://b.example").await.unwrap(), None);
        std::fs::write(&path, "{").unwrap();
        let refused = source.jwks("https://a.example").await.unwrap_err().to_string();
        assert!(refused.contains("jwks.json"), "{refused}");
    }

    #[tokio::test]
    async fn without_a_file_no_issuer_is_known() {
        assert_eq!(JwksFile(None).jwks("https://a.example").await.unwrap(), None);
    }
}
