//! `strongroom get`: a secret on standard output, for scripts.

use std::io::{IsTerminal as _, Write as _};

use strongroom_client::Client;
use zeroize::Zeroizing;

use crate::config::Form;
use crate::failure::Failure;
use crate::secrets::{fetch, select};

/// What is to be printed.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// Name or ARN.
    pub secret: String,
    /// One key of its JSON.
    pub key: Option<String>,
    /// Everything about the version, as JSON.
    pub json: bool,
    /// The version, by id.
    pub version_id: Option<String>,
    /// The version, by staging label.
    pub version_stage: Option<String>,
}

/// Prints it. Text ends with a line feed; bytes are left as they are.
///
/// # Errors
/// What the service refused, or a key that is not there.
pub async fn run(client: &Client, wish: &Wish) -> Result<(), Failure> {
    let stage = wish.version_stage.as_deref();
    let value = fetch(client, &wish.secret, wish.version_id.as_deref(), stage).await?;
    let mut text = if wish.json {
        Zeroizing::new(value.written(Form::Extension).to_vec())
    } else {
        select(&value, wish.key.as_deref())?
    };
    let is_text = wish.json || wish.key.is_some() || value.secret_string.is_some();
    let mut out = std::io::stdout().lock();
    if !is_text && out.is_terminal() {
        return Err(Failure::new(format!("{} is binary", value.name))
            .hint("send it to a file: strongroom get NAME > FILE"));
    }
    if is_text && !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    out.write_all(&text)
        .and_then(|()| out.flush())
        .map_err(|cause| Failure::new(format!("cannot write the secret: {cause}")))
}
