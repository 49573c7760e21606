//! Addresses at which code can be fetched without a signature, for ten minutes: what AWS's presigned
//! addresses in S3 are.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use strongroom_api::Timestamp;
use strongroom_wire::Result;

use crate::Lambda;
use crate::code::{self, Code};

/// Where these addresses begin.
const PATH: &str = "/_strongroom/code/";
/// How long one is good, as at AWS.
const GOOD_MILLIS: i64 = 600_000;
/// What tickets are sealed for.
const LABEL: &str = "lambda/code";

/// What an address stands for.
#[derive(Serialize, Deserialize)]
struct Ticket {
    account: String,
    region: String,
    code: Code,
    /// In milliseconds since the epoch.
    until: i64,
}

impl Lambda {
    /// An address of this archive. Whoever knows it may fetch the archive.
    ///
    /// # Errors
    /// Internal only.
    pub(crate) fn location(
        &self,
        account: &str,
        region: &str,
        code: &Code,
        now: Timestamp,
    ) -> Result<String> {
        let ticket = Ticket {
            account: account.to_owned(),
            region: region.to_owned(),
            code: code.clone(),
            until: now.plus_millis(GOOD_MILLIS).millis(),
        };
        let ticket = serde_json::to_vec(&ticket).map_err(strongroom_api::Error::internal)?;
        let sealed = self.records.keyring().seal(LABEL, &ticket);
        let base = self.ports.runner.address();
        Ok(format!("{}{PATH}{}", base.trim_end_matches('/'), BASE64URL_NOPAD.encode(&sealed)))
    }

    /// The archive at the path of such an address; `None` if it is none, or no longer one.
    ///
    /// # Errors
    /// Internal only.
    pub async fn download(&self, path: &str) -> Result<Option<Vec<u8>>> {
        let sealed = path.strip_prefix(PATH).map(|text| BASE64URL_NOPAD.decode(text.as_bytes()));
        let Some(Ok(sealed)) = sealed else { return Ok(None) };
        let opened = self.records.keyring().open(LABEL, &sealed).ok();
        let ticket = opened.and_then(|text| serde_json::from_slice::<Ticket>(&text).ok());
        let Some(Ticket { account, region, code, until }) = ticket else { return Ok(None) };
        if self.ports.runner.now().millis() >= until {
            return Ok(None);
        }
        // It may have been deleted meanwhile.
        if !code::is_kept(&self.records, &account, &region, &code).await? {
            return Ok(None);
        }
        code::read(&self.records, &account, &region, &code).await.map(Some)
    }
}
