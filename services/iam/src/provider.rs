//! OpenID Connect providers: what their parts may look like.

use strongroom_api::Result;

use crate::error;
use crate::shape::{ClientId, Thumbprint};

const MOST_CLIENT_IDS: usize = 100;
const MOST_THUMBPRINTS: usize = 5;

/// Host and path of a provider's URL, which is how it is kept and shown.
///
/// # Errors
/// `ValidationError` for anything but a plain `https` URL.
pub(crate) fn without_scheme(url: &str) -> Result<&str> {
    let rest = url.strip_prefix("https://").map(|rest| rest.trim_end_matches('/'));
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/:%@+=,".contains(c);
    rest.filter(|rest| {
        rest.starts_with(|c: char| c.is_ascii_alphanumeric()) && rest.chars().all(plain)
    })
    .ok_or_else(error::invalid_provider_url)
}

/// The audiences of a new provider.
///
/// # Errors
/// `LimitExceeded` for too many.
pub(crate) fn client_ids(sent: &[ClientId]) -> Result<Vec<String>> {
    let mut ids: Vec<String> = Vec::new();
    for id in sent {
        if !ids.iter().any(|known| **known == **id) {
            check_room(&ids)?;
            ids.push(id.to_string());
        }
    }
    Ok(ids)
}

/// One more audience must fit.
pub(crate) fn check_room(ids: &[String]) -> Result<()> {
    match ids.len() {
        MOST_CLIENT_IDS.. => {
            Err(error::limit_exceeded("ClientIdsPerOpenIdConnectProvider", MOST_CLIENT_IDS))
        }
        _ => Ok(()),
    }
}

/// The fingerprints of a provider's certificates.
///
/// # Errors
/// `InvalidInput` for too many or for one that is none.
pub(crate) fn thumbprints(sent: &[Thumbprint]) -> Result<Vec<String>> {
    if sent.len() > MOST_THUMBPRINTS {
        return Err(error::too_many_thumbprints());
    }
    let checked = sent.iter().map(|one| {
        let is_hex = one.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hex { Ok(one.to_string()) } else { Err(error::invalid_thumbprint()) }
    });
    checked.collect()
}
